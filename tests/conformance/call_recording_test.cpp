// What carriers tell of calls, as rows and events: whose call it is, when it is led where, and what
// is told of once.
#include "conformance/texting_fixture.hpp"
#include "store/call_queries.hpp"
#include "store/event_queries.hpp"
#include "workflow/calls/record_call.hpp"

namespace dialplane::test {

namespace {

class call_desk_fixture {
 public:
  explicit call_desk_fixture(store_fixture& at) : at_(at), texting_(at) {
    answer_with(texting_.helper.id);
  }

  void answer_with(std::optional<agent_id> who) {
    texting_.phone.inbound_agent = who;
    save_phone();
  }
  void save_phone() {
    at_.must_write([&](session& work) { return work.numbers().update(texting_.phone); });
  }
  void put_endpoint(voice_endpoint_kind kind = voice_endpoint_kind::websocket) {
    voice_endpoint row;
    row.organization = texting_.company().company.id;
    row.agent = texting_.helper.id;
    row.kind = kind;
    row.target = "somewhere";
    at_.must_write([&](session& work) { return work.calls().put_endpoint(row); });
  }
  carrier_call told(std::string id, call_status status = call_status::ringing) const {
    return {.carrier_call_id = std::move(id),
            .from = "+12125550123",
            .to = texting_.phone.e164,
            .status = status};
  }
  recorded_call comes_in(const carrier_call& news, std::string_view account = "sandbox") {
    auto env = texting_.environment();
    return at_.must_write(
        [&](session& work) { return record_incoming_call(work, env, account, news); });
  }
  recorded_call reported(const carrier_call& news, std::string_view account = "sandbox") {
    auto env = texting_.environment();
    return at_.must_write(
        [&](session& work) { return record_call_report(work, env, account, news); });
  }
  std::vector<std::string> events() {
    std::vector<std::string> types;
    for (const placed_event& each :
         at_.must_read([](session& work) { return work.events().after(0, 100); })) {
      if (each.what.type.starts_with("call.")) types.push_back(each.what.type);
    }
    return types;
  }

  texting_fixture& texting() { return texting_; }

