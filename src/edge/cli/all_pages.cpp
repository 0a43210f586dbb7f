#include "edge/cli/all_pages.hpp"

#include <algorithm>
#include <boost/json/serialize.hpp>
#include <charconv>

#include "edge/cli/terminal.hpp"
#include "net/form_encoding.hpp"

namespace dialplane::cli {

namespace {

namespace json = boost::json;

constexpr std::size_t rows_max = 10'000;

const command_value* page_option(const client_command& command) {
  for (const command_value& option : command.options) {
    const bool pages = option.name == "--cursor" || option.name == "--after" ||
                       option.name == "--offset";
    if (pages && option.place == value_place::query) return &option;
  }
  return nullptr;
}

// Sets one parameter of "/path?a=b&c=d".
std::string with_parameter(const std::string& target, std::string_view name,
                           std::string_view text) {
  const std::size_t mark = target.find('?');
  std::string made = target.substr(0, mark) + "?";
  std::string_view rest = mark == std::string::npos ? std::string_view()
                                                    : std::string_view(target).substr(mark + 1);
  while (!rest.empty()) {
    const std::size_t end = rest.find('&');
    const std::string_view one = rest.substr(0, end);
    if (!one.empty() && one.substr(0, one.find('=')) != name) made.append(one).append("&");
    rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
  }
  return made.append(name).append("=").append(percent_encoded(text));
}

// What the next page is asked for with; empty: there is none.
std::string next_place(const command_value& option, const json::value& body,
                       const json::array& rows, std::size_t seen, std::size_t asked) {
  if (option.name == "--cursor") return text_at(body, "next_cursor");
  if (option.name == "--offset") return rows.size() < asked ? "" : std::to_string(seen);
  const json::value& more = value_at(body, "has_more");
  const bool goes_on = more.is_bool() && more.get_bool() && !rows.empty();
  return goes_on ? text_at(rows.back(), "id") : std::string();
}

std::size_t whole_number(const std::optional<std::string>& text, std::size_t otherwise) {
  std::size_t number = 0;
  if (!text) return otherwise;
  const auto [end, failure] = std::from_chars(text->data(), text->data() + text->size(), number);
  return failure == std::errc{} && end == text->data() + text->size() ? number : otherwise;
}

advice cut_off(const client_call& call, const std::string& place) {
  advice say;
  if (place.empty()) return say;
  say.hints.push_back("These are the first " + std::to_string(rows_max) + " rows.");
  say.steps.push_back({call.spelt(std::string(call.command.name) + " --all " +
                                  std::string(page_option(call.command)->name) + " " + place),
                       "the rows after them"});
  return say;
}

// The answer's members with all rows, as if it had been one page.
json::value whole_answer(const client_call& call, json::value body, json::array rows,
                         const std::string& place) {
  json::object& members = body.get_object();
  members[call.command.view.rows] = std::move(rows);
  if (members.contains("next_cursor")) {
    members["next_cursor"] = place.empty() ? json::value() : json::value(place);
  }
  if (members.contains("has_more")) members["has_more"] = !place.empty();
  return body;
}

struct gathered_pages {
  json::value answer;
  std::string place;  // where more begins; empty: that was all
};

// With --jsonl the rows are printed here, as they arrive.
boost::system::result<gathered_pages, command_error> gather(client_call& call,
                                                            const api_request& first) {
  const command_value& option = *page_option(call.command);
  const std::size_t limit = whole_number(call.given.text_of("--limit"), page_rows);
  const std::size_t offset = whole_number(call.given.text_of("--offset"), 0);
  const bool by_line = call.form == output_form::json_lines;
  api_request request = first;
  request.target = with_parameter(request.target, "limit", std::to_string(limit));
  json::array all;
  for (std::size_t count = 0;;) {
    const api_result told = call.api->ask(request);
    if (!told) return error_of(told.error());
    if (told->status != 200) return error_of(*told, false);
    const json::array* rows = value_at(told->body, call.command.view.rows).if_array();
    if (rows == nullptr) return gathered_pages{told->body, {}};
    count += rows->size();
    for (const json::value& row : *rows) {
      if (by_line) {
        print_text(json::serialize(row) + "\n");
      } else {
        all.push_back(row);
      }
    }
    std::string place = next_place(option, told->body, *rows, offset + count, limit);
    if (place.empty() || count >= rows_max) {
      json::value answer = whole_answer(call, told->body, std::move(all), place);
      return gathered_pages{std::move(answer), std::move(place)};
    }
    request.target = with_parameter(request.target, option.field, place);
  }
}

}  // namespace

bool has_pages(const client_command& command) {
  return page_option(command) != nullptr && !command.view.rows.empty();
}

int show_all_pages(client_call& call, const api_request& first, waiting_spinner& spinner) {
  const auto found = gather(call, first);
  spinner.end();
  if (!found) return call.fail(found.error());
  const advice say = cut_off(call, found->place);
  if (call.form != output_form::json_lines) return call.succeed(found->answer, say);
  for (const std::string& hint : say.hints) say_beside(hint + "\n");
  for (const next_step& step : say.steps) say_beside("  " + harmless(step.command) + "\n");
  return 0;
}

}  // namespace dialplane::cli
