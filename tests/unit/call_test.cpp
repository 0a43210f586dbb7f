// How news of a call come together: whatever their order, the row ends the same, and each turn of
// the call is noticed once.
#include "domain/call.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

namespace dialplane {

namespace {

constexpr timestamp rung{1'767'225'600'000};

timestamp after_s(std::int64_t seconds) { return {rung.unix_ms + seconds * 1'000}; }

call fresh() {
  call row;
  row.id.bytes[15] = 1;
  row.number.bytes[15] = 2;
  row.agent.emplace().bytes[15] = 3;
  row.carrier_call_id = "CA1";
  row.from = "+14155550142";
  row.to = "+14155550100";
  row.account_type = "cartesia";
  row.lead = call_lead::sip;
  row.started_at = rung;
  row.updated_at = rung;
  return row;
}

std::string row_text(const call& row) {
  std::string text(name_of_value(row.state));
  text += " " + std::string(name_of_value(row.end_reason)) + " " + row.error_message;
  for (const auto& at : {row.answered_at, row.ended_at}) {
    text += " " + (at ? std::to_string(at->unix_ms - rung.unix_ms) : std::string("-"));
  }
  text += " " + std::to_string(row.sequence.value_or(-1));
  text += " " + std::to_string(row.duration_s.value_or(-1));
  return text;
}

call_news at_s(call_state state, std::int64_t seconds, std::int64_t sequence) {
  return {.state = state, .at = after_s(seconds), .sequence = sequence};
}

call_news ended(call_state state, std::int64_t seconds, std::int64_t sequence) {
  call_news news = at_s(state, seconds, sequence);
  news.reason = state == call_state::completed ? call_end_reason::client_hangup
                                               : call_end_reason::dial_busy;
  news.duration_s = 7;
  return news;
}

}  // namespace

TEST_CASE("call news: every order and any repeats end in the same row") {
  std::mt19937 random(20'261'122);
  for (const call_state end : {call_state::completed, call_state::failed, call_state::canceled}) {
    CAPTURE(name_of_value(end));
    const std::vector<call_news> pieces = {
        at_s(call_state::ringing, 0, 1), at_s(call_state::in_progress, 5, 2),
        at_s(call_state::in_progress, 6, 3), ended(end, 30, 4)};
    std::string expected;
    std::vector<std::size_t> order = {0, 1, 2, 3};
    do {
      call row = fresh();
      int answers = 0;
      int ends = 0;
      std::vector<std::size_t> told = order;
      for (int repeat = 0; repeat < 4; ++repeat) told.push_back(order[random() % order.size()]);
      std::int64_t clock_s = 40;
      for (const std::size_t which : told) {
        const call_change change = apply_call_news(row, pieces[which], after_s(clock_s++));
        answers += change.answered;
        ends += change.ended;
      }
      CHECK(ends == 1);
      CHECK(answers <= 1);
      if (end == call_state::completed) CHECK(answers == 1);
      if (expected.empty()) expected = row_text(row);
      CHECK(row_text(row) == expected);
    } while (std::next_permutation(order.begin(), order.end()));
    CHECK(expected.find(" 5000 30000 4 7") != std::string::npos);
  }
}

TEST_CASE("call news: an ended call stays ended, as it ended") {
  call row = fresh();
  CHECK(apply_call_news(row, ended(call_state::failed, 10, 2), after_s(10)).ended);
  const call_change later = apply_call_news(row, ended(call_state::completed, 12, 3), after_s(12));
  CHECK_FALSE(later.ended);
  CHECK_FALSE(later.answered);
  CHECK(row.state == call_state::failed);
  CHECK(row.end_reason == call_end_reason::dial_busy);
  CHECK(row.ended_at == after_s(10));
  apply_call_news(row, at_s(call_state::ringing, 1, 1), after_s(13));
  apply_call_news(row, at_s(call_state::in_progress, 1, 1), after_s(13));
  CHECK(row.state == call_state::failed);
}

TEST_CASE("call news: what says nothing new changes nothing") {
  call row = fresh();
  CHECK_FALSE(apply_call_news(row, {}, after_s(1)).anything);
  CHECK(row.updated_at == rung);
  CHECK(apply_call_news(row, {.state = call_state::in_progress}, after_s(2)).answered);
  CHECK(row.answered_at == after_s(2));
  const call_change again = apply_call_news(row, {.state = call_state::in_progress}, after_s(9));
  CHECK_FALSE(again.anything);
  CHECK(row.answered_at == after_s(2));
  CHECK(row.updated_at == after_s(2));
}

TEST_CASE("call news: no end before its beginning, whatever the carrier's clock says") {
  call row = fresh();
  apply_call_news(row, ended(call_state::completed, -500, 1), after_s(3));
  CHECK(row.ended_at == rung);
}

TEST_CASE("a call on the wire: the words of each version") {
  const auto word = [](call_state state, bool old) {
    call row = fresh();
    row.state = state;
    return std::string(
        cartesia_call(call_event_data(row, "Desk"), old, false).at("status").as_string());
  };
  using enum call_state;
  CHECK(word(ringing, true) == "active");
  CHECK(word(in_progress, true) == "active");
  CHECK(word(completed, true) == "completed");
  CHECK(word(failed, true) == "failed");
  CHECK(word(canceled, true) == "cancelled");
  CHECK(word(ringing, false) == "created");
  CHECK(word(in_progress, false) == "started");
  CHECK(word(completed, false) == "completed");
  CHECK(word(failed, false) == "failed");
  CHECK(word(canceled, false) == "failed");
}

TEST_CASE("a call on the wire: members of each version") {
  call row = fresh();
  row.parameters = {{"call_id", "x"}};
  const auto told = call_event_data(row, "Desk");
  const auto old = cartesia_call(told, true, true);
  CHECK(old.contains("deployment_id"));
  CHECK_FALSE(old.contains("agent_name"));
  CHECK(old.at("transcript").as_array().empty());
  const auto fresh_form = cartesia_call(told, false, false);
  CHECK_FALSE(fresh_form.contains("deployment_id"));
  CHECK_FALSE(fresh_form.contains("transcript"));
  CHECK(fresh_form.at("agent_name").as_string() == "Desk");
  CHECK(fresh_form.at("end_reason").is_null());
  const auto& telephony = fresh_form.at("telephony_params").as_object();
  CHECK(telephony.at("to").as_string() == "+14155550100");
  CHECK(telephony.at("from").as_string() == "+14155550142");
  CHECK(telephony.at("parameters").as_object().at("call_id").as_string() == "x");
  CHECK(fresh_form.at("agent_id").as_string() == row.agent->prefixed());
  // Of a hostile or half-written object it makes something harmless.
  CHECK(cartesia_call({}, false, true).at("status").as_string() == "failed");
}

}  // namespace dialplane
