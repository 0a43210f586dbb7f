#include "carriers/surge/webhook_news.hpp"

#include <boost/json/array.hpp>

#include "base/json_gate.hpp"
#include "carriers/surge/texts.hpp"
#include "carriers/surge/wire_reading.hpp"

namespace dialplane::surge {

namespace {

namespace json = boost::json;

constexpr std::size_t party_bytes_max = 64;
constexpr std::size_t body_bytes_max = 16'384;
constexpr std::size_t media_kept_max = 10;
constexpr std::size_t media_told_max = 100;
constexpr std::size_t url_bytes_max = 2'048;

using news_list = std::vector<carrier_news>;

result<const json::object*> object_in(const json::object& from, std::string_view member) {
  TRY_ASSIGN(const json::object* found, optional_object_in(from, member));
  if (found == nullptr) return unreadable(member);
  return found;
}

result<timestamp> time_in(const json::object& data, std::string_view member,
                          const json::object& envelope) {
  TRY_ASSIGN(std::string text, optional_text_in(data, member, party_bytes_max));
  if (text.empty()) {
    TRY_ASSIGN(text, text_in(envelope, "timestamp", party_bytes_max));
  }
  return parse_rfc3339(text);
}

result<std::vector<std::string>> media_in(const json::object& data) {
  std::vector<std::string> urls;
  const json::value* value = data.if_contains("attachments");
  if (value == nullptr || value->is_null()) return urls;
  if (!value->is_array() || value->get_array().size() > media_told_max) {
    return unreadable("attachments");
  }
  for (const json::value& each : value->get_array()) {
    if (!each.is_object()) return unreadable("attachments");
    TRY_ASSIGN(std::string url, optional_text_in(each.get_object(), "url", url_bytes_max));
    if (!url.empty() && urls.size() < media_kept_max) urls.push_back(std::move(url));
  }
  return urls;
}

// The other side and our number, of a message's conversation; what is told is remembered.
result<void> read_parties(const json::object& data, carrier_news& news, bool inbound,
                          contact_memory& contacts) {
  TRY_ASSIGN(const json::object* conversation, optional_object_in(data, "conversation"));
  if (conversation == nullptr) {
    if (inbound) return unreadable("conversation");
    return {};
  }
  TRY_ASSIGN(const std::string id, optional_text_in(*conversation, "id", id_bytes_max));
  if (!id.empty()) news.metadata["conversation_id"] = id;
  TRY_ASSIGN(const json::object* contact, optional_object_in(*conversation, "contact"));
  TRY_ASSIGN(const json::object* ours, optional_object_in(*conversation, "phone_number"));
  std::string theirs;
  std::string contact_id;
  std::string number;
  if (contact != nullptr) {
    TRY_ASSIGN(contact_id, optional_text_in(*contact, "id", id_bytes_max));
    TRY_ASSIGN(theirs, optional_text_in(*contact, "phone_number", party_bytes_max));
  }
  if (ours != nullptr) {
    TRY_ASSIGN(number, optional_text_in(*ours, "number", party_bytes_max));
  }
  if (!contact_id.empty() && !theirs.empty()) contacts.put(contact_id, {theirs, number});
  if (!inbound) return {};
  if (theirs.empty()) return unreadable("contact");
  if (number.empty()) return unreadable("phone_number");
  news.from = std::move(theirs);
  news.to = std::move(number);
  return {};
}

result<news_list> received_text(const json::object& envelope, const json::object& data,
                                contact_memory& contacts) {
  carrier_news news;
  news.kind = carrier_news_kind::text_received;
  TRY_ASSIGN(news.carrier_message_id, id_in(data));
  TRY(read_parties(data, news, true, contacts));
  TRY_ASSIGN(news.body, optional_text_in(data, "body", body_bytes_max));
  TRY_ASSIGN(news.media_urls, media_in(data));
  if (news.body.empty() && news.media_urls.empty()) return unreadable("body");
  TRY_ASSIGN(news.at, time_in(data, "received_at", envelope));
  return news_list{std::move(news)};
}

result<news_list> text_status(const json::object& envelope, const json::object& data,
                              message_status status, contact_memory& contacts) {
  carrier_news news;
  news.kind = carrier_news_kind::text_status;
  news.status = status;
  TRY_ASSIGN(news.carrier_message_id, id_in(data));
  TRY(read_parties(data, news, false, contacts));
  TRY_ASSIGN(const json::object* metadata, optional_object_in(data, "metadata"));
  if (metadata != nullptr) {
    TRY_ASSIGN(news.our_id, optional_text_in(*metadata, our_id_member, word_bytes_max));
  }
  const std::string when = std::string(name_of_value(status)) + "_at";
  TRY_ASSIGN(news.at, time_in(data, when, envelope));
  if (status != message_status::failed) return news_list{std::move(news)};
  TRY_ASSIGN(news.failure_code, optional_text_in(data, "failure_reason", text_bytes_max));
  news.failure_reason = plain_words(news.failure_code);
  return news_list{std::move(news)};
}

result<news_list> registration_changed(const json::object& envelope, std::string reference) {
  carrier_news news;
  news.kind = carrier_news_kind::registration_changed;
  news.reference = std::move(reference);
  TRY_ASSIGN(news.at, time_in(envelope, "timestamp", envelope));
  return news_list{std::move(news)};
}

result<news_list> number_attached(const json::object& envelope, const json::object& data) {
  TRY_ASSIGN(const json::object* campaign, optional_object_in(data, "campaign"));
  if (campaign == nullptr) {
    TRY_ASSIGN(std::string id, id_in(data, "campaign_id"));
    return registration_changed(envelope, std::move(id));
  }
  TRY_ASSIGN(std::string id, id_in(*campaign));
  return registration_changed(envelope, std::move(id));
}

result<news_list> consent_changed(const json::object& envelope, const json::object& data,
                                  carrier_news_kind kind, contact_memory& contacts) {
  TRY_ASSIGN(const std::string contact, id_in(data));
  TRY_ASSIGN(const std::string told, optional_text_in(data, "phone_number", party_bytes_max));
  const auto known = contacts.find(contact);
  if (told.empty() && !known) return news_list();
  carrier_news news;
  news.kind = kind;
  news.from = told.empty() ? known->phone_number : told;
  if (known && known->phone_number == news.from) news.to = known->our_number;
  TRY_ASSIGN(news.at, time_in(envelope, "timestamp", envelope));
  return news_list{std::move(news)};
}

}  // namespace

result<news_list> read_webhook_news(std::string_view body, contact_memory& contacts) {
  TRY_ASSIGN(const json::object envelope, parse_json_object(body));
  TRY_ASSIGN(const std::string type, text_in(envelope, "type", word_bytes_max));
  const bool is_about_text = type.starts_with("message.");
  const bool is_about_us = is_about_text || type == "campaign.approved" ||
                           type == "phone_number.attached_to_campaign" ||
                           type.starts_with("contact.opted_");
  if (!is_about_us) return news_list();
  TRY_ASSIGN(const json::object* data, object_in(envelope, "data"));
  if (type == "message.received") return received_text(envelope, *data, contacts);
  if (is_about_text) {
    const auto status = value_named<message_status>(std::string_view(type).substr(8));
    const bool tells = status == message_status::sent || status == message_status::delivered ||
                       status == message_status::failed;
    return tells ? text_status(envelope, *data, *status, contacts) : news_list();
  }
  if (type == "campaign.approved") {
    TRY_ASSIGN(std::string id, id_in(*data));
    return registration_changed(envelope, std::move(id));
  }
  if (type == "phone_number.attached_to_campaign") return number_attached(envelope, *data);
  if (type == "contact.opted_out") {
    return consent_changed(envelope, *data, carrier_news_kind::recipient_opted_out, contacts);
  }
  if (type == "contact.opted_in") {
    return consent_changed(envelope, *data, carrier_news_kind::recipient_opted_in, contacts);
  }
  return news_list();
}

}  // namespace dialplane::surge
