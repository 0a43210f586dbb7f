#include "edge/rest/stored_answer.hpp"

namespace dialplane {

namespace {

namespace json = boost::json;

std::string text_of_member(const json::object& from, std::string_view name) {
  const json::value* value = from.if_contains(name);
  if (value == nullptr || !value->is_string()) return {};
  return std::string(value->get_string());
}

}  // namespace

std::string stored_answer_text(const rest_answer& answer) {
  json::array headers;
  for (const http_header& header : answer.headers) {
    headers.push_back(json::array{header.name, header.value});
  }
  return json::serialize(json::object{{"status", answer.status},
                                      {"content_type", answer.content_type},
                                      {"headers", std::move(headers)},
                                      {"body", answer.body}});
}

result<rest_answer> parse_stored_answer(std::string_view text) {
  boost::system::error_code failure;
  const json::value parsed = json::parse(text, failure);
  const json::object* stored = failure ? nullptr : parsed.if_object();
  const json::value* status = stored ? stored->if_contains("status") : nullptr;
  if (status == nullptr || !status->is_int64() || status->get_int64() < 100 ||
      status->get_int64() > 599) {
    return internal_fault("a stored answer cannot be read");
  }
  rest_answer answer{.status = static_cast<int>(status->get_int64()),
                     .body = text_of_member(*stored, "body"),
                     .content_type = text_of_member(*stored, "content_type")};
  const json::value* headers = stored->if_contains("headers");
  if (headers != nullptr && headers->is_array()) {
    for (const json::value& pair : headers->get_array()) {
      if (!pair.is_array() || pair.get_array().size() != 2) continue;
      const json::array& both = pair.get_array();
      if (!both[0].is_string() || !both[1].is_string()) continue;
      answer.headers.push_back({std::string(both[0].get_string()),
                                std::string(both[1].get_string())});
    }
  }
  return answer;
}

}  // namespace dialplane
