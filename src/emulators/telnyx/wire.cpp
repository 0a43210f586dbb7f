#include "emulators/telnyx/wire.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "base/crypto.hpp"

namespace dialplane::emulators::telnyx {

namespace {

namespace json = boost::json;

constexpr std::int64_t page_size_usual = 20;
constexpr std::int64_t page_size_max = 250;

std::int64_t whole_number(std::string_view text, std::int64_t otherwise) {
  std::int64_t number = otherwise;
  const char* end = text.data() + text.size();
  const auto [stop, code] = std::from_chars(text.data(), end, number);
  return code == std::errc{} && stop == end && !text.empty() ? number : otherwise;
}

struct page_asked {
  std::int64_t number = 1;
  std::int64_t size = page_size_usual;
};

page_asked asked_page(const emulated_request& request, std::string_view number,
                      std::string_view size) {
  return {std::max<std::int64_t>(whole_number(request.query().text(number), 1), 1),
          std::clamp<std::int64_t>(whole_number(request.query().text(size), page_size_usual), 1,
                                   page_size_max)};
}

json::array slice(const json::array& rows, const page_asked& page) {
  json::array part;
  const std::int64_t count = static_cast<std::int64_t>(rows.size());
  for (std::int64_t at = (page.number - 1) * page.size; at < page.number * page.size; ++at) {
    if (at >= count) break;
    part.push_back(rows[static_cast<std::size_t>(at)]);
  }
  return part;
}

}  // namespace

http_response data_answer(json::value data, int status) {
  json::object body;
  body["data"] = std::move(data);
  return json_response(status, body);
}

http_response data_page(const emulated_request& request, const json::array& rows) {
  const page_asked page = asked_page(request, "page[number]", "page[size]");
  const std::int64_t count = static_cast<std::int64_t>(rows.size());
  json::object meta{{"page_number", page.number},
                    {"page_size", page.size},
                    {"total_pages", (count + page.size - 1) / page.size},
                    {"total_results", count}};
  return json_response(200, json::object{{"data", slice(rows, page)}, {"meta", std::move(meta)}});
}

http_response record_page(const emulated_request& request, const json::array& rows) {
  const page_asked page = asked_page(request, "page", "recordsPerPage");
  return json_response(200, json::object{{"records", slice(rows, page)},
                                         {"page", page.number},
                                         {"totalRecords", rows.size()}});
}

http_response toll_free_page(const emulated_request& request, const json::array& rows) {
  const page_asked page = asked_page(request, "page", "page_size");
  return json_response(
      200, json::object{{"records", slice(rows, page)}, {"total_records", rows.size()}});
}

http_response failure(int status, std::string_view code, std::string_view title,
                      std::string_view detail) {
  json::object one{{"code", code}, {"title", title}, {"detail", detail}};
  return json_response(status, json::object{{"errors", json::array{std::move(one)}}});
}

http_response not_found(std::string_view what) {
  return failure(404, "10005", "Resource not found",
                 "There is no " + std::string(what) + " with this id.");
}

http_response missing(std::string_view member) {
  return failure(400, "10004", "Missing required parameter",
                 "The parameter " + std::string(member) + " is missing.");
}

http_response unprocessable(std::string_view detail) {
  return failure(422, "10015", "Invalid value", detail);
}

std::string_view filter_of(const emulated_request& request, std::string_view name) {
  return request.query().text("filter[" + std::string(name) + "]");
}

std::string text_of(const json::object& body, std::string_view name) {
  const json::value* found = body.if_contains(name);
  const json::string* text = found == nullptr ? nullptr : found->if_string();
  return text == nullptr ? std::string() : std::string(text->data(), text->size());
}

std::optional<bool> flag_filter(const emulated_request& request, std::string_view name) {
  const std::string_view text = filter_of(request, name);
  if (text == "true") return true;
  if (text == "false") return false;
  return std::nullopt;
}

std::string new_uuid(random_source& random) {
  std::array<std::uint8_t, 16> bytes{};
  random.fill(bytes);
  bytes[6] = static_cast<std::uint8_t>((bytes[6] & 0x0F) | 0x40);
  bytes[8] = static_cast<std::uint8_t>((bytes[8] & 0x3F) | 0x80);
  std::string text = hex(bytes);
  for (const std::size_t dash : {8, 13, 18, 23}) text.insert(dash, 1, '-');
  return text;
}

std::string new_number_id(random_source& random) {
  std::string id(1, static_cast<char>('1' + random.below(9)));
  while (id.size() < 19) id += static_cast<char>('0' + random.below(10));
  return id;
}

std::string rfc3339(timestamp at) { return to_rfc3339(at); }

}  // namespace dialplane::emulators::telnyx
