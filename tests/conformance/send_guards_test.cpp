// Whether a text may be sent, judged on a real store.
#include <map>

#include "conformance/texting_fixture.hpp"
#include "domain/key_exposure.hpp"

namespace dialplane::test {

STORE_TEST_CASE("guards: a text that may go is measured and priced") {
  texting_fixture texting(at);
  const auto permit = texting.judge(texting.wanted(std::string(161, 'a')));
  REQUIRE(permit.has_value());
  CHECK(permit->segments == 2);
  CHECK_FALSE(permit->unicode);
  CHECK(permit->price.value == 80'000);
  CHECK(permit->new_recipient);
  CHECK_FALSE(permit->not_before.has_value());
  CHECK(texting.judge(texting.wanted("привет"))->unicode);
  texting.rules.messaging.segments = segment_rule::flat160;
  CHECK(texting.judge(texting.wanted(std::string(160, 'a') + "ж"))->segments == 2);
}

STORE_TEST_CASE("guards: too long or empty is bad input") {
  texting_fixture texting(at);
  CHECK(texting.refusal_of(texting.wanted(std::string(1'530, 'a'))) == "allowed");
  CHECK(texting.refusal_of(texting.wanted(std::string(1'531, 'a'))) == "invalid_input");
  CHECK(texting.refusal_of(texting.wanted("")) == "invalid_input");
  texting.rules.messaging.segments_max = 1;
  CHECK(texting.refusal_of(texting.wanted(std::string(161, 'a'))) == "invalid_input");
}

STORE_TEST_CASE("guards: no text before the campaign is approved and the number attached") {
  texting_fixture texting(at);
  const auto set = [&](campaign_status status, bool attached) {
    texting.under.status = status;
    texting.phone.campaign_attached = attached;
    at.must_write([&](session& work) -> result<void> {
      TRY(work.campaigns().update(texting.under));
      return work.numbers().update(texting.phone);
    });
  };
  const message row = texting.queued(texting.wanted());
  for (const auto status : {campaign_status::created, campaign_status::in_review,
                            campaign_status::rejected}) {
    set(status, true);
    const auto outcome = texting.judge(texting.wanted());
    REQUIRE_FALSE(outcome.has_value());
    CHECK(outcome.error().code == error_code::compliance_pending);
    CHECK(outcome.error().details.at("blockers").as_array().size() >= 1);
    // Nor does one leave that was accepted before.
    REQUIRE_FALSE(texting.leave(row).has_value());
    CHECK(texting.leave(row).error().code == error_code::compliance_pending);
  }
  set(campaign_status::active, false);
  CHECK(texting.refusal_of(texting.wanted()) == "compliance_pending");
  set(campaign_status::active, true);
  CHECK(texting.refusal_of(texting.wanted()) == "allowed");
  CHECK(texting.leave(row).has_value());
}

STORE_TEST_CASE("guards: an agent needs send_sms, an operator does not") {
  texting_fixture texting(at);
  text_request request = texting.wanted();
  request.agent = at.id<agent_id>();
  CHECK(texting.refusal_of(request) == "missing_permission");
  CHECK(texting.leave(texting.queued(request)).error().code == error_code::missing_permission);
  request.by_operator = true;
  CHECK(texting.refusal_of(request) == "allowed");
  at.must_write([&](session& work) {
    return work.numbers().put_assignment({.organization = texting.phone.organization,
                                          .number = texting.phone.id,
                                          .agent = texting.helper.id,
                                          .send_sms = false,
                                          .created_at = at.time.now()});
  });
  CHECK(texting.refusal_of(texting.wanted()) == "missing_permission");
}

STORE_TEST_CASE("guards: where texts may go") {
  texting_fixture texting(at);
  CHECK(texting.refusal_of(texting.wanted("Hi", "+19005550123")) == "destination_not_allowed");
  CHECK(texting.refusal_of(texting.wanted("Hi", "+14165550123")) == "destination_not_allowed");
  CHECK(texting.refusal_of(texting.wanted("Hi", "+14155551212")) == "destination_not_allowed");
  CHECK(texting.refusal_of(texting.wanted("Hi", "+442079460000")) == "destination_not_allowed");
  texting.rules.messaging.countries = {"US", "CA", "+44"};
  CHECK(texting.refusal_of(texting.wanted("Hi", "+14165550123")) == "allowed");
  CHECK(texting.refusal_of(texting.wanted("Hi", "+442079460000")) == "allowed");
  // A number outside exchange 555 belongs to a real carrier, which has no 555 to text.
  text_request real = texting.wanted();
  real.sender.e164 = "+14156670100";
  const auto refusal = texting.judge(real);
  REQUIRE_FALSE(refusal.has_value());
  CHECK(refusal.error().details.at("why") == "fictitious");
  CHECK(refusal.error().details.at("rules_version").as_string() ==
        built_in_rule_tables()->version.c_str());
}

STORE_TEST_CASE("guards: consent by the setting, from records, attested, or in conversation") {
  texting_fixture texting(at);
  texting.rules.messaging.quiet_hours = false;
  text_request sale = texting.wanted("Sale!");
  sale.purpose = message_purpose::marketing;
  CHECK(texting.refusal_of(texting.wanted()) == "allowed");
  CHECK(texting.refusal_of(sale) == "consent_required");
  texting.rules.messaging.consent = consent_rule::off;
  CHECK(texting.refusal_of(sale) == "allowed");
  texting.rules.messaging.consent = consent_rule::all;
  CHECK(texting.refusal_of(texting.wanted()) == "consent_required");

  text_request attested = texting.wanted();
  attested.consent = "web form 7";
  REQUIRE(texting.send(attested).has_value());
  REQUIRE(texting.send(attested).has_value());
  const auto records = at.must_read([&](session& work) {
    return work.contacts().consents_of(texting.phone.organization, texting.phone.user,
                                       "+12125550123", 10);
  });
  REQUIRE(records.size() == 1);  // once per wording
  CHECK(records.front().method == "attested");
  CHECK(records.front().wording == "web form 7");
  CHECK(texting.refusal_of(texting.wanted()) == "allowed");
  CHECK(texting.refusal_of(sale) == "allowed");  // on record now

  // Somebody else wrote first: 72 hours of conversation.
  const text_request other = texting.wanted("Hi", "+12125550124");
  CHECK(texting.refusal_of(other) == "consent_required");
  texting.hears("What do you sell?", "+12125550124");
  CHECK(texting.refusal_of(other) == "allowed");
  text_request other_sale = other;
  other_sale.purpose = message_purpose::marketing;
  CHECK(texting.refusal_of(other_sale) == "allowed");
  at.time.advance(std::chrono::hours(73));
  CHECK(texting.refusal_of(other_sale) == "consent_required");
}

STORE_TEST_CASE("guards: a marketing campaign makes texts marketing, whatever they are called") {
  texting_fixture texting(at);
  texting.under.use_case = "marketing";
  at.must_write([&](session& work) { return work.campaigns().update(texting.under); });
  text_request request = texting.wanted();
  CHECK(texting.refusal_of(request) == "consent_required");
  request.consent = "paper form";
  // 2026-01-01T00:00Z is 19 o'clock in New York.
  CHECK(texting.refusal_of(request) == "allowed");
  at.time.advance(std::chrono::hours(4));
  CHECK(texting.refusal_of(request) == "quiet_hours");
  request.purpose = message_purpose::one_time_code;
  CHECK(texting.refusal_of(request) == "allowed");
  request.purpose = message_purpose::conversational;
  texting.hears("Are you there?");
  CHECK(texting.refusal_of(request) == "allowed");
}

STORE_TEST_CASE("guards: quiet hours refuse with the next time, or queue until then") {
  texting_fixture texting(at);
  at.time.advance(std::chrono::hours(5));  // midnight in New York
  text_request sale = texting.wanted("Sale!");
  sale.purpose = message_purpose::marketing;
  sale.consent = "paper form";
  const auto refusal = texting.judge(sale);
  REQUIRE_FALSE(refusal.has_value());
  CHECK(refusal.error().code == error_code::quiet_hours);
  CHECK(refusal.error().details.at("next_allowed_at") == "2026-01-01T13:00:00.000Z");
  sale.queue_in_quiet_hours = true;
  const auto queued = texting.judge(sale);
  REQUIRE(queued.has_value());
  REQUIRE(queued->not_before.has_value());
  CHECK(to_rfc3339(*queued->not_before) == "2026-01-01T13:00:00.000Z");
  // It does not leave earlier either, and then it does.
  const message row = texting.queued(sale);
  const auto early = texting.leave(row);
  REQUIRE(early.has_value());
  CHECK(*early == queued->not_before);
  at.time.advance(std::chrono::hours(8));
  const auto in_time = texting.leave(row);
  REQUIRE(in_time.has_value());
  CHECK_FALSE(in_time->has_value());
}

STORE_TEST_CASE("guards: an account kit may shorten the day and turn phones off") {
  texting_fixture texting(at);
  text_request sale = texting.wanted("Sale!");
  sale.purpose = message_purpose::marketing;
  sale.consent = "paper form";
  CHECK(texting.refusal_of(sale) == "allowed");  // 19 o'clock
  account_kit kit = texting.company().kit;
  kit.primitives["phone"] = boost::json::object{
      {"defaults", {{"quiet_hours", {{"from_hour", 9}, {"to_hour", 18}}}}}};
  at.must_write([&](session& work) { return work.users().update_kit(kit); });
  CHECK(texting.refusal_of(sale) == "quiet_hours");
  CHECK(texting.refusal_of(texting.wanted()) == "allowed");
  kit.primitives["phone"] = boost::json::object{{"enabled", false}};
  at.must_write([&](session& work) { return work.users().update_kit(kit); });
  CHECK(texting.refusal_of(texting.wanted()) == "primitive_disabled_by_kit");
}

STORE_TEST_CASE("guards: each cap ends what it should and nothing else") {
  struct row {
    cap_scope scope;
    std::int64_t cap_limits::*limit;
    std::string_view name;
  };
  const row rows[] = {
      {cap_scope::organization, &cap_limits::texts_per_minute, "texts_per_minute"},
      {cap_scope::user, &cap_limits::texts_per_day, "texts_per_day"},
      {cap_scope::agent, &cap_limits::texts_per_day, "texts_per_day"},
      {cap_scope::key, &cap_limits::texts_per_minute, "texts_per_minute"},
      {cap_scope::number, &cap_limits::texts_per_day, "texts_per_day"},
      {cap_scope::prefix, &cap_limits::new_recipients_per_hour, "new_recipients_per_hour"},
  };
  for (const row& each : rows) {
    texting_fixture texting(at);
    texting.rules.messaging.caps = {};
    for (cap_limits& limits : texting.rules.messaging.caps.of_scope) limits = {};
    texting.rules.messaging.caps.of(each.scope).*each.limit = 2;
    INFO("scope: ", std::string(name_of_value(each.scope)));
    CHECK(texting.send(texting.wanted("a", "+12125550001")).has_value());
    CHECK(texting.send(texting.wanted("b", "+12125550002")).has_value());
    const text_request third = texting.wanted("c", "+12125550003");
    const auto refusal = texting.send(third);
    REQUIRE_FALSE(refusal.has_value());
    CHECK(refusal.error().code == error_code::send_cap);
    CHECK(refusal.error().details.at("scope").as_string() == name_of_value(each.scope));
    CHECK(refusal.error().details.at("limit").as_string() == each.name);
    // Another agent, key and area code are other scopes.
    if (each.scope == cap_scope::prefix) {
      CHECK(texting.refusal_of(texting.wanted("d", "+13105550003")) == "allowed");
      CHECK(texting.refusal_of(texting.wanted("e", "+12125550001")) == "allowed");  // known
    }
    if (each.scope == cap_scope::key) {
      text_request by_operator = third;
      by_operator.by_operator = true;
      CHECK(texting.refusal_of(by_operator) == "allowed");
    }
    at.time.advance(std::chrono::hours(24));
    CHECK(texting.refusal_of(third) == "allowed");
    at.reopen();
    CHECK(texting.refusal_of(third) == "allowed");
  }
}

STORE_TEST_CASE("guards: counters survive a restart") {
  texting_fixture texting(at);
  texting.rules.messaging.caps.of(cap_scope::agent).texts_per_day = 1;
  REQUIRE(texting.send(texting.wanted()).has_value());
  at.reopen();
  CHECK(texting.refusal_of(texting.wanted()) == "send_cap");
}

STORE_TEST_CASE("guards: a refused text counts nothing") {
  texting_fixture texting(at);
  CHECK_FALSE(texting.send(texting.wanted("Hi", "+19005550123")).has_value());
  CHECK_FALSE(texting.known("+19005550123").has_value());
  const std::vector<counter_key> keys = {
      {cap_scope::number, std::string(texting.phone.id.bytes.begin(),
                                      texting.phone.id.bytes.end())}};
  const auto counters = at.must_read([&](session& work) {
    return work.send_counters().find(texting.phone.organization, keys);
  });
  CHECK(counters.front() == send_counter{});
}

STORE_TEST_CASE("guards: the key's cap, the kit's month, and the balance") {
  texting_fixture texting(at);
  for (cap_limits& limits : texting.rules.messaging.caps.of_scope) limits = {};
  texting.rules.prices.outbound_sms_segment = micro_credits::credits(400);
  CHECK(texting.refusal_of(texting.wanted()) == "allowed");
  CHECK(texting.refusal_of(texting.wanted(std::string(400, 'a'))) == "insufficient_credits");

  account_kit kit = texting.company().kit;
  kit.primitives["phone"] = boost::json::object{{"defaults", {{"monthly_credit_limit", 399.5}}}};
  at.must_write([&](session& work) { return work.users().update_kit(kit); });
  CHECK(texting.refusal_of(texting.wanted()) == "spend_cap_reached");
  kit.primitives["phone"] = boost::json::object{{"defaults", {{"monthly_credit_limit", 400}}}};
  at.must_write([&](session& work) { return work.users().update_kit(kit); });
  CHECK(texting.refusal_of(texting.wanted()) == "allowed");

  api_key capped = texting.key;
  capped.id = at.id<api_key_id>();
  capped.hash.fill(0x32);
  capped.spend_cap_per_day = micro_credits::credits(700);
  at.must_write([&](session& work) { return work.organizations().insert_key(capped); });
  text_request request = texting.wanted();
  request.key = capped.id;
  REQUIRE(texting.send(request).has_value());
  CHECK(texting.refusal_of(request) == "spend_cap_reached");
  CHECK(texting.refusal_of(texting.wanted()) == "allowed");
  at.time.advance(std::chrono::hours(24));
  CHECK(texting.refusal_of(request) == "allowed");
}

STORE_TEST_CASE("guards: our confirmations are free and go to who opted out, and are capped") {
  texting_fixture texting(at);
  texting.hears("STOP");
  text_request ours = texting.wanted("You are unsubscribed.");
  ours.origin = text_origin::confirmation;
  ours.agent.reset();
  ours.key.reset();
  const auto permit = texting.judge(ours);
  REQUIRE(permit.has_value());
  CHECK(permit->price.value == 0);
  CHECK(texting.leave(texting.queued(ours)).has_value());
  texting.rules.messaging.caps.of(cap_scope::number).texts_per_minute = 1;
  REQUIRE(texting.send(ours).has_value());
  CHECK(texting.refusal_of(ours) == "send_cap");
}

// The scenario behind `dialplane exposure`: an agent's key in the wrong hands for a day.
STORE_TEST_CASE("guards: a stolen key that tries all day stays below what exposure says") {
  texting_fixture texting(at);
  const key_exposure claim = exposure_of_agent_key(texting.rules, {.slots = 10});
  REQUIRE(claim.within_one_day);
  // Other numbers, users' area codes and lengths do not help.
  micro_credits spent;
  std::int64_t refused_count = 0;
  constexpr int minutes = 24 * 60;
  for (int minute = 0; minute < minutes; ++minute) {
    for (int text = 0; text < 3; ++text) {
      const int serial = minute * 3 + text;
      const std::string to = (serial % 2 != 0 ? "+1212555" : "+1310555") +
                             std::to_string(2'000 + serial % 7'000);
      text_request request = texting.wanted(std::string(1'500, 'x'), to);
      if (serial % 3 == 0) request.agent.reset();  // a key that is bound to no agent
      const auto permit = texting.send(request);
      if (permit) {
        spent = spent + permit->price;
      } else {
        ++refused_count;
        CHECK(permit.error().code == error_code::send_cap);
      }
    }
    if (minute + 1 < minutes) at.time.advance(std::chrono::minutes(1));
  }
  CHECK(spent <= *claim.texts.credits);
  CHECK(spent.value > claim.texts.credits->value / 2);  // it did try
  CHECK(refused_count > 0);
  CHECK(spent < *claim.organization_cap);
}

STORE_TEST_CASE("guards: the last slot of a cap and the last credit go to one of many") {
  texting_fixture texting(at);
  texting.rules.messaging.caps.of(cap_scope::number).texts_per_minute = 7;
  auto env = texting.environment();
  const auto race = [&](int racers) {
    std::vector<std::shared_ptr<expected_value<result<text_permit>>>> ends;
    for (int i = 0; i < racers; ++i) {
      ends.push_back(std::make_shared<expected_value<result<text_permit>>>());
      const text_request request =
          texting.wanted("Hi", "+1212555" + std::to_string(1'000 + i));
      at.db().write<text_permit>(
          [&env, request](session& work) -> result<text_permit> {
            TRY_ASSIGN(text_permit permit, judge_text(work, env, request));
            ledger_entry hold;
            hold.id = env.ids.make<ledger_entry_id>();
            hold.organization = request.sender.organization;
            hold.kind = ledger_kind::hold;
            hold.from = ledger_account::available;
            hold.to = ledger_account::held;
            hold.amount = permit.price;
            hold.created_at = env.time.now();
            TRY(work.ledger().post(hold));
            TRY(count_text(work, env, request, permit));
            return permit;
          },
          [end = ends.back()](result<text_permit> done) { end->set(std::move(done)); });
    }
    std::map<std::string_view, int> outcomes;
    for (const auto& each : ends) {
      auto done = each->wait();
      REQUIRE(done.has_value());
      ++outcomes[done->has_value() ? "sent" : name_of(done->error().code)];
    }
    return outcomes;
  };
  auto outcomes = race(30);
  CHECK(outcomes["sent"] == 7);
  CHECK(outcomes["send_cap"] == 23);
  // Now credits run out first: 1000 - 7 * 0.04 are left, each text takes 400.
  for (cap_limits& limits : texting.rules.messaging.caps.of_scope) limits = {};
  texting.rules.prices.outbound_sms_segment = micro_credits::credits(400);
  outcomes = race(30);
  CHECK(outcomes["sent"] == 2);
  CHECK(outcomes["insufficient_credits"] == 28);
}

STORE_TEST_CASE("guards: texts wait for the campaign's minute, one slot each") {
  texting_fixture texting(at);
  const message row = texting.queued(texting.wanted());
  std::int64_t left = 0;
  std::optional<timestamp> wait;
  for (; !wait && left < 1'000; ++left) {
    const auto outcome = texting.leave(row);
    REQUIRE(outcome.has_value());
    wait = *outcome;
  }
  CHECK(left == 11);  // ten at once, the next one waits
  const auto next = texting.leave(row);
  REQUIRE(next.has_value());
  REQUIRE(next->has_value());
  CHECK(**next > *wait);
  // The one that waited goes in its slot.
  message waited = row;
  waited.queued_until = wait;
  at.time.advance(*wait - at.time.now());
  CHECK_FALSE(texting.leave(waited)->has_value());
  texting.rules.messaging.throughput = "unlimited";
  CHECK_FALSE(texting.leave(row)->has_value());
}

STORE_TEST_CASE("guards: the brand's day ends at midnight in Los Angeles and outlives a restart") {
  texting_fixture texting(at);
  at.must_write([&](session& work) {
    pace_state used;
    used.day = pacific_clock.local(at.time.now()).day;
    used.day_parts = 1'999;
    // No brand on the campaign: the user stands for it.
    return work.send_counters().put_pace(texting.phone.organization,
                                         texting.company().person.id.bytes, used);
  });
  const message two_parts = texting.queued(texting.wanted(std::string(161, 'a')));
  const message one_part = texting.queued(texting.wanted());
  const auto waits = texting.leave(two_parts);
  REQUIRE(waits.has_value());
  REQUIRE(waits->has_value());
  CHECK(to_rfc3339(**waits) == "2026-01-01T08:00:00.000Z");
  CHECK_FALSE(texting.leave(one_part)->has_value());
  at.reopen();
  CHECK(texting.leave(one_part)->has_value());
  at.time.advance(**waits - at.time.now());
  CHECK_FALSE(texting.leave(two_parts)->has_value());
}

STORE_TEST_CASE("guards: a number that is gone sends nothing more") {
  texting_fixture texting(at);
  const message row = texting.queued(texting.wanted());
  texting.phone.status = number_status::released;
  at.must_write([&](session& work) { return work.numbers().update(texting.phone); });
  REQUIRE_FALSE(texting.leave(row).has_value());
  CHECK(texting.refusal_of(texting.wanted()) == "conflict");
}

}  // namespace dialplane::test
