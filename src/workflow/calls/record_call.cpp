#include "workflow/calls/record_call.hpp"

#include <utility>

#include "store/call_queries.hpp"
#include "store/carrier_account_queries.hpp"
#include "workflow/records.hpp"

namespace dialplane {

namespace {

constexpr std::size_t party_bytes_max = 256;
constexpr std::chrono::milliseconds silence_max = std::chrono::hours(25);

// UUIDv7: the first 48 bits are milliseconds.
timestamp time_in(const call_id& id) {
  std::int64_t ms = 0;
  for (std::size_t i = 0; i < 6; ++i) ms = ms << 8 | id.bytes[i];
  return {ms};
}

bool takes_calls(const number& row) {
  return row.status == number_status::active || row.status == number_status::suspended;
}

// The number a call is for, if it is ours, at that carrier account, and in service.
result<std::optional<number>> number_called(session& work, std::string_view account,
                                            const carrier_call& told) {
  if (!told.inbound || told.to.empty()) return std::optional<number>();
  TRY_ASSIGN(auto row, work.numbers().find_live_by_e164(told.to));
  if (!row || row->carrier != account || !takes_calls(*row)) return std::optional<number>();
  return row;
}

// The cartesia dialect tells apart what the platform sells and what was brought along; there, the
// kind of the account is its word.
result<std::string> account_type_of(session& work, const number& called) {
  if (!called.imported) return std::string("cartesia");
  TRY_ASSIGN(const auto account, work.carrier_accounts().find_named(called.carrier));
  return account ? account->kind : std::string("cartesia");
}

result<call> fresh_row(session& work, workflow_environment& env, const number& called,
                       const carrier_call& told) {
  call row;
  row.id = env.ids.make<call_id>();
  row.organization = called.organization;
  row.user = called.user;
  row.number = called.id;
  row.agent = called.inbound_agent;
  row.carrier = called.carrier;
  row.carrier_call_id = told.carrier_call_id;
  row.from = told.from.substr(0, party_bytes_max);
  row.to = called.e164;
  TRY_ASSIGN(row.account_type, account_type_of(work, called));
  row.started_at = time_in(row.id);
  row.updated_at = row.started_at;
  row.parameters = {{"call_id", row.id.prefixed()}, {"number", row.to}, {"from", row.from}};
  if (row.agent) row.parameters["agent_id"] = row.agent->prefixed();
  return row;
}

// A call that was led to an agent and has ended at once is told of as started, too.
call as_it_started(const call& row) {
  call before = row;
  before.state = call_state::in_progress;
  before.end_reason = call_end_reason::none;
  before.error_message.clear();
  before.ended_at.reset();
  before.duration_s.reset();
  return before;
}

result<void> tell(session& work, workflow_environment& env, const call& row,
                  const call_change& change) {
  if (!change.answered && !change.ended) return {};
  std::optional<std::string> agent_name;
  if (row.agent) {
    TRY_ASSIGN(const auto who, work.agents().find(row.organization, *row.agent));
    if (who) agent_name = who->name;
  }
  if (change.answered) {
    TRY(append_event(work, env, row.organization, row.user, "call.started",
                     call_event_data(as_it_started(row), agent_name)));
  }
  if (!change.ended) return {};
  const bool well = row.state == call_state::completed;
  return append_event(work, env, row.organization, row.user,
                      well ? "call.completed" : "call.failed", call_event_data(row, agent_name));
}

result<void> save(session& work, workflow_environment& env, const call& row, bool is_new,
                  const call_change& change) {
  if (is_new) {
    TRY(work.calls().insert(row));
  } else if (change.anything) {
    TRY(work.calls().update(row));
  }
  return tell(work, env, row, change);
}

call_news failure(call_end_reason reason, std::string words) {
  return {.state = call_state::failed, .reason = reason, .error_message = std::move(words)};
}

// The end of a call, or of its leg, that nobody answered.
call_news unanswered(const call& row, call_status how) {
  if (how == call_status::canceled) {
    return {.state = call_state::canceled, .reason = call_end_reason::client_disconnected};
  }
  if (row.lead == call_lead::stream) {
    return failure(call_end_reason::error, "The agent's audio connection failed.");
  }
  if (how == call_status::busy) return failure(call_end_reason::dial_busy, "The line was busy.");
  if (how == call_status::no_answer) {
    return failure(call_end_reason::dial_no_answer, "Nobody answered.");
  }
  return failure(call_end_reason::dial_failed, "The call could not be connected.");
}

bool is_over(call_status status) {
  return status != call_status::ringing && status != call_status::in_progress;
}

call_news ended_well(call_end_reason who) {
  return {.state = call_state::completed, .reason = who};
}

call_news news_in(const call& row, const carrier_call& told) {
  if (told.leg_ended) {
    if (*told.leg_ended != call_status::completed) return unanswered(row, *told.leg_ended);
    // Who hung up shows in whether the caller is still there.
    if (is_over(told.status)) return ended_well(call_end_reason::client_hangup);
    if (told.asks_for_plan) return ended_well(call_end_reason::agent_hangup);
    return {};  // the question what to do next follows
  }
  if (told.status == call_status::ringing) return {};
  if (told.status == call_status::in_progress) return {.state = call_state::in_progress};
  if (told.status == call_status::completed) return ended_well(call_end_reason::client_hangup);
  return unanswered(row, told.status);
}

// A report of a leg tells the leg's time and duration, and the call's only where the call is over.
call_news complete_news(const call& row, const carrier_call& told) {
  call_news news = news_in(row, told);
  news.at = told.at;
  news.sequence = told.sequence;
  if (told.duration_s && *told.duration_s >= 0) news.duration_s = told.duration_s;
  return news;
}

}  // namespace

result<recorded_call> record_incoming_call(session& work, workflow_environment& env,
                                           std::string_view account, const carrier_call& told) {
  recorded_call known;
  TRY_ASSIGN(known.row, work.calls().find_by_carrier_id(account, told.carrier_call_id));
  const bool is_new = !known.row;
  if (is_new) {
    TRY_ASSIGN(const auto called, number_called(work, account, told));
    if (!called) return known;
    TRY_ASSIGN(known.row, fresh_row(work, env, *called, told));
  }
  call& row = *known.row;
  if (row.has_ended()) return known;
  if (row.agent) {
    TRY_ASSIGN(known.lead, work.calls().find_endpoint(row.organization, *row.agent));
  }
  call_news news;
  if (!known.lead) {
    news = failure(call_end_reason::error, row.agent ? "The agent has no voice endpoint."
                                                     : "No agent answers this number.");
  } else if (known.lead->kind == voice_endpoint_kind::websocket) {
    news.state = call_state::in_progress;  // connecting the stream answers the call
  }
  news.at = told.at;
  news.sequence = told.sequence;
  const call_lead lead = !known.lead ? row.lead
                         : known.lead->kind == voice_endpoint_kind::sip ? call_lead::sip
                                                                        : call_lead::stream;
  call_change change = apply_call_news(row, news, env.time.now());
  change.anything |= std::exchange(row.lead, lead) != lead;
  TRY(save(work, env, row, is_new, change));
  return known;
}

result<recorded_call> record_call_report(session& work, workflow_environment& env,
                                         std::string_view account, const carrier_call& told) {
  recorded_call known;
  TRY_ASSIGN(known.row, work.calls().find_by_carrier_id(account, told.carrier_call_id));
  const bool is_new = !known.row;
  if (is_new) {
    TRY_ASSIGN(const auto called, number_called(work, account, told));
    if (!called) return known;
    TRY_ASSIGN(known.row, fresh_row(work, env, *called, told));
  }
  call& row = *known.row;
  const call_change change = apply_call_news(row, complete_news(row, told), env.time.now());
  TRY(save(work, env, row, is_new, change));
  return known;
}

result<std::size_t> end_silent_calls(session& work, workflow_environment& env,
                                     std::size_t limit) {
  const timestamp now = env.time.now();
  TRY_ASSIGN(auto silent, work.calls().silent_since(now + -silence_max, limit));
  for (call& row : silent) {
    call_news news = failure(call_end_reason::error, "The carrier never told how the call ended.");
    news.at = row.updated_at;
    TRY(save(work, env, row, false, apply_call_news(row, news, now)));
  }
  return silent.size();
}

}  // namespace dialplane
