#include "workflow/texts/settle_text.hpp"

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>

#include "domain/credits_json.hpp"
#include "store/message_queries.hpp"
#include "workflow/records.hpp"

namespace dialplane {

namespace {

namespace json = boost::json;

int rank_of(message_status status) {
  switch (status) {
    case message_status::queued: return 0;
    case message_status::sent: return 1;
    case message_status::failed: return 2;
    case message_status::delivered:
    case message_status::received: return 3;
  }
  return 0;
}

result<void> move_credits(session& work, workflow_environment& env, const message& row,
                          ledger_kind kind, ledger_account from, ledger_account to,
                          std::string_view action = "phone.sms") {
  if (row.price.value == 0) return {};
  ledger_entry entry;
  entry.id = env.ids.make<ledger_entry_id>();
  entry.organization = row.organization;
  entry.user = row.user;
  entry.kind = kind;
  entry.from = from;
  entry.to = to;
  entry.amount = row.price;
  entry.action = action;
  entry.reference = row.id.uuid();
  entry.created_at = env.time.now();
  TRY(work.ledger().post(std::move(entry)));
  return {};
}

json::value text_or_null(const std::string& text) {
  if (text.empty()) return nullptr;
  return json::value(text);
}

result<void> tell_of_status(session& work, workflow_environment& env, const message& row,
                            message_status previous) {
  return append_event(work, env, row.organization, row.user, "sms.status",
                      {{"message_id", row.id.prefixed()},
                       {"phone_id", row.number.uuid()},
                       {"from", row.from},
                       {"to", row.to},
                       {"status", name_of_value(row.status)},
                       {"previous", {{"status", name_of_value(previous)}}},
                       {"failure_code", text_or_null(row.failure_code)},
                       {"failure_reason", text_or_null(row.failure_reason)},
                       {"carrier_message_id", text_or_null(row.carrier_message_id)},
                       {"segments", row.segments},
                       {"credits_used", credits_json(row.price)}});
}

// Writes the row, and the event if the status has risen.
result<void> write_risen(session& work, workflow_environment& env, message& row,
                         message_status previous) {
  row.updated_at = env.time.now();
  TRY(work.messages().update(row));
  if (row.status == previous) return {};
  return tell_of_status(work, env, row, previous);
}

void raise(message& row, message_status to) {
  if (rank_of(to) > rank_of(row.status)) row.status = to;
}

// Captures the hold: from now on the text is the carrier's.
result<void> capture(session& work, workflow_environment& env, message& row) {
  if (row.step == send_step::ended) return {};
  row.step = send_step::ended;
  row.queued_until.reset();
  return move_credits(work, env, row, ledger_kind::charge, ledger_account::held,
                      ledger_account::spent);
}

void note_time(std::optional<timestamp>& at, timestamp when) {
  if (!at || when < *at) at = when;
}

void learn_failure(message& row, const carrier_news& news) {
  row.failure_code = news.failure_code.empty() ? "carrier_failed" : news.failure_code;
  row.failure_reason = news.failure_reason.empty()
                           ? "The carrier reports that it could not deliver this text."
                           : news.failure_reason;
}

}  // namespace

result<void> settle_sent(session& work, workflow_environment& env, message& row,
                         std::string_view carrier_message_id) {
  const message_status previous = row.status;
  if (row.step == send_step::ended && row.carrier_message_id == carrier_message_id) return {};
  if (row.carrier_message_id.empty()) row.carrier_message_id = carrier_message_id;
  TRY(capture(work, env, row));
  raise(row, message_status::sent);
  note_time(row.sent_at, env.time.now());
  return write_risen(work, env, row, previous);
}

result<void> settle_unsent(session& work, workflow_environment& env, message& row,
                           std::string_view code, std::string_view words) {
  if (row.step == send_step::ended) return {};
  const message_status previous = row.status;
  TRY(move_credits(work, env, row, ledger_kind::refund, ledger_account::held,
                   ledger_account::available));
  row.step = send_step::ended;
  row.price = {};
  row.queued_until.reset();
  row.failure_code = code;
  row.failure_reason = words;
  row.failed_at = env.time.now();
  raise(row, message_status::failed);
  return write_risen(work, env, row, previous);
}

result<void> take_report(session& work, workflow_environment& env, message& row,
                         const carrier_news& news) {
  const message_status previous = row.status;
  TRY(capture(work, env, row));
  if (row.carrier_message_id.empty()) row.carrier_message_id = news.carrier_message_id;
  raise(row, news.status);
  switch (news.status) {
    case message_status::delivered: note_time(row.delivered_at, news.at); break;
    case message_status::failed:
      note_time(row.failed_at, news.at);
      if (row.status == message_status::failed) learn_failure(row, news);
      if (env.rules.refund_failed_texts) {
        TRY(move_credits(work, env, row, ledger_kind::refund, ledger_account::spent,
                         ledger_account::available, "phone.sms.failed"));
        row.price = {};
      }
      break;
    default: note_time(row.sent_at, news.at); break;
  }
  if (row.status == message_status::delivered) {
    row.failure_code.clear();
    row.failure_reason.clear();
  }
  return write_risen(work, env, row, previous);
}

json::object received_event_data(const message& row) {
  json::array media;
  for (const std::string& url : row.media_urls) media.push_back(json::value(url));
  boost::system::error_code failed;
  json::value metadata = json::parse(row.metadata, failed);
  if (failed || !metadata.is_object()) metadata = json::object();
  return {{"message_id", row.id.prefixed()},
          {"phone_id", row.number.uuid()},
          {"from", row.from},
          {"to", row.to},
          {"body", row.body},
          {"num_media", row.media_urls.size()},
          {"media_urls", std::move(media)},
          {"received_at", to_rfc3339(row.created_at)},
          {"metadata", std::move(metadata)}};
}

}  // namespace dialplane
