#include "edge/cli/build_request.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <cerrno>
#include <charconv>
#include <cstring>

#include "base/utf8.hpp"
#include "net/form_encoding.hpp"

namespace dialplane::cli {

namespace {

namespace json = boost::json;

constexpr std::size_t input_bytes_max = 64 * 1024;

error unfit(const command_value& value, const std::string& sentence) {
  return bad_field(std::string(value.name), std::string(value.name) + " " + sentence);
}

result<std::string> whole_input(const command_value& value, const std::string& file) {
  const int from = file == "-" ? dup(STDIN_FILENO) : open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (from < 0) return unfit(value, "cannot read " + file + ": " + std::strerror(errno) + ".");
  std::string text;
  std::array<char, 4096> piece{};
  ssize_t count = 0;
  while (text.size() <= input_bytes_max) {
    count = read(from, piece.data(), piece.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) break;
    text.append(piece.data(), static_cast<std::size_t>(count));
  }
  close(from);
  if (count < 0) return unfit(value, "cannot read " + file + ".");
  if (text.size() > input_bytes_max) return unfit(value, "is more than 64 KiB long.");
  return text;
}

result<json::value> json_value(const command_value& value, const std::string& text) {
  std::string source = text;
  if (text == "-" || text.starts_with("@")) {
    TRY_ASSIGN(source, whole_input(value, text == "-" ? text : text.substr(1)));
  }
  boost::system::error_code failure;
  json::value parsed = json::parse(source, failure);
  if (failure) return unfit(value, "must be JSON: " + failure.message() + ".");
  return parsed;
}

result<json::value> integer_value(const command_value& value, const std::string& text) {
  std::int64_t number = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failure != std::errc{} || end != text.data() + text.size()) {
    return unfit(value, "must be a whole number.");
  }
  return json::value(number);
}

result<json::value> decimal_value(const command_value& value, const std::string& text) {
  double number = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failure != std::errc{} || end != text.data() + text.size()) {
    return unfit(value, "must be a number.");
  }
  return json::value(number);
}

json::array list_value(std::string_view text) {
  json::array list;
  while (true) {
    const std::size_t comma = text.find(',');
    const std::string_view one = trim(text.substr(0, comma));
    if (!one.empty()) list.push_back(json::value(one));
    if (comma == std::string_view::npos) return list;
    text.remove_prefix(comma + 1);
  }
}

bool is_choice(std::string_view choices, std::string_view text) {
  while (!choices.empty()) {
    const std::size_t bar = choices.find('|');
    if (choices.substr(0, bar) == text) return true;
    if (bar == std::string_view::npos) break;
    choices.remove_prefix(bar + 1);
  }
  return false;
}

std::string spelt_out(std::string_view choices) {
  std::string text(choices);
  for (std::size_t at = text.find('|'); at != std::string::npos; at = text.find('|', at)) {
    text.replace(at, 1, ", ");
  }
  return text;
}

result<json::value> value_of(const command_value& value, const std::string& text) {
  if (!value.choices.empty() && value.kind == value_kind::text && !is_choice(value.choices, text)) {
    return unfit(value, "must be one of " + spelt_out(value.choices) + ".");
  }
  switch (value.kind) {
    case value_kind::text: break;
    case value_kind::integer: return integer_value(value, text);
    case value_kind::decimal: return decimal_value(value, text);
    case value_kind::truth:
      if (!value.stands_for.empty()) return json::value(value.stands_for);
      return json::value(text != "false");
    case value_kind::words: return json::value(list_value(text));
    case value_kind::json: return json_value(value, text);
  }
  return json::value(text);
}

// What is being put together.
struct request_parts {
  std::string path;
  std::string query;
  json::object body;
};

void put_in_path(std::string& path, std::string_view name, const std::string& text) {
  const std::string hole = "{" + std::string(name) + "}";
  const std::size_t at = path.find(hole);
  if (at != std::string::npos) path.replace(at, hole.size(), percent_encoded(text));
}

