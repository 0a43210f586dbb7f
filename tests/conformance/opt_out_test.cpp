// STOP, START, HELP and other words, on a real store: what they change, and what is sent then.
#include "conformance/texting_fixture.hpp"

namespace dialplane::test {

STORE_TEST_CASE("opt-out: every word blocks at once, whichever way in; START restores") {
  for (const char* word : {"STOP", "stop all", "Unsubscribe.", "CANCEL", "end", "quit", "REVOKE",
                           "opt out", "remove"}) {
    texting_fixture texting(at);
    INFO("word: ", word);
    const message before = texting.queued(texting.wanted());
    const keyword_effect stopped = texting.hears(word);
    CHECK(stopped.is_keyword);
    REQUIRE(stopped.confirmation.has_value());
    CHECK(stopped.confirmation->find("Ünïted Widgets") != std::string::npos);
    CHECK(texting.refusal_of(texting.wanted()) == "recipient_opted_out");
    text_request by_operator = texting.wanted();
    by_operator.by_operator = true;
    by_operator.agent.reset();
    CHECK(texting.refusal_of(by_operator) == "recipient_opted_out");
    text_request reply = texting.wanted();
    reply.origin = text_origin::agent_reply;
    CHECK(texting.refusal_of(reply) == "recipient_opted_out");
    text_request code = texting.wanted();
    code.purpose = message_purpose::one_time_code;
    code.consent = "they said so";
    CHECK(texting.refusal_of(code) == "recipient_opted_out");
    // Also what was accepted before, and nobody else.
    REQUIRE_FALSE(texting.leave(before).has_value());
    CHECK(texting.leave(before).error().code == error_code::recipient_opted_out);
    CHECK(texting.refusal_of(texting.wanted("Hi", "+12125550199")) == "allowed");

    at.time.advance(std::chrono::seconds(1));
    const keyword_effect again = texting.hears(word);
    CHECK(again.is_keyword);
    CHECK_FALSE(again.confirmation.has_value());  // one per opt-out

    at.time.advance(std::chrono::seconds(1));
    const keyword_effect started = texting.hears("start");
    CHECK(started.is_keyword);
    CHECK(started.confirmation.has_value());
    CHECK(texting.refusal_of(texting.wanted()) == "allowed");
    CHECK(texting.leave(before).has_value());
    CHECK_FALSE(texting.known()->opted_out_at.has_value());
  }
}

STORE_TEST_CASE("opt-out: YES means START only while opted out; START is consent") {
  texting_fixture texting(at);
  CHECK_FALSE(texting.hears("YES").is_keyword);
  const keyword_effect hello = texting.hears("START");
  CHECK_FALSE(hello.is_keyword);  // for the agent to answer
  CHECK_FALSE(hello.confirmation.has_value());
  const auto consents = [&] {
    return at.must_read([&](session& work) {
      return work.contacts().consents_of(texting.phone.organization, texting.phone.user,
                                         "+12125550123", 10);
    });
  };
  REQUIRE(consents().size() == 1);
  CHECK(consents().front().method == "keyword");
  CHECK(consents().front().number == texting.phone.id);
  at.time.advance(std::chrono::seconds(1));
  texting.hears("STOP");
  at.time.advance(std::chrono::seconds(1));
  CHECK(texting.hears("yes").is_keyword);
  CHECK(texting.refusal_of(texting.wanted()) == "allowed");
}

STORE_TEST_CASE("opt-out: late and reordered texts end in the same state") {
  const timestamp early = at.time.now();
  const timestamp late = early + std::chrono::minutes(5);
  {
    texting_fixture texting(at);
    texting.hears_at("START", late);
    const keyword_effect stop = texting.hears_at("STOP", early);  // older than the START
    CHECK_FALSE(stop.confirmation.has_value());
    CHECK(texting.refusal_of(texting.wanted()) == "allowed");
  }
  {
    texting_fixture texting(at);
    texting.hears_at("STOP", late);
    texting.hears_at("START", early);  // older than the STOP
    CHECK(texting.refusal_of(texting.wanted()) == "recipient_opted_out");
    CHECK(texting.known()->last_inbound_at == late);
  }
  {
    texting_fixture texting(at);
    texting.hears_at("STOP", late);
    texting.hears_at("START", late);  // at the same time: the safe one
    CHECK(texting.refusal_of(texting.wanted()) == "recipient_opted_out");
  }
}

STORE_TEST_CASE("opt-out: the scope is user, campaign or number, as set now") {
  texting_fixture texting(at);
  number same_campaign = texting.phone;
  same_campaign.id = at.id<number_id>();
  same_campaign.e164 = "+14155550001";
  number other = same_campaign;
  other.id = at.id<number_id>();
  other.e164 = "+14155550002";
  campaign second = make_campaign(at, texting.company());
  second.status = campaign_status::active;
  other.campaign = second.id;
  at.must_write([&](session& work) -> result<void> {
    TRY(work.campaigns().insert(second));
    TRY(work.numbers().insert(same_campaign));
    TRY(work.numbers().insert(other));
    return {};
  });
  texting.hears("STOP");
  const auto refused_from = [&](const number& sender) {
    text_request request = texting.wanted();
    request.sender = sender;
    request.by_operator = true;
    return texting.refusal_of(request) == "recipient_opted_out";
  };
  CHECK(refused_from(texting.phone));
  CHECK(refused_from(same_campaign));
  CHECK(refused_from(other));
  texting.rules.messaging.opt_outs = opt_out_scope::campaign;
  CHECK(refused_from(texting.phone));
  CHECK(refused_from(same_campaign));
  CHECK_FALSE(refused_from(other));
  texting.rules.messaging.opt_outs = opt_out_scope::number;
  CHECK(refused_from(texting.phone));
  CHECK_FALSE(refused_from(same_campaign));
  CHECK_FALSE(refused_from(other));
}

STORE_TEST_CASE("opt-out: another user's contact is another contact") {
  texting_fixture mine(at);
  texting_fixture theirs(at);
  mine.hears("STOP");
  CHECK(mine.refusal_of(mine.wanted()) == "recipient_opted_out");
  CHECK(theirs.refusal_of(theirs.wanted()) == "allowed");
}

STORE_TEST_CASE("opt-out: free text blocks at once and is flagged for ten business days") {
  texting_fixture texting(at);  // 2026-01-01 was a Thursday
  const keyword_effect said = texting.hears("Could you please stop texting me?");
  CHECK(said.is_keyword);
  CHECK(said.confirmation.has_value());
  const auto refusal = texting.judge(texting.wanted());
  REQUIRE_FALSE(refusal.has_value());
  CHECK(refusal.error().code == error_code::recipient_opted_out);
  CHECK(refusal.error().details.at("source") == "free_text");
  const auto row = texting.known();
  REQUIRE(row->review_due_at.has_value());
  CHECK(to_rfc3339(*row->review_due_at).starts_with("2026-01-15T"));
  CHECK(row->review_phrase == "please stop");
  CHECK_FALSE(texting.hears("I said please stop").confirmation.has_value());
  // A real STOP settles the question.
  at.time.advance(std::chrono::seconds(1));
  CHECK_FALSE(texting.hears("STOP").confirmation.has_value());
  CHECK_FALSE(texting.known()->review_due_at.has_value());
  CHECK(texting.judge(texting.wanted()).error().details.at("source") == "keyword");
}

STORE_TEST_CASE("opt-out: free text only flags where the setting says so") {
  texting_fixture texting(at);
  texting.rules.messaging.free_text_blocks = false;
  const keyword_effect said = texting.hears("Could you please stop texting me?");
  CHECK_FALSE(said.is_keyword);
  CHECK_FALSE(said.confirmation.has_value());
  CHECK(texting.refusal_of(texting.wanted()) == "allowed");
  CHECK(texting.known()->review_due_at.has_value());
  CHECK_FALSE(texting.hears("Where is the bus stop?").is_keyword);
}

STORE_TEST_CASE("opt-out: the carrier's own answer keeps ours silent") {
  {
    texting_fixture texting(at);
    texting.line->abilities_.answers_keywords = true;
    CHECK_FALSE(texting.hears("STOP").confirmation.has_value());
    CHECK(texting.refusal_of(texting.wanted()) == "recipient_opted_out");
    at.time.advance(std::chrono::seconds(1));
    CHECK_FALSE(texting.hears("START").confirmation.has_value());
    CHECK_FALSE(texting.hears("HELP").confirmation.has_value());
  }
  // Toll-free networks answer STOP and START only.
  for (const auto& [word, ours] : {std::pair("STOP", false), std::pair("QUIT", true)}) {
    texting_fixture texting(at);
    texting.phone.type = number_type::toll_free;
    CHECK(texting.hears(word).confirmation.has_value() == ours);
    CHECK(texting.hears("HELP").confirmation.has_value());
    CHECK(texting.known()->opted_out_at.has_value());
  }
}

STORE_TEST_CASE("help: brand and contact, once per hour and person") {
  texting_fixture texting(at);
  legal_entity entity;
  entity.id = at.id<legal_entity_id>();
  entity.organization = texting.company().company.id;
  entity.user = texting.company().person.id;
  entity.record = {{"display_name", "Harbor"}, {"email", "care@harbor.example"}};
  entity.created_at = entity.updated_at = at.time.now();
  at.must_write([&](session& work) { return work.users().insert_entity(entity); });
  const keyword_effect helped = texting.hears("help");
  CHECK(helped.is_keyword);
  REQUIRE(helped.confirmation.has_value());
  CHECK(helped.confirmation->find("Harbor") != std::string::npos);
  CHECK(helped.confirmation->find("care@harbor.example") != std::string::npos);
  CHECK_FALSE(texting.hears("HELP").confirmation.has_value());
  CHECK(texting.hears("INFO", "+12125550124").confirmation.has_value());
  at.time.advance(std::chrono::hours(1));
  CHECK(texting.hears("help").confirmation.has_value());
  // Help changes nothing else.
  CHECK(texting.refusal_of(texting.wanted()) == "allowed");
}

STORE_TEST_CASE("keywords: short codes and names are no contacts") {
  texting_fixture texting(at);
  CHECK_FALSE(texting.hears("STOP", "72345").is_keyword);
  CHECK_FALSE(texting.hears("STOP", "BANK").is_keyword);
  CHECK_FALSE(texting.known("72345").has_value());
}

}  // namespace dialplane::test
