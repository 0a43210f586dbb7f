// Reading what the sandbox posts to our webhook. The body is verified by then, and still judged as
// if anybody had written it.
#include <boost/json/array.hpp>

#include "base/json_gate.hpp"
#include "carriers/sandbox/text_desk.hpp"
#include "carriers/sandbox/webhook_members.hpp"

namespace dialplane::sandbox {

namespace {

namespace json = boost::json;

constexpr std::size_t text_party_bytes_max = 64;
constexpr std::size_t words_bytes_max = 1'000;
constexpr std::size_t body_bytes_max = 16'384;
constexpr std::size_t media_max = 10;
constexpr std::size_t url_bytes_max = 2'048;

// Empty where it is absent or null.
result<std::string> optional_text_in(const json::object& from, std::string_view member,
                                     std::size_t max) {
  const json::value* value = from.if_contains(member);
  if (value == nullptr || value->is_null()) return std::string();
  if (!value->is_string() || value->get_string().size() > max) return unreadable(member);
  return std::string(value->get_string());
}

result<std::vector<std::string>> media_in(const json::object& from) {
  std::vector<std::string> urls;
  const json::value* value = from.if_contains("media_urls");
  if (value == nullptr || value->is_null()) return urls;
  if (!value->is_array() || value->get_array().size() > media_max) return unreadable("media_urls");
  for (const json::value& item : value->get_array()) {
    if (!item.is_string() || item.get_string().size() > url_bytes_max) {
      return unreadable("media_urls");
    }
    urls.emplace_back(item.get_string());
  }
  return urls;
}

result<carrier_news> received_text(const json::object& data) {
  carrier_news news;
  news.kind = carrier_news_kind::text_received;
  TRY_ASSIGN(news.from, text_in(data, "from", text_party_bytes_max));
  TRY_ASSIGN(news.to, text_in(data, "to", text_party_bytes_max));
  TRY_ASSIGN(news.body, optional_text_in(data, "body", body_bytes_max));
  TRY_ASSIGN(news.media_urls, media_in(data));
  if (news.body.empty() && news.media_urls.empty()) return unreadable("body");
  return news;
}

result<carrier_news> text_status(const json::object& data) {
  carrier_news news;
  news.kind = carrier_news_kind::text_status;
  TRY_ASSIGN(news.our_id, optional_text_in(data, "reference", id_bytes_max));
  TRY_ASSIGN(const std::string status, text_in(data, "status", text_party_bytes_max));
  const auto known = value_named<message_status>(status);
  const bool tells = known == message_status::sent || known == message_status::delivered ||
                     known == message_status::failed;
  if (!tells) return unreadable("status");
  news.status = *known;
  TRY_ASSIGN(news.failure_code, optional_text_in(data, "failure_code", text_party_bytes_max));
  TRY_ASSIGN(news.failure_reason, optional_text_in(data, "failure_reason", words_bytes_max));
  return news;
}

}  // namespace

result<std::vector<carrier_news>> read_news(std::string_view body) {
  TRY_ASSIGN(const json::object message, parse_json_object(body));
  TRY_ASSIGN(const std::string type, text_in(message, "type", text_party_bytes_max));
  const bool is_received = type == "text.received";
  if (!is_received && type != "text.status") return std::vector<carrier_news>();
  const json::value* data = message.if_contains("data");
  if (data == nullptr || !data->is_object()) return unreadable("data");
  const json::object& told = data->get_object();
  TRY_ASSIGN(carrier_news news, is_received ? received_text(told) : text_status(told));
  TRY_ASSIGN(news.carrier_message_id, text_in(told, "id", id_bytes_max));
  TRY_ASSIGN(const std::string at, text_in(told, "at", text_party_bytes_max));
  TRY_ASSIGN(news.at, parse_rfc3339(at));
  return std::vector<carrier_news>{std::move(news)};
}

}  // namespace dialplane::sandbox
