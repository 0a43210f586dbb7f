#include <boost/json/serialize.hpp>

#include "base/crypto.hpp"
#include "conformance/store_fixture.hpp"

namespace dialplane::test {

namespace {

std::string show(const std::string& value) { return '"' + value + '"'; }
template <std::integral T>
std::string show(T value) {
  return std::to_string(static_cast<std::int64_t>(value));
}
template <typename Enum>
  requires std::is_enum_v<Enum>
std::string show(Enum value) {
  return "#" + std::to_string(static_cast<int>(value));
}
std::string show(timestamp value) { return "@" + std::to_string(value.unix_ms); }
std::string show(micro_credits value) { return "u" + std::to_string(value.value); }
std::string show(const boost::json::object& value) { return boost::json::serialize(value); }
template <std::size_t N>
std::string show(const std::array<std::uint8_t, N>& value) {
  return hex(value);
}
template <typename Kind>
std::string show(const typed_id<Kind>& value) {
  return value.uuid();
}
template <typename T>
std::string show(const std::optional<T>& value) {
  return value ? show(*value) : "-";
}

template <typename... Fields>
std::string show_all(const Fields&... fields) {
  std::string all;
  ((all += show(fields) + ' '), ...);
  return all;
}

}  // namespace

std::string shown(const organization& row) {
  return show_all(row.id, row.name, row.plan, row.slots_override, row.created_at);
}
std::string shown(const api_key& row) {
  return show_all(row.id, row.organization, row.role, row.hash, row.hint, row.user, row.agent,
                  row.spend_cap_per_day, row.expires_at, row.revoked_at, row.created_at);
}
std::string shown(const user& row) {
  return show_all(row.id, row.organization, row.external_id, row.email, row.label, row.kit,
                  row.metadata, row.status, row.is_default, row.created_at, row.last_active_at);
}
std::string shown(const account_kit& row) {
  return show_all(row.id, row.organization, row.name, row.description, row.is_default,
                  row.primitives, row.connections, row.created_at, row.updated_at);
}
std::string shown(const legal_entity& row) {
  return show_all(row.id, row.organization, row.user, row.status, row.record, row.sealed_ein,
                  row.ein_last_four, row.created_at, row.updated_at);
}
std::string shown(const agent& row) {
  return show_all(row.id, row.organization, row.name, row.description, row.tts_voice,
                  row.tts_language, row.webhook, row.config, row.version, row.created_at,
                  row.updated_at);
}
std::string shown(const number& row) {
  return show_all(row.id, row.organization, row.user, row.status, row.type, row.bought_through,
                  row.e164, row.label, row.area_code_asked, row.inbound_agent, row.campaign,
                  row.campaign_attached, row.carrier, row.mark, row.routing_set, row.locked,
                  row.release_operation, row.created_at, row.updated_at, row.released_at,
                  row.attachment_failure, row.attachment_since);
}
std::string shown(const assignment& row) {
  return show_all(row.organization, row.number, row.agent, row.send_sms, row.receive_sms,
                  row.created_at);
}
std::string shown(const brand& row) {
  return show_all(row.id, row.organization, row.user, row.entity, row.tier, row.stage, row.carrier,
                  row.carrier_reference, row.submissions, row.failure_reason, row.findings,
                  row.mobile_number, row.code_expires_at, row.operation, row.fee.amount,
                  row.fee.state, row.stage_since, row.created_at, row.updated_at);
}
std::string shown(const campaign& row) {
  return show_all(row.id, row.organization, row.user, row.brand, row.number, row.kind, row.status,
                  row.carrier, row.carrier_reference, row.use_case, row.rejection_reason,
                  row.submitted_at, row.approved_at, row.rejected_at, row.status_detail,
                  row.findings, row.submissions, row.operation, row.fee.amount, row.fee.state,
                  row.status_since, row.created_at, row.updated_at);
}
std::string shown(const operation& row) {
  return show_all(row.id, row.organization, row.user, row.key, row.request_id, row.kind, row.state,
                  row.step, row.asked_through, row.number, row.campaign, row.approval, row.request,
                  row.carrier, row.e164, row.mark, row.attempts, row.numbers_tried, row.held,
                  row.slot_held, row.intent_at, row.outcome, row.created_at, row.updated_at);
}
std::string shown(const approval& row) {
  return show_all(row.id, row.organization, row.user, row.action_type, row.title, row.status,
                  row.sealed_request, row.shown_request, row.request_hash, row.quoted_price,
                  row.asked_through, row.requested_by_key, row.requested_by_type,
                  row.requested_by_id, row.operation, row.result, row.failure,
                  row.resolved_by_type, row.resolved_by_id, row.reason, row.replayed,
                  row.created_at, row.expires_at, row.resolved_at);
}
std::string shown(const ledger_entry& row) {
  return show_all(row.id, row.organization, row.user, row.kind, row.from, row.to, row.amount,
                  row.action, row.reference, row.available_after, row.created_at);
}
std::string shown(const job& row) {
  return show_all(row.id, row.organization, row.kind, row.subject, row.run_at, row.attempts,
                  row.leased_until);
}
std::string shown(const keyed_request& row) {
  return show_all(row.key, row.body, row.operation, row.approval, row.sealed_answer,
                  row.created_at);
}
std::string shown(const marked_request& row) {
  return show_all(row.fingerprint, row.id, row.highest_retry_count, row.operation, row.approval,
                  row.sealed_answer, row.created_at);
}
std::string shown(const audit_entry& row) {
  return show_all(row.id, row.organization, row.actor_type, row.key, row.action, row.object,
                  row.price, row.detail, row.request_id, row.at);
}

tenant make_tenant(store_fixture& at) {
  tenant made;
  made.company.id = at.id<organization_id>();
  made.company.name = "Ünïted Widgets";
  made.company.plan = "scale";
  made.company.slots_override = 12;
  made.company.created_at = at.time.now();
  made.kit.id = at.id<account_kit_id>();
  made.kit.organization = made.company.id;
  made.kit.name = "Default";
  made.kit.is_default = true;
  made.kit.primitives["phone"] = boost::json::object{{"enabled", true}};
  made.kit.created_at = at.time.now();
  made.kit.updated_at = at.time.now();
  made.person.id = at.id<user_id>();
  made.person.organization = made.company.id;
  made.person.kit = made.kit.id;
  made.person.is_default = true;
  made.person.created_at = at.time.now();
  at.must_write([&](session& work) -> result<void> {
    TRY(work.organizations().insert(made.company));
    TRY(work.users().insert_kit(made.kit));
    return work.users().insert(made.person);
  });
  return made;
}

number make_number(store_fixture& at, const tenant& of) {
  number row;
  row.id = at.id<number_id>();
  row.organization = of.company.id;
  row.user = of.person.id;
  row.area_code_asked = "415";
  row.carrier = "sandbox";
  row.mark = "dp1-mark";
  row.created_at = row.updated_at = at.time.now();
  return row;
}

agent make_agent(store_fixture& at, const tenant& of, std::string name) {
  agent row;
  row.id = at.id<agent_id>();
  row.organization = of.company.id;
  row.name = std::move(name);
  row.tts_voice = "voice-1";
  row.config["greeting"] = "Hello";
  row.created_at = row.updated_at = at.time.now();
  return row;
}

operation make_operation(store_fixture& at, const tenant& of) {
  operation row;
  row.id = at.id<operation_id>();
  row.organization = of.company.id;
  row.user = of.person.id;
  row.key = at.id<api_key_id>();
  row.request_id = "req-1";
  row.request = R"({"area_code":"415"})";
  row.carrier = "sandbox";
  row.created_at = row.updated_at = at.time.now();
  return row;
}

approval make_approval(store_fixture& at, const tenant& of) {
  approval row;
  row.id = at.id<approval_id>();
  row.organization = of.company.id;
  row.user = of.person.id;
  row.title = "Provision a number";
  row.sealed_request = std::string("\0\xff sealed", 9);
  row.shown_request = R"({"ein":"**-***6789"})";
  row.request_hash.fill(0x11);
  row.quoted_price = micro_credits::credits(50);
  row.requested_by_key = at.id<api_key_id>();
  row.requested_by_type = "agent";
  row.requested_by_id = "agent-1";
  row.created_at = at.time.now();
  row.expires_at = row.created_at + std::chrono::hours(72);
  return row;
}

job make_job(store_fixture& at, const tenant& of, timestamp run_at) {
  job row;
  row.id = at.id<job_id>();
  row.organization = of.company.id;
  row.subject.fill(0x22);
  row.run_at = run_at;
  return row;
}

audit_entry make_audit(store_fixture& at, const tenant& of, std::string action) {
  audit_entry row;
  row.id = at.id<audit_id>();
  row.organization = of.company.id;
  row.actor_type = "agent";
  row.key = at.id<api_key_id>();
  row.action = std::move(action);
  row.object = "pn_1";
  row.price = micro_credits::credits(4);
  row.detail = R"({"type":"local"})";
  row.request_id = "req-9";
  row.at = at.time.now();
  return row;
}

ledger_entry make_entry(store_fixture& at, const tenant& of, ledger_account from,
                        ledger_account to, std::int64_t amount) {
  ledger_entry row;
  row.id = at.id<ledger_entry_id>();
  row.organization = of.company.id;
  row.user = of.person.id;
  row.kind = ledger_kind::hold;
  row.from = from;
  row.to = to;
  row.amount = {amount};
  row.action = "phone.provision";
  row.reference = "op-1";
  row.created_at = at.time.now();
  return row;
}

campaign make_campaign(store_fixture& at, const tenant& of) {
  campaign row;
  row.id = at.id<campaign_id>();
  row.organization = of.company.id;
  row.user = of.person.id;
  row.carrier = "sandbox";
  row.created_at = row.updated_at = at.time.now();
  return row;
}

}  // namespace dialplane::test