result<void> put(request_parts& into, const command_value& value, const std::string& text) {
  if (value.place == value_place::path) {
    if (text.empty()) return unfit(value, "must not be empty.");
    put_in_path(into.path, value.field, text);
    return {};
  }
  if (value.place == value_place::query) {
    TRY(value_of(value, text));
    const bool is_switch = value.kind == value_kind::truth;
    const std::string sent =
        is_switch ? std::string(value.stands_for.empty() ? "true" : value.stands_for) : text;
    into.query += (into.query.empty() ? "?" : "&") + std::string(value.field) + "=" +
                  percent_encoded(sent);
    return {};
  }
  TRY_ASSIGN(json::value sent, value_of(value, text));
  if (!value.field.empty()) {
    set_member(into.body, value.field, std::move(sent));
    return {};
  }
  if (!sent.is_object()) return unfit(value, "must be a JSON object.");
  for (auto& member : sent.get_object()) into.body[member.key()] = std::move(member.value());
  return {};
}

result<void> put_words(request_parts& into, const client_command& command,
                       const parsed_arguments& given) {
  if (given.words.size() > command.words.size()) {
    return refused(error_code::invalid_input,
                   "\"" + given.words[command.words.size()] + "\" is one word too many.");
  }
  for (std::size_t at = 0; at < command.words.size(); ++at) {
    const command_value& word = command.words[at];
    if (at < given.words.size()) {
      TRY(put(into, word, given.words[at]));
    } else if (!word.is_optional) {
      return bad_field(std::string(word.name),
                       "Say which " + std::string(word.name) + ": " + std::string(word.help));
    }
  }
  return {};
}

result<void> put_options(request_parts& into, const client_command& command,
                         const parsed_arguments& given) {
  for (const command_value& option : command.options) {
    const auto text = given.text_of(option.name);
    if (text) {
      TRY(put(into, option, *text));
    } else if (option.required) {
      return bad_field(std::string(option.name), std::string(option.name) + " " +
                                                     std::string(option.placeholder) +
                                                     " is missing. " + std::string(option.help));
    }
  }
  return {};
}

}  // namespace

void set_member(json::object& into, std::string_view path, json::value value) {
  const std::size_t dot = path.find('.');
  json::value& member = into[path.substr(0, dot)];
  if (dot == std::string_view::npos) {
    member = std::move(value);
    return;
  }
  if (!member.is_object()) member = json::object();
  set_member(member.get_object(), path.substr(dot + 1), std::move(value));
}

std::optional<std::string> word_of(const client_command& command, const parsed_arguments& given,
                                   std::string_view name) {
  for (std::size_t at = 0; at < command.words.size() && at < given.words.size(); ++at) {
    if (command.words[at].name == name) return given.words[at];
  }
  return std::nullopt;
}

result<api_request> build_request(const client_command& command, const parsed_arguments& given,
                                  const std::optional<std::string>& user) {
  request_parts parts;
  parts.path = command.path;
  TRY(put_words(parts, command, given));
  // Whole bodies first, so that single options win over them.
  TRY(put_options(parts, command, given));
  api_request request;
  request.method = command.method;
  request.target = parts.path + parts.query;
  const bool changes = request.method != "GET" && command.effect != command_effect::reads;
  const bool has_body = request.method != "GET" && request.method != "DELETE";
  if (has_body) request.body = json::serialize(parts.body);
  if (user) request.headers.emplace_back("X-Naive-User-Id", *user);
  if (changes) {
    const auto key = given.text_of("--idempotency-key");
    // An unset variable of a script must not send a purchase without a key.
    if (key && key->empty()) {
      return bad_field("--idempotency-key", "--idempotency-key must not be empty.");
    }
    request.idempotency_key = key ? *key : new_idempotency_key();
  }
  return request;
}

}  // namespace dialplane::cli
