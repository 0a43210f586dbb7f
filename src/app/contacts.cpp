#include "app/contacts.hpp"

#include <algorithm>
#include <boost/json/object.hpp>
#include <utility>

#include "app/audit_trail.hpp"
#include "app/phone_numbers.hpp"
#include "app/subject.hpp"
#include "domain/messaging_rules.hpp"
#include "domain/rule_tables.hpp"
#include "workflow/records.hpp"

namespace dialplane {

namespace {

namespace json = boost::json;

constexpr std::size_t shown_consents = 20;

error unknown_contact() { return refused(error_code::not_found, "There is no such contact."); }

result<contact_view> view_of(session& work, contact row) {
  contact_view view;
  TRY_ASSIGN(view.opt_outs, work.contacts().opt_outs_of(row.organization, row.user, row.e164));
  TRY_ASSIGN(view.consents,
             work.contacts().consents_of(row.organization, row.user, row.e164, shown_consents));
  view.row = std::move(row);
  return view;
}

// The contact, made where it is not there yet (but not stored).
result<contact> contact_to_change(session& work, const app_environment& env, const actor& who,
                                  const user& subject, const e164& number) {
  TRY_ASSIGN(auto known, work.contacts().find(who.organization, subject.id, number.text()));
  if (!known) {
    contact row;
    row.id = env.ids().make<contact_id>();
    row.organization = who.organization;
    row.user = subject.id;
    row.e164 = number.str();
    row.created_at = env.now();
    known = std::move(row);
  }
  known->updated_at = env.now();
  return *std::move(known);
}

result<void> tell(session& work, const app_environment& env, const contact& row,
                  std::string_view event, const std::string& reason) {
  return append_event(
      work, env.work, row.organization, row.user, event,
      {{"contact_id", row.id.uuid()},
       {"e164", row.e164},
       {"phone_id", nullptr},
       {"message_id", nullptr},
       {"word", nullptr},
       {"reason", reason},
       {"at", to_rfc3339(env.now())},
       {"scope", name_of_value(env.rules().messaging.opt_outs)},
       {"rules_version", env.rules().messaging.tables->version}});
}

}  // namespace

result<page<contact>> list_contacts(session& work, const actor& who, std::optional<user_id> asked,
                                    std::optional<bool> opted_out, const page_request& cut) {
  TRY_ASSIGN(const user subject, find_subject(work, who, asked));
  return work.contacts().page_of(who.organization, subject.id, opted_out, cut);
}

result<contact_view> get_contact(session& work, const actor& who, std::optional<user_id> asked,
                                 const e164& number) {
  TRY_ASSIGN(const user subject, find_subject(work, who, asked));
  TRY_ASSIGN(auto known, work.contacts().find(who.organization, subject.id, number.text()));
  if (!known) return unknown_contact();
  return view_of(work, *std::move(known));
}

result<contact_view> record_consent(session& work, const app_environment& env, const actor& who,
                                    std::optional<user_id> asked, const e164& number,
                                    const consent_input& given, std::string_view request) {
  TRY_ASSIGN(const user subject, find_subject(work, who, asked));
  if (given.number) TRY(find_phone(work, who, subject.id, *given.number));
  if (given.campaign) {
    TRY_ASSIGN(const auto found, work.campaigns().find(who.organization, *given.campaign));
    if (!found || found->user != subject.id) {
      return refused(error_code::resource_not_found, "No such campaign.");
    }
  }
  if (given.at && *given.at > env.now()) {
    return bad_field("at", "at must not be in the future.");
  }
  TRY_ASSIGN(contact row, contact_to_change(work, env, who, subject, number));
  consent record;
  record.id = env.ids().next();
  record.organization = who.organization;
  record.user = subject.id;
  record.e164 = number.str();
  record.method = given.method;
  record.wording = given.wording;
  record.identifier = given.identifier;
  record.campaign = given.campaign;
  record.number = given.number;
  record.recorded_by = who.key;
  record.at = given.at.value_or(env.now());
  record.recorded_at = env.now();
  TRY(work.contacts().put(row));
  TRY(work.contacts().add_consent(record));
  TRY(record_act(work, env, who, "contact.consent_recorded", row.id.uuid(), request,
                 {{"method", given.method}, {"identifier", given.identifier}}));
  return view_of(work, std::move(row));
}

result<contact_view> opt_contact_out(session& work, const app_environment& env, const actor& who,
                                     std::optional<user_id> asked, const e164& number,
                                     std::optional<number_id> told, const std::string& reason,
                                     std::string_view request) {
  TRY_ASSIGN(const user subject, find_subject(work, who, asked));
  opt_out block;
  if (told) {
    TRY_ASSIGN(const auto phone, find_phone(work, who, subject.id, *told));
    block.number = phone.id;
    block.campaign = phone.campaign;
  }
  TRY_ASSIGN(contact row, contact_to_change(work, env, who, subject, number));
  TRY_ASSIGN(const auto present,
             work.contacts().opt_outs_of(who.organization, subject.id, number.text()));
  const bool there = std::any_of(present.begin(), present.end(), [&](const opt_out& each) {
    return each.number == block.number;
  });
  if (!there) {
    block.organization = who.organization;
    block.user = subject.id;
    block.e164 = number.str();
    block.source = opt_out_source::operator_act;
    block.rules_version = env.rules().messaging.tables->version;
    block.at = env.now();
    row.opted_out_at = block.at;
    TRY(work.contacts().put_opt_out(block));
    TRY(work.contacts().put(row));
    TRY(tell(work, env, row, "contact.opted_out", reason));
    TRY(record_act(work, env, who, "contact.opted_out", row.id.uuid(), request,
                   {{"reason", reason}}));
  }
  return view_of(work, std::move(row));
}

result<contact_view> opt_contact_in(session& work, const app_environment& env, const actor& who,
                                    std::optional<user_id> asked, const e164& number,
                                    bool confirmed_by_contact, const std::string& reason,
                                    std::string_view request) {
  TRY_ASSIGN(const user subject, find_subject(work, who, asked));
  TRY_ASSIGN(const auto known,
             work.contacts().find(who.organization, subject.id, number.text()));
  if (!known) return unknown_contact();
  TRY_ASSIGN(const auto blocks,
             work.contacts().opt_outs_of(who.organization, subject.id, number.text()));
  const bool said_stop = std::any_of(blocks.begin(), blocks.end(), [](const opt_out& each) {
    return each.source == opt_out_source::keyword;
  });
  if (said_stop && !confirmed_by_contact) {
    error refusal = refused(error_code::recipient_opted_out,
                            "This person said STOP; only they can take it back.");
    refusal.hint = "They text START; or, if they told you so, send confirmed_by_contact: true.";
    return refusal;
  }
  contact row = *known;
  if (blocks.empty() && !row.review_due_at) return view_of(work, std::move(row));
  for (const opt_out& each : blocks) {
    TRY(work.contacts().remove_opt_out(each.organization, each.user, each.e164, each.number));
  }
  row.opted_out_at.reset();
  row.review_due_at.reset();
  row.opted_in_at = row.updated_at = env.now();
  TRY(work.contacts().put(row));
  if (!blocks.empty()) TRY(tell(work, env, row, "contact.opted_in", reason));
  TRY(record_act(work, env, who, "contact.opted_in", row.id.uuid(), request,
                 {{"reason", reason},
                  {"confirmed_by_contact", confirmed_by_contact},
                  {"said_stop", said_stop}}));
  return view_of(work, std::move(row));
}

}  // namespace dialplane