 private:
  store_fixture& at_;
  texting_fixture texting_;
};

using words = std::vector<std::string>;

}  // namespace

STORE_TEST_CASE("calls recorded: to a WebSocket, asked twice, over once") {
  call_desk_fixture desk(at);
  desk.put_endpoint();
  const recorded_call first = desk.comes_in(desk.told("CA1"));
  REQUIRE(first.row);
  REQUIRE(first.lead);
  CHECK(first.row->state == call_state::in_progress);
  CHECK(first.row->lead == call_lead::stream);
  CHECK(first.row->agent == desk.texting().helper.id);
  CHECK(first.row->started_at == at.time.now());
  const recorded_call again = desk.comes_in(desk.told("CA1"));
  CHECK(again.row->id == first.row->id);
  CHECK(again.lead);
  CHECK(desk.events() == words{"call.started"});
  carrier_call end = desk.told("CA1", call_status::completed);
  end.duration_s = 12;
  CHECK(desk.reported(end).row->end_reason == call_end_reason::client_hangup);
  CHECK(desk.reported(end).row->duration_s == 12);
  CHECK(desk.events() == words{"call.started", "call.completed"});
  CHECK_FALSE(desk.comes_in(desk.told("CA1")).lead);
}

STORE_TEST_CASE("calls recorded: to a SIP address, which answers or does not") {
  call_desk_fixture desk(at);
  desk.put_endpoint(voice_endpoint_kind::sip);
  CHECK(desk.comes_in(desk.told("CA1")).row->state == call_state::ringing);
  CHECK(desk.events().empty());
  carrier_call silent = desk.told("CA1", call_status::in_progress);
  silent.asks_for_plan = true;
  silent.leg_ended = call_status::no_answer;
  const recorded_call ended = desk.reported(silent);
  CHECK(ended.row->state == call_state::failed);
  CHECK(ended.row->end_reason == call_end_reason::dial_no_answer);
  CHECK_FALSE(ended.row->answered_at);
  CHECK(desk.events() == words{"call.failed"});
  // Only the end of the leg tells that somebody had answered.
  desk.comes_in(desk.told("CA2"));
  carrier_call talked = desk.told("CA2", call_status::in_progress);
  talked.asks_for_plan = true;
  talked.leg_ended = call_status::completed;
  CHECK(desk.reported(talked).row->end_reason == call_end_reason::agent_hangup);
  CHECK(desk.events() == words{"call.failed", "call.started", "call.completed"});
}

STORE_TEST_CASE("calls recorded: a good end of a leg, reported, waits for the question") {
  call_desk_fixture desk(at);
  desk.put_endpoint();
  desk.comes_in(desk.told("CA1"));
  carrier_call stopped = desk.told("CA1", call_status::in_progress);
  stopped.leg_ended = call_status::completed;
  CHECK(desk.reported(stopped).row->state == call_state::in_progress);
  stopped.leg_ended = call_status::failed;  // but a broken stream is the end
  stopped.to.clear();
  CHECK(desk.reported(stopped).row->end_reason == call_end_reason::error);
}

STORE_TEST_CASE("calls recorded: nobody there, or nobody there any more") {
  call_desk_fixture desk(at);
  const recorded_call no_endpoint = desk.comes_in(desk.told("CA1"));
  CHECK_FALSE(no_endpoint.lead);
  CHECK(no_endpoint.row->state == call_state::failed);
  CHECK(no_endpoint.row->lead == call_lead::nowhere);
  desk.answer_with(std::nullopt);
  const recorded_call no_agent = desk.comes_in(desk.told("CA2"));
  CHECK_FALSE(no_agent.row->agent);
  CHECK(no_agent.row->error_message != no_endpoint.row->error_message);
  CHECK(desk.events() == words{"call.failed", "call.failed"});
  // The call keeps the agent it came in for.
  desk.answer_with(desk.texting().helper.id);
  desk.put_endpoint();
  CHECK_FALSE(desk.comes_in(desk.told("CA2")).lead);
  CHECK(desk.comes_in(desk.told("CA3")).lead);
}

STORE_TEST_CASE("calls recorded: only of numbers that are ours, there, and in service") {
  call_desk_fixture desk(at);
  desk.put_endpoint();
  CHECK_FALSE(desk.comes_in(desk.told("CA1"), "other").row);
  carrier_call foreign = desk.told("CA1");
  foreign.to = "+12125550999";
  CHECK_FALSE(desk.comes_in(foreign).row);
  CHECK_FALSE(desk.reported(foreign).row);
  carrier_call outbound = desk.told("CA1", call_status::completed);
  outbound.inbound = false;
  CHECK_FALSE(desk.reported(outbound).row);
  for (const number_status gone : {number_status::releasing, number_status::pending}) {
    desk.texting().phone.status = gone;
    desk.save_phone();
    CHECK_FALSE(desk.comes_in(desk.told("CA1")).row);
  }
  CHECK(desk.events().empty());
  // An unpaid number does not send; it still rings.
  desk.texting().phone.status = number_status::suspended;
  desk.save_phone();
  CHECK(desk.comes_in(desk.told("CA1")).lead);
}

STORE_TEST_CASE("calls recorded: a call whose question never reached us is known by its report") {
  call_desk_fixture desk(at);
  desk.put_endpoint();
  const recorded_call late = desk.reported(desk.told("CA1", call_status::no_answer));
  CHECK(late.row->state == call_state::failed);
  CHECK(late.row->end_reason == call_end_reason::dial_no_answer);
  CHECK(desk.events() == words{"call.failed"});
  CHECK_FALSE(desk.comes_in(desk.told("CA1")).lead);
}

STORE_TEST_CASE("calls recorded: one whose end was never told is ended after a day") {
  call_desk_fixture desk(at);
  desk.put_endpoint();
  desk.comes_in(desk.told("CA1"));
  const auto end_silent = [&] {
    auto env = desk.texting().environment();
    return at.must_write([&](session& work) { return end_silent_calls(work, env, 10); });
  };
  at.time.advance(std::chrono::hours(24));
  desk.comes_in(desk.told("CA2"));
  CHECK(end_silent() == 0);
  at.time.advance(std::chrono::hours(2));
  CHECK(end_silent() == 1);
  CHECK(end_silent() == 0);
  const auto row = desk.comes_in(desk.told("CA1")).row;
  CHECK(row->state == call_state::failed);
  CHECK(row->ended_at == row->started_at);
  CHECK(desk.comes_in(desk.told("CA2")).row->state == call_state::in_progress);
  CHECK(desk.events() == words{"call.started", "call.started", "call.failed"});
}

}  // namespace dialplane::test
