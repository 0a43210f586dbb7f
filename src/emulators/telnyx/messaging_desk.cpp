#include "emulators/telnyx/messaging_desk.hpp"

#include <algorithm>
#include <utility>

#include "emulators/telnyx/numbers_desk.hpp"

namespace dialplane::emulators::telnyx {

namespace {

namespace json = boost::json;

constexpr milliseconds until_sent{100};
constexpr milliseconds until_delivered{400};
constexpr std::size_t texts_max = 100'000;

json::object party(std::string_view number, std::string_view status) {
  json::object row{{"phone_number", number}, {"carrier", "Played"}, {"line_type", "Wireless"}};
  if (!status.empty()) row["status"] = status;
  return row;
}

json::value time_or_null(const std::optional<timestamp>& at) {
  return at ? json::value(rfc3339(*at)) : json::value();
}

json::object shown(const sent_text& text) {
  json::object row{{"id", text.id},
                   {"record_type", "message"},
                   {"direction", "outbound"},
                   {"type", text.media.empty() ? "SMS" : "MMS"},
                   {"messaging_profile_id", text.profile},
                   {"from", party(text.from, "")},
                   {"to", json::array{party(text.to, text.status)}},
                   {"cc", json::array{}},
                   {"text", text.body},
                   {"media", text.media},
                   {"webhook_url", text.webhook_url},
                   {"webhook_failover_url", nullptr},
                   {"encoding", "GSM-7"},
                   {"parts", static_cast<std::int64_t>(text.body.size() / 160 + 1)},
                   {"tags", json::array{}},
                   {"cost", {{"amount", "0.0040"}, {"currency", "USD"}}},
                   {"received_at", rfc3339(text.created_at)},
                   {"errors", text.errors}};
  row["sent_at"] = time_or_null(text.sent_at);
  row["completed_at"] = time_or_null(text.completed_at);
  return row;
}

std::string upper(std::string_view text) {
  std::string word(text);
  for (char& c : word) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return word;
}

json::array media_of(const json::object& body) {
  json::array media;
  const json::value* urls = body.if_contains("media_urls");
  if (urls == nullptr || !urls->is_array()) return media;
  for (const json::value& each : urls->get_array()) media.push_back(json::object{{"url", each}});
  return media;
}

}  // namespace

void messaging_desk::open(const route_adder& add) {
  add("POST", "/v2/messages", "send", [this](const auto& r) { return send(r); });
  add("GET", "/v2/messages/{id}", "show_text", [this](const auto& r) {
    const sent_text* text = find(r.value("id"));
    return text == nullptr ? not_found("message") : data_answer(shown(*text));
  });
  add("GET", "/v2/detail_records", "list_details",
      [this](const auto& r) { return list_details(r); });
  add("GET", "/v2/webhook_deliveries", "list_deliveries",
      [this](const auto& r) { return list_deliveries(r); });
}

std::optional<http_response> messaging_desk::refusal_of(const emulated_request& request,
                                                        const owned_number& sender) {
  const std::string to = text_of(request.json(), "to");
  if (books_.faults.draw("no_funds", request.call)) {
    return failure(403, "20100", "Insufficient funds", "The balance does not cover this message.");
  }
  if (books_.faults.draw("queue_full", request.call)) {
    return failure(429, "40318", "Queue full", "The message queue is full.");
  }
  if (books_.opted_out.contains({sender.profile, to}) ||
      books_.faults.draw("opted_out", request.call)) {
    return failure(403, "40300", "Blocked due to STOP message",
                   "Messages cannot be sent to a recipient who has opted out.");
  }
  const bool needs_campaign = books_.enforces_10dlc && !stock::is_toll_free(sender.e164);
  if (books_.faults.draw("unregistered", request.call) ||
      (needs_campaign && !is_ready_(sender.e164))) {
    return failure(403, "40010", "Not 10DLC registered", "The sender is not registered for 10DLC.");
  }
  return std::nullopt;
}

http_response messaging_desk::send(const emulated_request& request) {
  const json::object& body = request.json();
  const std::string from = text_of(body, "from");
  const std::string to = text_of(body, "to");
  if (to.empty()) return missing("to");
  if (text_of(body, "text").empty() && !body.contains("media_urls")) return missing("text");
  if (!to.starts_with("+") || to.size() < 8) {
    return failure(400, "40310", "Invalid 'to' address", "The 'to' address must be E.164.");
  }
  const owned_number* sender = books_.shown_number(from);
  if (sender == nullptr || sender->profile.empty()) {
    return failure(400, "40305", "Invalid 'from' address",
                   "The 'from' address is no number of a messaging profile.");
  }
  if (auto refusal = refusal_of(request, *sender)) return *std::move(refusal);
  if (books_.texts.size() >= texts_max) return unprocessable("Too many texts were played.");
  sent_text text;
  text.id = new_uuid(books_.random);
  text.from = from;
  text.to = to;
  text.body = text_of(body, "text");
  text.media = media_of(body);
  text.profile = sender->profile;
  text.webhook_url = text_of(body, "webhook_url");
  if (text.webhook_url.empty()) {
    if (const configured_object* profile = books_.profile(sender->profile)) {
      text.webhook_url = text_of(profile->members, "webhook_url");
    }
  }
  text.created_at = books_.time.now();
  const auto fails = books_.faults.draw("text_fails", request.call);
  const bool unconfirmed = books_.faults.draw("text_unconfirmed", request.call).has_value();
  json::array errors;
  if (fails) {
    errors.push_back(json::object{{"code", fails->text.empty() ? "40008" : fails->text},
                                  {"title", "Undeliverable"},
                                  {"detail", "The recipient's carrier did not take it."}});
  }
  const std::string end = fails ? "delivery_failed"
                                : unconfirmed ? "delivery_unconfirmed" : "delivered";
  books_.time.after(until_sent, [this, id = text.id] { move_on(id, "sent", {}); });
  books_.time.after(until_sent + until_delivered, [this, id = text.id, end, errors] {
    move_on(id, end, errors);
  });
  books_.texts.push_back(std::move(text));
  return data_answer(shown(books_.texts.back()));
}

void messaging_desk::move_on(const std::string& id, const std::string& status,
                             json::array errors) {
  sent_text* text = find(id);
  if (text == nullptr) return;
  const bool is_end = status != "sent";
  text->status = status;
  text->errors = std::move(errors);
  (is_end ? text->completed_at : text->sent_at) = books_.time.now();
  books_.post_event(is_end ? "message.finalized" : "message.sent", text->webhook_url, "",
                    shown(*text));
}

sent_text* messaging_desk::find(std::string_view id) {
  for (auto each = books_.texts.rbegin(); each != books_.texts.rend(); ++each) {
    if (each->id == id) return &*each;
  }
  return nullptr;
}

// ---- in ---------------------------------------------------------------------------------------

void messaging_desk::note_keyword(const owned_number& number, const std::string& from,
                                  const std::string& body) {
  const std::string word = upper(body);
  const std::pair key{number.profile, from};
  if (word == "STOP" || word == "STOPALL" || word == "STOP ALL" || word == "UNSUBSCRIBE" ||
      word == "CANCEL" || word == "END" || word == "QUIT") {
    books_.opted_out.insert(key);
  }
  if (word == "START" || word == "UNSTOP") books_.opted_out.erase(key);
}

result<std::string> messaging_desk::text_in(const std::string& from, const std::string& to,
                                            const std::string& body,
                                            const json::array& media_urls) {
  const owned_number* number = books_.shown_number(to);
  const configured_object* profile =
      number == nullptr ? nullptr : books_.profile(number->profile);
  std::string id = new_uuid(books_.random);
  if (profile == nullptr || text_of(profile->members, "webhook_url").empty()) {
    ++books_.inbound_dropped;
    return id;
  }
  note_keyword(*number, from, body);
  json::array media;
  for (const json::value& each : media_urls) media.push_back(json::object{{"url", each}});
  json::object payload{{"id", id},
                       {"record_type", "message"},
                       {"direction", "inbound"},
                       {"type", media.empty() ? "SMS" : "MMS"},
                       {"messaging_profile_id", number->profile},
                       {"from", party(from, "")},
                       {"to", json::array{party(to, "webhook_delivered")}},
                       {"cc", json::array{}},
                       {"text", body},
                       {"media", std::move(media)},
                       {"encoding", "GSM-7"},
                       {"parts", 1},
                       {"received_at", rfc3339(books_.time.now())},
                       {"sent_at", nullptr},
                       {"completed_at", nullptr},
                       {"errors", json::array{}}};
  books_.post_event("message.received", text_of(profile->members, "webhook_url"),
                    text_of(profile->members, "webhook_failover_url"), std::move(payload));
  return id;
}

// ---- records ----------------------------------------------------------------------------------

http_response messaging_desk::list_details(const emulated_request& request) {
  const bool all = filter_is_ignored(books_, request);
  const std::string_view from = filter_of(request, "cli");
  const std::string_view to = filter_of(request, "cld");
  json::array rows;
  for (auto each = books_.texts.rbegin(); each != books_.texts.rend(); ++each) {
    const bool fits = (from.empty() || each->from == from) && (to.empty() || each->to == to);
    if (!all && !fits) continue;
    rows.push_back(json::object{{"record_type", "message_detail_record"},
                                {"uuid", each->id},
                                {"cli", each->from},
                                {"cld", each->to},
                                {"direction", "outbound"},
                                {"status", each->status == "delivered" ? "delivered" : "failed"},
                                {"delivery_status", each->status},
                                {"delivery_status_webhook_url", each->webhook_url},
                                {"profile_id", each->profile},
                                {"created_at", rfc3339(each->created_at)}});
  }
  return data_page(request, rows);
}

http_response messaging_desk::list_deliveries(const emulated_request& request) {
  const std::string_view event = request.query().text("filter[webhook][event_type]");
  const auto since = parse_rfc3339(request.query().text("filter[started_at][gte]"));
  json::array rows;
  for (const webhook_delivery& each : books_.deliveries) {
    if (!event.empty() && text_of(each.webhook, "event_type") != event) continue;
    if (since && each.started_at < *since) continue;
    rows.push_back(json::object{{"id", each.id},
                                {"record_type", "webhook_delivery"},
                                {"status", each.status},
                                {"started_at", rfc3339(each.started_at)},
                                {"webhook", each.webhook},
                                {"attempts", json::array{}}});
  }
  return data_page(request, rows);
}

json::array messaging_desk::shown_texts() const {
  json::array rows;
  for (const sent_text& each : books_.texts) {
    rows.push_back(json::object{{"id", each.id},
                                {"from", each.from},
                                {"to", each.to},
                                {"body", each.body},
                                {"status", each.status},
                                {"webhook_url", each.webhook_url}});
  }
  return rows;
}

}  // namespace dialplane::emulators::telnyx
