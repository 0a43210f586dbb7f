#include "base/json_gate.hpp"

#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/value.hpp>
#include <cmath>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/utf8.hpp"

namespace dialplane {

namespace {

namespace json = boost::json;
using parse_code = boost::system::error_code;

constexpr std::size_t max_shown_path_bytes = 256;
constexpr std::size_t usual_members = 8;
constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";

error not_json(std::string message, std::string field = {}) {
  return bad_field(std::move(field), std::move(message), error_code::invalid_json);
}

// Builds the tree while the parser reads, and refuses what the parser itself would let pass. The
// parser stops when a function of the handler sets its error code.
class tree_builder {
 public:
  // The parser wants these at compile time; the real limits are json_limits.
  static constexpr std::size_t max_object_size = std::size_t(-1);
  static constexpr std::size_t max_array_size = std::size_t(-1);
  static constexpr std::size_t max_key_size = std::size_t(-1);
  static constexpr std::size_t max_string_size = std::size_t(-1);

  tree_builder(const json_limits& limits, json::storage_ptr storage)
      : limits_(limits), storage_(std::move(storage)) {
    open_.reserve(8);
  }

  std::optional<error> failure;
  std::optional<json::object> tree;

  bool on_document_begin(parse_code&) { return true; }
  bool on_document_end(parse_code&) { return true; }
  bool on_comment_part(json::string_view, parse_code&) { return true; }
  bool on_comment(json::string_view, parse_code&) { return true; }

  bool on_object_begin(parse_code& ec) {
    return open(json::value(json::object_kind, storage_), ec);
  }
  bool on_array_begin(parse_code& ec) {
    return open(json::value(json::array_kind, storage_), ec);
  }
  bool on_object_end(std::size_t, parse_code& ec) { return close(ec); }
  bool on_array_end(std::size_t, parse_code& ec) { return close(ec); }

  bool on_key_part(json::string_view part, std::size_t, parse_code& ec) {
    return append(part, ec);
  }
  bool on_key(json::string_view part, std::size_t, parse_code& ec) {
    if (!append(part, ec)) return false;
    container& in = open_.back();
    in.name = std::move(text_);
    text_.clear();
    if (!in.value.get_object().contains(in.name)) return true;
    return fail("A member may occur only once in an object; this one is given twice.", ec);
  }

  bool on_string_part(json::string_view part, std::size_t, parse_code& ec) {
    return append(part, ec);
  }
  bool on_string(json::string_view part, std::size_t, parse_code& ec) {
    if (!append(part, ec)) return false;
    json::value string(json::string_view(text_), storage_);
    text_.clear();
    return add(std::move(string), ec);
  }

  bool on_number_part(json::string_view, parse_code&) { return true; }
  bool on_int64(std::int64_t number, json::string_view, parse_code& ec) {
    return add(json::value(number, storage_), ec);
  }
  bool on_uint64(std::uint64_t number, json::string_view, parse_code& ec) {
    return add(json::value(number, storage_), ec);
  }
  bool on_double(double number, json::string_view, parse_code& ec) {
    if (!std::isfinite(number)) return fail("A number in the body is too large.", ec);
    return add(json::value(number, storage_), ec);
  }
  bool on_bool(bool yes, parse_code& ec) { return add(json::value(yes, storage_), ec); }
  bool on_null(parse_code& ec) { return add(json::value(nullptr, storage_), ec); }

 private:
  struct container {
    json::value value;
    std::string name;  // of the member being read, in an object
  };

  bool fail(std::string message, parse_code& ec) {
    failure = not_json(std::move(message), path());
    ec = json::error::syntax;
    return false;
  }

