// Messages, both ways, and what becomes of them. A body with FAIL:<reason> fails with that reason.
#include <algorithm>
#include <array>

#include "emulators/surge/surge_emulator.hpp"

namespace dialplane::emulators::surge {

namespace {

namespace json = boost::json;

constexpr milliseconds until_sent{20};
constexpr milliseconds until_reported{40};

std::string upper(std::string_view text) {
  std::string word;
  for (const char c : text) {
    if (c == ' ' && word.empty()) continue;
    word += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  }
  while (word.ends_with(' ')) word.pop_back();
  return word;
}

template <std::size_t N>
bool is_one_of(const std::array<std::string_view, N>& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

bool stops(std::string_view body) {
  constexpr std::array<std::string_view, 6> words = {"STOP",        "STOPALL", "CANCEL",
                                                     "UNSUBSCRIBE", "END",     "QUIT"};
  return is_one_of(words, upper(body));
}

bool starts(std::string_view body) {
  constexpr std::array<std::string_view, 3> words = {"START", "YES", "UNSTOP"};
  return is_one_of(words, upper(body));
}

// FAIL:<reason> in a body; empty: none.
std::string ordered_failure(std::string_view body) {
  constexpr std::string_view sign = "FAIL:";
  const std::size_t at = body.find(sign);
  if (at == body.npos) return {};
  const std::string_view reason = body.substr(at + sign.size());
  return std::string(reason.substr(0, reason.find(' ')));
}

}  // namespace

contact& surge_emulator::contact_of(const std::string& account_id,
                                    const std::string& phone_number) {
  for (auto& [id, one] : books_.contacts) {
    if (one.account == account_id && one.phone_number == phone_number) return one;
  }
  contact one;
  one.id = new_id("ctc");
  one.account = account_id;
  one.phone_number = phone_number;
  return books_.contacts.emplace(one.id, one).first->second;
}

json::object surge_emulator::conversation_of(const message& one) {
  std::string& id = books_.conversations[one.contact + " " + one.number];
  if (id.empty()) id = new_id("cnv");
  const contact& theirs = books_.contacts.at(one.contact);
  const number* ours = number_by_e164(one.number);
  json::object conversation{{"id", id}, {"contact", shown(theirs)}};
  conversation["phone_number"] = json::object{
      {"id", one.number_id}, {"number", one.number}, {"type", ours ? ours->type : "local"}};
  return conversation;
}

json::object surge_emulator::shown(const message& one) {
  json::value body = nullptr;
  if (!one.body.empty()) body = json::value(one.body);
  return {{"id", one.id},
          {"body", std::move(body)},
          {"attachments", one.attachments},
          {"blast_id", nullptr},
          {"conversation", conversation_of(one)},
          {"metadata", one.metadata}};
}

message& surge_emulator::add_message(const number& ours, const contact& theirs,
                                     const json::object& content) {
  message one;
  one.id = new_id("msg");
  one.account = ours.account;
  one.number = ours.e164;
  one.number_id = ours.id;
  one.contact = theirs.id;
  one.body = text_of(content, "body");
  if (const json::value* metadata = content.if_contains("metadata");
      metadata != nullptr && metadata->is_object()) {
    one.metadata = metadata->get_object();
  }
  const json::value* attachments = content.if_contains("attachments");
  if (attachments != nullptr && attachments->is_array()) {
    for (const json::value& each : attachments->get_array()) {
      if (!each.is_object()) continue;
      one.attachments.push_back(json::object{{"id", new_id("att")},
                                             {"type", "image"},
                                             {"url", text_of(each.get_object(), "url")}});
    }
  }
  return books_.messages.emplace(one.id, std::move(one)).first->second;
}

http_response surge_emulator::send(request asked) {
  http_response refusal;
  const account* owner = account_of(asked, refusal);
  if (owner == nullptr) return refusal;
  const json::object& order = asked.json();
  const json::value* conversation = order.if_contains("conversation");
  const bool is_b = conversation != nullptr && conversation->is_object();
  if (is_b && (order.contains("to") || order.contains("from"))) {
    return wrong_field("conversation", "can't be given with to or from");
  }
  std::string to = text_of(order, "to");
  std::string from = text_of(order, "from");
  if (is_b) {
    const json::object& given = conversation->get_object();
    const json::value* theirs = given.if_contains("contact");
    if (theirs != nullptr && theirs->is_object()) {
      to = text_of(theirs->get_object(), "phone_number");
    }
    const json::value* ours = given.if_contains("phone_number");
    if (ours != nullptr && ours->is_object()) from = text_of(ours->get_object(), "id");
  }
  if (!is_e164(to)) return wrong_field(is_b ? "conversation.contact.phone_number" : "to",
                                       "must be in E.164 form");
  const bool is_empty = text_of(order, "body").empty() && !order.contains("attachments");
  if (is_empty) return wrong_field("body", "can't be blank without attachments");
  number* ours = nullptr;
  for (auto& [id, one] : books_.numbers) {
    if (one.account != owner->id) continue;
    if (from.empty() || id == from || one.e164 == from) {
      ours = &one;
      break;
    }
  }
  if (ours == nullptr) {
    return from.empty() ? failure(422, "no_phone_number", "The account has no phone number.")
                        : failure(422, "phone_number_not_found", "There is no such number.");
  }
  const contact& theirs = contact_of(owner->id, to);
  if (theirs.opted_out || theirs.outbound_disabled) {
    return failure(422, "opted_out", "The contact has opted out.");
  }
  message& sent = add_message(*ours, theirs, order);
  const auto fails = faults().draw("text_fails", asked.call);
  if (fails) sent.failure = fails->text.empty() ? "unreachable_destination" : fails->text;
  if (sent.failure.empty()) sent.failure = ordered_failure(sent.body);
  milliseconds wait{0};
  if (const auto at = parse_rfc3339(text_of(order, "send_at"))) {
    wait = std::max(*at - time().now(), milliseconds(0));
  }
  report_later(sent.id, wait);
  return json_response(201, shown(sent));
}

// created -> sent -> delivered or failed; only webhooks tell.
void surge_emulator::report_later(const std::string& message_id, milliseconds delay) {
  const auto tell_of = [this, message_id](const std::string& status) {
    const auto found = books_.messages.find(message_id);
    if (found == books_.messages.end()) return;
    message& one = found->second;
    one.status = status;
    json::object data = shown(one);
    data[status + "_at"] = to_rfc3339(time().now());
    if (status == "failed") data["failure_reason"] = one.failure;
    tell("message." + status, one.account, std::move(data));
  };
  time().after(delay + until_sent, [tell_of] { tell_of("sent"); });
  time().after(delay + until_reported, [this, tell_of, message_id] {
    const auto found = books_.messages.find(message_id);
    const bool fails = found != books_.messages.end() && !found->second.failure.empty();
    tell_of(fails ? "failed" : "delivered");
  });
}

http_response surge_emulator::list_messages(request asked) {
  http_response refusal;
  const account* owner = account_of(asked, refusal);
  if (owner == nullptr) return refusal;
  std::vector<json::object> rows;  // newest first
  for (auto at = books_.messages.rbegin(); at != books_.messages.rend(); ++at) {
    if (at->second.account == owner->id) rows.push_back(shown(at->second));
  }
  return page_of(asked, rows);
}

http_response surge_emulator::show_message(request asked) {
  const auto found = books_.messages.find(std::string(asked.value("id")));
  if (found == books_.messages.end()) {
    return failure(404, "not_found", "There is no such message.");
  }
  return json_response(200, shown(found->second));
}

// ---- texts in ---------------------------------------------------------------------------------

result<json::object> surge_emulator::text_in(const json::object& order) {
  const std::string from = text_of(order, "from");
  const number* ours = number_by_e164(text_of(order, "to"));
  if (ours == nullptr) return bad_field("to", "to must be a number that is owned here.");
  if (from.empty()) return bad_field("from", "from must be a number.");
  json::object content{{"body", text_of(order, "body")}};
  const json::value* urls = order.if_contains("media_urls");
  if (urls != nullptr && urls->is_array()) {
    json::array attachments;
    for (const json::value& url : urls->get_array()) {
      attachments.push_back(json::object{{"url", url}});
    }
    content["attachments"] = std::move(attachments);
  }
  contact& theirs = contact_of(ours->account, from);
  message& came = add_message(*ours, theirs, content);
  came.inbound = true;
  came.status = "received";
  json::object data = shown(came);
  data["received_at"] = to_rfc3339(time().now());
  tell("message.received", came.account, std::move(data));
  if (stops(came.body)) set_consent(theirs, true);
  if (starts(came.body)) set_consent(theirs, false);
  return json::object{{"id", came.id}};
}

void surge_emulator::set_consent(contact& of, bool out) {
  if (of.opted_out == out) return;
  of.opted_out = out;
  tell(out ? "contact.opted_out" : "contact.opted_in", of.account, {{"id", of.id}});
}

}  // namespace dialplane::emulators::surge
