#include "workflow/texts/inbound_keywords.hpp"

#include <algorithm>
#include <boost/json/object.hpp>
#include <chrono>
#include <utility>

#include "domain/e164.hpp"
#include "domain/rule_tables.hpp"
#include "store/contact_queries.hpp"
#include "workflow/records.hpp"
#include "workflow/texts/recipient_rules.hpp"

namespace dialplane {

namespace {

namespace json = boost::json;

constexpr std::chrono::hours help_pause{1};
constexpr int review_business_days = 10;

// One thing a person said, in a text to us or to the carrier: what it changes, in one place.
struct heard_text {
  session& work;
  workflow_environment& env;
  const number& receiver;
  timestamp at;
  std::optional<message_id> message;  // nothing: only the carrier has heard it
  contact who;
};

// Ten days on which people work; holidays count, so the date is never late.
timestamp review_due(timestamp from) {
  constexpr std::int64_t day_ms = 86'400'000;
  timestamp due = from;
  for (int left = review_business_days; left > 0;) {
    due.unix_ms += day_ms;
    const std::int64_t weekday = (due.unix_ms / day_ms + 4) % 7;  // 0 is Sunday
    if (weekday != 0 && weekday != 6) --left;
  }
  return due;
}

result<std::string> text_of_record(session& work, const number& receiver,
                                   std::initializer_list<std::string_view> names) {
  TRY_ASSIGN(const auto entity,
             work.users().find_entity_of_user(receiver.organization, receiver.user));
  if (!entity) return std::string();
  for (const std::string_view name : names) {
    const json::value* found = entity->record.if_contains(name);
    if (found != nullptr && found->is_string() && !found->get_string().empty()) {
      return std::string(found->get_string());
    }
  }
  return std::string();
}

// The name that people know the sender by.
result<std::string> brand_name(session& work, const number& receiver) {
  TRY_ASSIGN(std::string name,
             text_of_record(work, receiver, {"display_name", "registered_name"}));
  if (!name.empty()) return name;
  TRY_ASSIGN(const auto owner, work.organizations().find(receiver.organization));
  return owner ? owner->name : receiver.e164;
}

// Does the carrier, or the toll-free network, answer that word itself?
bool is_answered_elsewhere(const heard_text& text, const found_keyword& said) {
  const carrier* at = text.env.carriers.find(text.receiver.carrier);
  if (at == nullptr) return false;
  if (at->abilities().answers_keywords) return true;
  const bool network_word = said.word == "STOP" || said.word == "START" || said.word == "UNSTOP";
  return text.receiver.type == number_type::toll_free &&
         at->abilities().toll_free_answers_keywords && network_word;
}

json::value message_json(const heard_text& text) {
  if (!text.message) return nullptr;
  return json::value(text.message->prefixed());
}

result<void> tell(heard_text& text, std::string_view event, std::string_view word) {
  json::object data{{"contact_id", text.who.id.uuid()},
                    {"e164", text.who.e164},
                    {"phone_id", text.receiver.id.uuid()},
                    {"message_id", message_json(text)},
                    {"word", word},
                    {"at", to_rfc3339(text.at)},
                    {"scope", name_of_value(text.env.rules.messaging.opt_outs)},
                    {"rules_version", text.env.rules.messaging.tables->version}};
  if (event == "contact.revocation_flagged") {
    data["review_due_at"] = to_rfc3339(*text.who.review_due_at);
    data["blocked"] = text.env.rules.messaging.free_text_blocks;
  }
  TRY(append_event(text.work, text.env, text.receiver.organization, text.receiver.user, event,
                   std::move(data)));
  return append_audit(text.work, text.env, text.receiver.organization, event, text.who.id.uuid(),
                      "", {{"told_by", text.message ? "text" : "carrier"}, {"word", word}},
                      std::nullopt);
}

result<std::vector<opt_out>> blocks_in_reach(heard_text& text) {
  TRY_ASSIGN(auto blocks, text.work.contacts().opt_outs_of(text.who.organization, text.who.user,
                                                           text.who.e164));
  std::erase_if(blocks, [&](const opt_out& each) {
    return !reaches(each, text.receiver, text.env.rules.messaging.opt_outs);
  });
  return blocks;
}

// True: the sender was not blocked before. A text that is older than an opt-in changes nothing.
result<bool> opt_out_by(heard_text& text, opt_out_source source, const std::string& word) {
  const timestamp at = text.at;
  if (text.who.opted_in_at && at < *text.who.opted_in_at) return false;
  TRY_ASSIGN(const auto before, blocks_in_reach(text));
  const auto same = std::find_if(before.begin(), before.end(), [&](const opt_out& each) {
    return each.number == text.receiver.id;
  });
  // Said again: the first and the harder word stay.
  const bool harder = same != before.end() && same->source == opt_out_source::free_text &&
                      source == opt_out_source::keyword;
  if (same != before.end() && !harder) return false;
  opt_out row;
  row.organization = text.who.organization;
  row.user = text.who.user;
  row.e164 = text.who.e164;
  row.number = text.receiver.id;
  row.campaign = text.receiver.campaign;
  row.source = source;
  row.word = word;
  row.message = text.message;
  row.rules_version = text.env.rules.messaging.tables->version;
  row.at = at;
  TRY(text.work.contacts().put_opt_out(row));
  text.who.opted_out_at = std::max(text.who.opted_out_at.value_or(at), at);
  if (source == opt_out_source::keyword) text.who.review_due_at.reset();  // nothing left to judge
  if (before.empty() || harder) TRY(tell(text, "contact.opted_out", word));
  return before.empty();
}

// True: something was lifted.
result<bool> opt_in_by(heard_text& text, const std::string& word) {
  const timestamp at = text.at;
  TRY_ASSIGN(const auto blocks, blocks_in_reach(text));
  bool lifted = false;
  for (const opt_out& each : blocks) {
    if (each.at >= at) continue;  // said after this text was
    TRY(text.work.contacts().remove_opt_out(each.organization, each.user, each.e164,
                                            each.number));
    lifted = true;
  }
  text.who.opted_in_at = std::max(text.who.opted_in_at.value_or(at), at);
  TRY_ASSIGN(const auto left, text.work.contacts().opt_outs_of(
                                  text.who.organization, text.who.user, text.who.e164));
  text.who.opted_out_at.reset();
  if (!left.empty()) text.who.opted_out_at = left.front().at;
  if (!lifted) return false;
  text.who.review_due_at.reset();
  TRY(tell(text, "contact.opted_in", word));
  return true;
}

// START is consent as well, with the text itself as evidence.
result<void> keep_consent(heard_text& text, const std::string& word) {
  consent row;
  row.id = text.env.ids.next();
  row.organization = text.who.organization;
  row.user = text.who.user;
  row.e164 = text.who.e164;
  row.method = "keyword";
  row.wording = word;
  row.identifier = text.message ? text.message->prefixed() : "carrier";
  row.campaign = text.receiver.campaign;
  row.number = text.receiver.id;
  row.at = text.at;
  row.recorded_at = text.env.time.now();
  return text.work.contacts().add_consent(row);
}

result<keyword_effect> take_opt_out(heard_text& text, const found_keyword& said) {
  TRY_ASSIGN(const bool fresh, opt_out_by(text, opt_out_source::keyword, said.word));
  keyword_effect effect{.is_keyword = true, .confirmation = std::nullopt};
  if (!fresh || is_answered_elsewhere(text, said)) return effect;
  TRY_ASSIGN(const std::string brand, brand_name(text.work, text.receiver));
  effect.confirmation =
      brand + ": You are unsubscribed and will get no more texts. Reply START to get them again.";
  return effect;
}

result<keyword_effect> take_opt_in(heard_text& text, const found_keyword& said) {
  const bool was_out = text.who.opted_out_at.has_value();
  if (said.meaning == keyword_meaning::opt_in_again && !was_out) return keyword_effect{};
  TRY_ASSIGN(const bool lifted, opt_in_by(text, said.word));
  TRY(keep_consent(text, said.word));
  // Not opted out before: a first hello, for the agent to answer.
  keyword_effect effect{.is_keyword = lifted, .confirmation = std::nullopt};
  if (!lifted || is_answered_elsewhere(text, said)) return effect;
  TRY_ASSIGN(const std::string brand, brand_name(text.work, text.receiver));
  effect.confirmation = brand + ": You get texts again. Reply HELP for help, STOP to end them.";
  return effect;
}

result<keyword_effect> take_help(heard_text& text, const found_keyword& said) {
  keyword_effect effect{.is_keyword = true, .confirmation = std::nullopt};
  const timestamp now = text.env.time.now();
  const bool lately = text.who.help_answered_at && now - *text.who.help_answered_at < help_pause;
  if (lately || is_answered_elsewhere(text, said)) return effect;
  text.who.help_answered_at = now;
  TRY_ASSIGN(const std::string brand, brand_name(text.work, text.receiver));
  TRY_ASSIGN(const std::string reach,
             text_of_record(text.work, text.receiver, {"email", "website", "mobile_number"}));
  effect.confirmation = brand + ": " + (reach.empty() ? "" : "For help contact " + reach + ". ") +
                        "Reply STOP to get no more texts.";
  return effect;
}

// Other words that look like taking back consent: flagged for a person, blocked meanwhile.
result<keyword_effect> take_free_text(heard_text& text, const std::string& phrase) {
  TRY_ASSIGN(const auto blocks, blocks_in_reach(text));
  const bool old = text.who.opted_in_at && text.at < *text.who.opted_in_at;
  if (!blocks.empty() || old) return keyword_effect{};
  text.who.review_due_at = review_due(text.env.time.now());
  text.who.review_phrase = phrase;
  TRY(tell(text, "contact.revocation_flagged", phrase));
  keyword_effect effect;
  if (!text.env.rules.messaging.free_text_blocks) return effect;
  TRY_ASSIGN(effect.is_keyword, opt_out_by(text, opt_out_source::free_text, phrase));
  TRY_ASSIGN(const std::string brand, brand_name(text.work, text.receiver));
  effect.confirmation = brand +
                        ": Understood, you will get no more texts. Reply START if you want them "
                        "after all.";
  return effect;
}

result<keyword_effect> take_meaning(heard_text& text, const std::string& body) {
  const keyword_table& table = text.env.rules.messaging.tables->keywords;
  if (const auto said = table.find_keyword(body)) {
    switch (said->meaning) {
      case keyword_meaning::opt_out: return take_opt_out(text, *said);
      case keyword_meaning::opt_in:
      case keyword_meaning::opt_in_again: return take_opt_in(text, *said);
      case keyword_meaning::help: break;
    }
    return take_help(text, *said);
  }
  if (const auto phrase = table.find_revocation(body)) {
    return take_free_text(text, *phrase);
  }
  return keyword_effect{};
}

// The person and what was said when, before any rule.
result<heard_text> hear(session& work, workflow_environment& env, const number& receiver,
                        const std::string& from, timestamp at) {
  TRY_ASSIGN(auto known, work.contacts().find(receiver.organization, receiver.user, from));
  heard_text text{.work = work,
                  .env = env,
                  .receiver = receiver,
                  .at = at,
                  .message = std::nullopt,
                  .who = known.value_or(contact{})};
  if (!known) {
    text.who.id = env.ids.make<contact_id>();
    text.who.organization = receiver.organization;
    text.who.user = receiver.user;
    text.who.e164 = from;
    text.who.created_at = at;
  }
  text.who.updated_at = env.time.now();
  return text;
}

}  // namespace

result<keyword_effect> take_keywords(session& work, workflow_environment& env,
                                     const number& receiver, const message& inbound) {
  // Short codes and names cannot be texted back; there is no contact behind them.
  if (!e164::parse(inbound.from)) return keyword_effect{};
  TRY_ASSIGN(heard_text text, hear(work, env, receiver, inbound.from, inbound.created_at));
  text.message = inbound.id;
  text.who.last_inbound_at = std::max(text.who.last_inbound_at.value_or(text.at), text.at);
  TRY_ASSIGN(keyword_effect effect, take_meaning(text, inbound.body));
  TRY(work.contacts().put(text.who));
  return effect;
}

result<void> take_carrier_choice(session& work, workflow_environment& env, const number& receiver,
                                 const std::string& from, bool opts_out, timestamp at) {
  if (!e164::parse(from)) return {};
  TRY_ASSIGN(heard_text text, hear(work, env, receiver, from, at));
  if (opts_out) {
    TRY(opt_out_by(text, opt_out_source::keyword, "STOP"));
  } else {
    TRY_ASSIGN(const bool lifted, opt_in_by(text, "START"));
    if (lifted) TRY(keep_consent(text, "START"));
  }
  return work.contacts().put(text.who);
}

}  // namespace dialplane