  bool open(json::value empty, parse_code& ec) {
    if (open_.empty() && !empty.is_object()) {
      return fail("The body must be a JSON object, in curly braces.", ec);
    }
    if (open_.size() >= limits_.max_depth) {
      return fail("The body is nested too deeply; at most " + std::to_string(limits_.max_depth) +
                      " levels are read.",
                  ec);
    }
    // Room for a usual body at once, instead of growing step by step.
    if (open_.empty()) empty.get_object().reserve(usual_members);
    open_.push_back({std::move(empty), {}});
    return true;
  }

  bool close(parse_code& ec) {
    json::value done = std::move(open_.back().value);
    open_.pop_back();
    if (!open_.empty()) return add(std::move(done), ec);
    tree = std::move(done.get_object());
    return true;
  }

  bool add(json::value value, parse_code& ec) {
    if (open_.empty()) return fail("The body must be a JSON object, in curly braces.", ec);
    container& in = open_.back();
    if (in.value.is_object()) {
      json::object& members = in.value.get_object();
      if (members.size() >= limits_.max_members) return too_many(ec);
      members.emplace(in.name, std::move(value));
    } else {
      json::array& items = in.value.get_array();
      if (items.size() >= limits_.max_members) return too_many(ec);
      items.push_back(std::move(value));
    }
    return true;
  }

  bool too_many(parse_code& ec) {
    return fail("An object or list in the body has too many entries; at most " +
                    std::to_string(limits_.max_members) + " are read.",
                ec);
  }

  bool append(json::string_view part, parse_code& ec) {
    if (part.find('\0') != json::string_view::npos) {
      return fail("The character U+0000 is not allowed in text.", ec);
    }
    if (text_.size() + part.size() > limits_.max_string_bytes) {
      return fail("A text in the body is too long.", ec);
    }
    text_.append(part.data(), part.size());
    return true;
  }

  // Where the parser is: "defaults.area_code", "tags[2]". Bounded: the names are the caller's.
  std::string path() const {
    std::string text;
    for (const container& in : open_) {
      if (text.size() > max_shown_path_bytes) break;
      if (in.value.is_array()) {
        text.append("[").append(std::to_string(in.value.get_array().size())).append("]");
      } else if (!in.name.empty()) {
        if (!text.empty()) text += '.';
        text += shortened(in.name);
      }
    }
    return text;
  }

  static std::string_view shortened(std::string_view name) {
    return utf8_prefix(name, max_shown_name_bytes);
  }

  const json_limits& limits_;
  json::storage_ptr storage_;
  std::vector<container> open_;
  std::string text_;  // the string or name being read
};

bool only_white_space(std::string_view text) {
  return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

error syntax_error(parse_code code, std::size_t at) {
  if (code == json::error::incomplete) {
    return not_json("The body is not valid JSON: it ends too early.");
  }
  return not_json("The body is not valid JSON (near byte " + std::to_string(at) + ").");
}

}  // namespace

result<json::object> parse_json_object(std::string_view body, const json_limits& limits,
                                       json::storage_ptr storage) {
  if (body.size() > limits.max_bytes) {
    return refused(error_code::payload_too_large,
                   "The body is too large; at most " + std::to_string(limits.max_bytes) +
                       " bytes are read.");
  }
  if (body.starts_with(byte_order_mark)) {
    return not_json("The body must not begin with a byte order mark.");
  }
  if (!is_valid_utf8(body)) return not_json("The body is not valid UTF-8.");

  json::parse_options options;
  options.max_depth = limits.max_depth + 1;  // the builder is first, with a better sentence
  json::basic_parser<tree_builder> parser(options, limits, std::move(storage));
  parse_code code;
  const std::size_t read = parser.write_some(false, body.data(), body.size(), code);
  tree_builder& builder = parser.handler();
  if (builder.failure) return *std::move(builder.failure);
  if (code.failed()) return syntax_error(code, read);
  if (!builder.tree) return not_json("The body must be a JSON object, in curly braces.");
  if (!only_white_space(body.substr(read))) {
    return not_json("The body is not valid JSON: something follows the object.");
  }
  return *std::move(builder.tree);
}

}  // namespace dialplane
