#include "workflow/texts/accept_text.hpp"

#include "store/message_queries.hpp"

namespace dialplane {

namespace {

// Where it came from, and the version of the rules that let it pass (hexadecimal digits).
std::string metadata_of(text_origin origin, const std::string& rules_version) {
  std::string text = "{\"rules_version\":\"" + rules_version + "\"";
  if (origin == text_origin::confirmation) text += ",\"origin\":\"confirmation\"";
  if (origin == text_origin::agent_reply) text += ",\"origin\":\"agent_reply\"";
  return text + "}";
}

message new_message(const text_request& wanted, const text_permit& permit, message_id id,
                    timestamp at) {
  message row;
  row.id = id;
  row.organization = wanted.sender.organization;
  row.user = wanted.sender.user;
  row.number = wanted.sender.id;
  row.agent = wanted.agent;
  row.key = wanted.key;
  row.direction = message_direction::outbound;
  row.purpose = wanted.purpose;
  row.from = wanted.sender.e164;
  row.to = wanted.recipient.str();
  row.body = wanted.body;
  row.media_urls = wanted.media_urls;
  row.segments = permit.segments;
  row.price = permit.price;
  row.carrier = wanted.sender.carrier;
  row.metadata = metadata_of(wanted.origin, permit.rules_version);
  row.in_reply_to = wanted.in_reply_to;
  row.request_id = wanted.request_id;
  row.queued_until = permit.not_before;
  row.created_at = at;
  row.updated_at = at;
  return row;
}

// The intent to send, or the time until which it waits.
result<void> try_to_leave(session& work, const workflow_environment& env, message& row) {
  TRY_ASSIGN(row.queued_until, leave_now(work, env, row));
  if (row.queued_until) return {};
  row.step = send_step::intent_written;
  row.intent_at = row.created_at;
  return {};
}

result<void> hold_credits(session& work, workflow_environment& env, const message& row) {
  if (row.price.value == 0) return {};
  ledger_entry entry;
  entry.id = env.ids.make<ledger_entry_id>();
  entry.organization = row.organization;
  entry.user = row.user;
  entry.kind = ledger_kind::hold;
  entry.from = ledger_account::available;
  entry.to = ledger_account::held;
  entry.amount = row.price;
  entry.action = "phone.sms";
  entry.reference = row.id.uuid();
  entry.created_at = row.created_at;
  TRY(work.ledger().post(std::move(entry)));
  return {};
}

}  // namespace

result<std::string> campaign_reference_of(session& work, const number& sender) {
  if (!sender.campaign) return std::string();
  TRY_ASSIGN(const auto filed, work.campaigns().find(sender.organization, *sender.campaign));
  return filed ? filed->carrier_reference : std::string();
}

result<accepted_text> accept_text(session& work, workflow_environment& env,
                                  const text_request& wanted, const text_permit& permit,
                                  std::optional<timestamp> lease) {
  accepted_text accepted;
  const timestamp now = env.time.now();
  accepted.row = new_message(wanted, permit, env.ids.make<message_id>(), now);
  message& row = accepted.row;
  if (lease && !permit.not_before) TRY(try_to_leave(work, env, row));
  const bool waits = row.step == send_step::accepted;
  TRY(work.messages().insert(row));
  TRY(hold_credits(work, env, row));
  TRY(count_text(work, env, wanted, permit));
  TRY_ASSIGN(accepted.campaign_reference, campaign_reference_of(work, wanted.sender));
  job& first = accepted.first_job;
  first.id = env.ids.make<job_id>();
  first.organization = row.organization;
  first.kind = job_kind_name::send_text;
  first.subject = row.id.bytes;
  first.run_at = row.queued_until.value_or(now);
  if (!waits) first.leased_until = lease;
  TRY(work.jobs().insert(first));
  return accepted;
}

}  // namespace dialplane
