// What a caller is led to, from the call's row and where its agent takes calls.
#include "voice/call_plans.hpp"

#include <doctest/doctest.h>

#include "base/random.hpp"
#include "support/show_results.hpp"

namespace dialplane {

namespace {

const call_addresses places{"https://us.example/next", "https://us.example/status"};

struct desk {
  seeded_random random{7};
  sealer seals{sealer::key{9}, random};

  call row() const {
    call made;
    made.state = call_state::in_progress;
    made.lead = call_lead::stream;
    made.from = "+14155550142";
    made.to = "+14155550100";
    made.parameters = {{"call_id", "ac_1"}, {"from", made.from}};
    return made;
  }
  voice_endpoint websocket() const {
    voice_endpoint made;
    made.target = "wss://agent.example/media";
    return made;
  }
  voice_endpoint sip() const {
    voice_endpoint made;
    made.kind = voice_endpoint_kind::sip;
    made.target = "sip:desk@edge.example";
    made.username = "desk";
    made.sealed_password = seals.seal("word", sip_password_purpose);
    return made;
  }
};

}  // namespace

TEST_CASE("a call goes to the agent's WebSocket with what the agent must know") {
  const desk at;
  const auto plan = plan_for_call(at.row(), at.websocket(), places, at.seals);
  REQUIRE(plan);
  CHECK(plan->action == call_action::connect_stream);
  CHECK(plan->target == "wss://agent.example/media");
  CHECK(plan->next_url == places.next_url);
  CHECK(plan->status_url == places.status_url);
  REQUIRE(plan->parameters.size() == 2);
  CHECK(plan->parameters[0].first == "call_id");
  CHECK(plan->parameters[0].second == "ac_1");
  CHECK(plan->sentence.empty());
  CHECK(plan->sip_password.empty());
}

TEST_CASE("a call is dialled through to a SIP address, with the opened password") {
  const desk at;
  const auto plan = plan_for_call(at.row(), at.sip(), places, at.seals);
  REQUIRE(plan);
  CHECK(plan->action == call_action::dial_sip);
  CHECK(plan->target == "sip:desk@edge.example");
  CHECK(plan->sip_username == "desk");
  CHECK(plan->sip_password.reveal() == "word");
  CHECK(plan->caller_id == "+14155550142");
  CHECK(plan->next_url == places.next_url);
  // Who hides their number is shown as ours.
  for (const char* hidden : {"anonymous", "", "sip:x@y.example", "266696687"}) {
    call row = at.row();
    row.from = hidden;
    CHECK(plan_for_call(row, at.sip(), places, at.seals)->caller_id == "+14155550100");
  }
}

TEST_CASE("a password that cannot be opened leads nowhere") {
  const desk at;
  voice_endpoint broken = at.sip();
  broken.sealed_password.back() ^= 1;
  CHECK_FALSE(plan_for_call(at.row(), broken, places, at.seals));
  voice_endpoint moved = at.sip();  // sealed for something else
  moved.sealed_password = at.seals.seal("word", "ein");
  CHECK_FALSE(plan_for_call(at.row(), moved, places, at.seals));
}

TEST_CASE("without an endpoint the caller hears a sentence") {
  const desk at;
  const auto plan = plan_for_call(at.row(), std::nullopt, places, at.seals);
  REQUIRE(plan);
  CHECK(plan->action == call_action::say);
  CHECK(plan->sentence.ends_with("Goodbye."));
  CHECK(plan->target.empty());
  CHECK(plan_for_stranger().action == call_action::say);
  CHECK(plan_for_stranger().sentence != plan->sentence);
  CHECK(plan_for_trouble().action == call_action::say);
}

TEST_CASE("after the stream or leg: the end of a good call, a sentence for a failed one") {
  const desk at;
  call row = at.row();
  row.state = call_state::completed;
  CHECK(plan_after_leg(row).action == call_action::hang_up);
  row.state = call_state::canceled;
  CHECK(plan_after_leg(row).action == call_action::hang_up);
  row.state = call_state::failed;
  const call_plan sorry = plan_after_leg(row);
  CHECK(sorry.action == call_action::say);
  row.lead = call_lead::nowhere;
  CHECK(plan_after_leg(row).sentence != sorry.sentence);
}

TEST_CASE("a call that has ended is led nowhere, whoever asks again") {
  const desk at;
  call row = at.row();
  row.state = call_state::completed;
  CHECK(plan_for_call(row, at.websocket(), places, at.seals)->action == call_action::hang_up);
  row.state = call_state::failed;
  CHECK(plan_for_call(row, at.websocket(), places, at.seals)->action == call_action::say);
}

}  // namespace dialplane
