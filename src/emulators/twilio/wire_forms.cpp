#include "emulators/twilio/wire_forms.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>

#include "base/crypto.hpp"

namespace dialplane::emulators::twilio {

namespace {

constexpr std::size_t page_size_default = 50;
constexpr std::size_t page_size_max = 1'000;

std::string two_digits(std::int64_t number) {
  return (number < 10 ? "0" : "") + std::to_string(number);
}

std::size_t page_size_of(std::string_view text) {
  std::size_t size = 0;
  const auto [stop, wrong] = std::from_chars(text.data(), text.data() + text.size(), size);
  if (text.empty() || wrong != std::errc{} || size == 0) return page_size_default;
  return std::min(size, page_size_max);
}

std::int64_t page_number_of(std::string_view text) {
  std::int64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return std::max<std::int64_t>(number, 0);
}

// The query as it came, with another page's place in it.
std::string page_query(const emulated_request& request, std::int64_t page, std::size_t size,
                       const std::string& token) {
  form_fields query;
  for (const auto& [name, value] : request.query().fields) {
    if (name != "Page" && name != "PageToken" && name != "PageSize") query.add(name, value);
  }
  query.add("PageSize", std::to_string(size));
  query.add("Page", std::to_string(page));
  if (!token.empty()) query.add("PageToken", token);
  return "?" + form_text(query);
}

}  // namespace

http_response failure(int status, int code, std::string_view message) {
  return json_response(
      status, json::object{{"code", code},
                           {"message", message},
                           {"more_info", "https://www.twilio.com/docs/errors/" +
                                             std::to_string(code)},
                           {"status", status}});
}

http_response created(const json::object& body) { return json_response(201, body); }
http_response found(const json::object& body) { return json_response(200, body); }
http_response no_content() { return {204, "", "", {}}; }

http_response not_found(const emulated_request& request) {
  return failure(404, 20404,
                 "The requested resource " + request.http.path + " was not found");
}

std::string mail_date(timestamp at) {
  using namespace std::chrono;
  constexpr std::array<std::string_view, 7> days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array<std::string_view, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                    "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const sys_seconds second{floor<seconds>(sys_time<milliseconds>(milliseconds(at.unix_ms)))};
  const sys_days day = floor<std::chrono::days>(second);
  const year_month_day date(day);
  const hh_mm_ss clock(second - day);
  std::string text(days[weekday(day).c_encoding()]);
  text += ", " + two_digits(static_cast<unsigned>(date.day())) + " ";
  text.append(months[static_cast<unsigned>(date.month()) - 1]);
  text += " " + std::to_string(static_cast<int>(date.year())) + " ";
  text += two_digits(clock.hours().count()) + ":" + two_digits(clock.minutes().count()) + ":" +
          two_digits(clock.seconds().count());
  return text + " +0000";
}

std::string iso_date(timestamp at) {
  return to_rfc3339({at.unix_ms / 1'000 * 1'000}).substr(0, 19) + "Z";
}

std::string new_sid(random_source& from, std::string_view letters) {
  std::array<std::uint8_t, 16> bytes{};
  from.fill(bytes);
  return std::string(letters) + hex(bytes);
}

std::string text_in(const json::object& row, std::string_view member) {
  const json::value* value = row.if_contains(member);
  if (value == nullptr || !value->is_string()) return {};
  return std::string(value->get_string());
}

json::value text_or_null(const form_fields& form, std::string_view name) {
  const std::string_view text = form.text(name);
  if (text.empty()) return nullptr;
  return json::value(text);
}

json::array list_of(const form_fields& form, std::string_view name) {
  json::array list;
  for (const auto& [field, value] : form.fields) {
    if (field == name) list.emplace_back(value);
  }
  return list;
}

bool is_true(std::string_view text) { return text == "true" || text == "True" || text == "1"; }

std::string signature_of(std::string_view token, std::string_view url, const form_fields& form) {
  std::map<std::string_view, std::vector<std::string_view>> sorted;
  for (const auto& [name, value] : form.fields) sorted[name].push_back(value);
  std::string text(url);
  for (auto& [name, values] : sorted) {
    std::sort(values.begin(), values.end());
    values.erase(std::unique(values.begin(), values.end()), values.end());
    for (const std::string_view value : values) text.append(name).append(value);
  }
  return base64(hmac_sha1(token, text));
}

http_response page_of(const emulated_request& request, shelf<json::object>& table,
                      const std::function<bool(const json::object&)>& fits,
                      const row_view& show, const page_style& style) {
  const std::size_t size = page_size_of(request.query().text("PageSize"));
  const std::int64_t page = page_number_of(request.query().text("Page"));
  std::string_view token = request.query().text("PageToken");
  if (token.starts_with("PA")) token.remove_prefix(2);
  json::array rows;
  std::string last;
  bool has_more = false;
  table.newest_first(token, [&](const std::string& sid, json::object& row) {
    if (!fits(row)) return true;
    if (rows.size() == size) {
      has_more = true;
      return false;
    }
    rows.push_back(show(row));
    last = sid;
    return true;
  });
  const std::string& path = request.http.path;
  const std::string own = path + page_query(request, page, size, "");
  const std::string first = path + page_query(request, 0, size, "");
  const json::value next =
      has_more ? json::value(path + page_query(request, page + 1, size, "PA" + last))
               : json::value(nullptr);
  const auto start = page * static_cast<std::int64_t>(size);
  const auto end = start + std::max<std::int64_t>(static_cast<std::int64_t>(rows.size()) - 1, 0);
  json::object body;
  if (style.has_meta) {
    body["meta"] = {{"page", page},
                    {"page_size", size},
                    {"first_page_url", style.public_url + first},
                    {"previous_page_url", nullptr},
                    {"url", style.public_url + own},
                    {"next_page_url", has_more ? json::value(style.public_url +
                                                             std::string(next.get_string()))
                                               : json::value(nullptr)},
                    {"key", style.rows}};
  } else {
    body = {{"page", page},           {"page_size", size},
            {"start", start},         {"end", end},
            {"uri", own},             {"first_page_uri", first},
            {"next_page_uri", next},  {"previous_page_uri", nullptr}};
  }
  body[style.rows] = std::move(rows);
  return json_response(200, body);
}

}  // namespace dialplane::emulators::twilio
