#include "edge/cli/section_text.hpp"

#include <algorithm>
#include <boost/json/array.hpp>
#include <charconv>

#include "base/money.hpp"

namespace dialplane::cli {

namespace {

namespace json = boost::json;

constexpr std::size_t name_gap = 2, indent_step = 2;
constexpr std::size_t names_wide_max = 30;
constexpr std::size_t section_depth_max = 6;

std::string shown_name(std::string_view name) {
  std::string text = harmless(name, 64);
  std::ranges::replace(text, '_', ' ');
  return text;
}

bool is_simple(const json::value& value) {
  if (value.is_object()) return value.get_object().empty();
  const json::array* list = value.if_array();
  return list == nullptr || std::ranges::none_of(*list, [](const json::value& one) {
    return one.is_object() || one.is_array();
  });
}

// "texts in, calls; not: texts out, pictures"
std::string abilities_in_words(const json::object& can) {
  constexpr std::pair<std::string_view, std::string_view> words[] = {
      {"sms_inbound", "receives texts"}, {"sms_outbound", "sends texts"},
      {"mms", "pictures"},               {"voice", "calls"}};
  std::string does, lacks;
  for (const auto& [name, word] : words) {
    const json::value* given = can.if_contains(name);
    if (given == nullptr || !given->is_bool()) continue;
    std::string& list = given->get_bool() ? does : lacks;
    list.append(list.empty() ? "" : ", ").append(word);
  }
  if (does.empty()) return "nothing yet";
  return lacks.empty() ? does : does + " (not yet: " + lacks + ")";
}

// What carriers charge is written in millionths of a dollar.
constexpr std::string_view millionths = "_micro_usd";

std::string dollars(const json::value& given) {
  const std::string text = plain_text(given);
  micro_credits amount;
  const char* const end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, amount.value);
  return read.ec == std::errc{} && read.ptr == end ? to_decimal(amount) + " USD" : text;
}

// Writes the lines of one answer.
class section_writer {
 public:
  explicit section_writer(const text_style& style) : style_(style) {}

  void members(const json::object& of, std::size_t indent, std::size_t depth);
  std::string take() { return std::move(text_); }

 private:
  void value(std::string_view name, const json::value& given, std::size_t indent,
             std::size_t names_wide, std::size_t depth);
  void named(std::string_view name, std::size_t indent, std::size_t names_wide);
  void lines(const std::string& words, std::size_t indent);
  void items(const json::array& list, std::size_t indent, std::size_t depth);
  void readiness(const json::object& of, std::size_t indent, std::size_t names_wide);
  void padding(std::size_t columns) { text_.append(columns, ' '); }

  const text_style& style_;
  std::string text_;
};

void section_writer::named(std::string_view name, std::size_t indent, std::size_t names_wide) {
  const std::string shown = shown_name(name);
  padding(indent);
  text_ += shown;
  padding(names_wide - std::min(names_wide, shown.size()) + name_gap);
}

// A text of several lines keeps them, each as far in as the first.
void section_writer::lines(const std::string& words, std::size_t indent) {
  std::string_view rest = words;
  for (bool first = true; first || !rest.empty(); first = false) {
    const std::size_t end = rest.find('\n');
    std::string_view line = rest.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (!first) padding(indent);
    text_ += coloured(harmless(line), style_) + "\n";
    rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
  }
}

void section_writer::readiness(const json::object& of, std::size_t indent,
                               std::size_t names_wide) {
  const json::value whole(of);
  named("may send", indent, names_wide);
  if (plain_text(value_at(whole, "may_send")) == "yes") {
    text_ += coloured("yes", style_) + "\n";
    return;
  }
  text_ += coloured("not yet", style_) + "\n";
  const json::array* blockers = value_at(whole, "blockers").if_array();
  if (blockers == nullptr) return;
  for (const json::value& each : *blockers) {
    padding(indent + indent_step);
    text_ += "- " + plain_text(value_at(each, "reason")) + "\n";
    const json::value& since = value_at(each, "since");
    const json::value& next = value_at(each, "next_step");
    padding(indent + 2 * indent_step);
    if (!since.is_null()) text_ += "Since " + cell_text(since, style_) + ". ";
    text_ += (next.is_null() ? std::string() : plain_text(next)) + "\n";
  }
}

void section_writer::items(const json::array& list, std::size_t indent, std::size_t depth) {
  for (const json::value& one : list) {
    const json::object* of = one.if_object();
    if (of == nullptr) {
      padding(indent);
      text_ += "- " + cell_text(one, style_) + "\n";
      continue;
    }
    const std::size_t begin = text_.size();
    members(*of, indent + indent_step, depth + 1);
    // The mark of an item stands in its first line's indentation.
    if (text_.size() > begin + indent) text_[begin + indent] = '-';
  }
}

void section_writer::value(std::string_view name, const json::value& given, std::size_t indent,
                           std::size_t names_wide, std::size_t depth) {
  const json::object* inner = given.if_object();
  if (name == "send_readiness" && inner != nullptr) return readiness(*inner, indent, names_wide);
  if (name == "capabilities" && inner != nullptr) {
    named(name, indent, names_wide);
    text_ += abilities_in_words(*inner) + "\n";
    return;
  }
  if (name.ends_with(millionths) && !given.is_null()) {
    named(name.substr(0, name.size() - millionths.size()), indent, names_wide);
    text_ += dollars(given) + "\n";
    return;
  }
  if (is_simple(given) || depth >= section_depth_max) {
    named(name, indent, names_wide);
    const bool long_text = given.is_string() && given.get_string().find('\n') != json::string::npos;
    if (long_text) return lines(std::string(given.get_string()), indent + names_wide + name_gap);
    text_ += coloured(cell_text(given, style_), style_) + "\n";
    return;
  }
  padding(indent);
  text_ += heading(shown_name(name), style_) + "\n";
  if (inner != nullptr) return members(*inner, indent + indent_step, depth + 1);
  items(given.get_array(), indent + indent_step, depth);
}

void section_writer::members(const json::object& of, std::size_t indent, std::size_t depth) {
  std::size_t names_wide = 0;
  for (const auto& member : of) {
    if (!is_simple(member.value()) && member.key() != "capabilities") continue;
    names_wide = std::max(names_wide, std::min<std::size_t>(member.key().size(), names_wide_max));
  }
  for (const auto& member : of) {
    // Inside sections what is not there is left out.
    if (depth > 0 && member.value().is_null()) continue;
    value(member.key(), member.value(), indent, names_wide, depth);
  }
}

}  // namespace

std::string sections_of(const json::object& members, const text_style& style) {
  section_writer writer(style);
  writer.members(members, 0, 0);
  return writer.take();
}

}  // namespace dialplane::cli
