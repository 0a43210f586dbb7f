#include "conformance/store_fixture.hpp"

namespace dialplane::test {

STORE_TEST_CASE("operations keep every field, also when found by bare id") {
  const tenant mine = make_tenant(at);
  const tenant other = make_tenant(at);
  operation row = make_operation(at, mine);
  at.must_write([&](session& work) { return work.operations().insert(row); });
  const auto find = [&](const tenant& of) {
    return at.must_read(
        [&](session& work) { return work.operations().find(of.company.id, row.id); });
  };
  REQUIRE(find(mine).has_value());
  CHECK(shown(*find(mine)) == shown(row));
  CHECK_FALSE(find(other).has_value());

  const auto update = [&] {
    return at.write([&](session& work) { return work.operations().update(row); });
  };
  row.step = operation_step::outcome_unknown;
  row.number = at.id<number_id>();
  row.e164 = "+14155550101";
  row.attempts = 3;
  row.numbers_tried = 2;
  row.held = micro_credits::credits(50);
  row.slot_held = true;
  row.intent_at = timestamp{3};
  row.updated_at = timestamp{4};
  REQUIRE(update().has_value());
  CHECK(shown(*find(mine)) == shown(row));

  row.state = operation_state::failed;
  row.step = operation_step::compensated;
  row.outcome = R"({"code":"number_unavailable"})";
  row.slot_held = false;
  row.intent_at.reset();
  REQUIRE(update().has_value());
  const auto any = at.must_read([&](session& work) { return work.operations().find_any(row.id); });
  REQUIRE(any.has_value());
  CHECK(shown(*any) == shown(row));

  row.id = at.id<operation_id>();
  const auto gone = update();
  REQUIRE_FALSE(gone.has_value());
  CHECK(gone.error().kind == error_class::conflict);
}

STORE_TEST_CASE("what has ended stays as it is, whatever an old copy of it wants") {
  const tenant mine = make_tenant(at);
  operation row = make_operation(at, mine);
  at.must_write([&](session& work) { return work.operations().insert(row); });
  const operation before = row;
  row.state = operation_state::succeeded;
  row.step = operation_step::settled;
  row.outcome = R"({"done":true})";
  at.must_write([&](session& work) { return work.operations().update(row); });
  for (const operation_state wanted :
       {operation_state::open, operation_state::failed, operation_state::succeeded}) {
    operation late = before;
    late.state = wanted;
    const auto refused_now =
        at.write([&](session& work) { return work.operations().update(late); });
    REQUIRE_FALSE(refused_now.has_value());
    CHECK(refused_now.error().kind == error_class::conflict);
    const auto stored = at.must_read(
        [&](session& work) { return work.operations().find(mine.company.id, row.id); });
    CHECK(shown(*stored) == shown(row));
  }
}

STORE_TEST_CASE("open operations are counted and listed, oldest first") {
  const tenant mine = make_tenant(at);
  std::vector<operation> rows;
  for (int i = 0; i < 4; ++i) {
    rows.push_back(make_operation(at, mine));
    at.must_write([&](session& work) { return work.operations().insert(rows.back()); });
  }
  rows[1].state = operation_state::succeeded;
  rows[2].step = operation_step::number_bought;
  at.must_write([&](session& work) -> result<void> {
    TRY(work.operations().update(rows[1]));
    return work.operations().update(rows[2]);
  });
  CHECK(at.must_read([](session& work) { return work.operations().count_open(); }) == 3);
  const auto open = [&](std::size_t limit) {
    return ids_of(
        at.must_read([&](session& work) { return work.operations().open_ones(limit); }));
  };
  CHECK(open(10) == std::vector{rows[0].id.bytes, rows[2].id.bytes, rows[3].id.bytes});
  CHECK(open(1) == std::vector{rows[0].id.bytes});
}

STORE_TEST_CASE("a history begins with the first step, ends with the last, and is numbered") {
  const tenant mine = make_tenant(at);
  operation first = make_operation(at, mine);
  first.step = operation_step::accepted;
  first.e164 = "+14155550100";
  const operation second = make_operation(at, mine);
  at.must_write([&](session& work) -> result<void> {
    TRY(work.operations().insert(first));
    TRY(work.operations().insert(second));
    TRY(work.operations().add_step(second.id, "outcome_unknown", "other", timestamp{2}));
    return work.operations().add_step(first.id, "intent_written", "+14155550101", timestamp{3});
  });
  const auto steps_of = [&](operation_id id) {
    return at.must_read([&](session& work) { return work.operations().steps_of(id); });
  };
  CHECK(steps_of(first.id).size() == 2);
  first.state = operation_state::succeeded;
  first.step = operation_step::settled;
  first.e164 = "+14155550101";
  first.updated_at = timestamp{4};
  at.must_write([&](session& work) { return work.operations().update(first); });

  const auto steps = steps_of(first.id);
  REQUIRE(steps.size() == 3);
  CHECK(steps[0].operation == first.id);
  CHECK(steps[0].sequence == 1);
  CHECK(steps[0].step == "accepted");
  CHECK(steps[0].detail == "+14155550100");
  CHECK(steps[0].at == first.created_at);
  CHECK(steps[1].sequence == 2);
  CHECK(steps[1].step == "intent_written");
  CHECK(steps[1].detail == "+14155550101");
  CHECK(steps[1].at == timestamp{3});
  CHECK(steps[2].sequence == 3);
  CHECK(steps[2].step == "settled");
  CHECK(steps[2].at == timestamp{4});
  CHECK(steps_of(second.id).size() == 2);
  CHECK(steps_of(at.id<operation_id>()).empty());
}

STORE_TEST_CASE("brands and campaigns are found by user, the newest first") {
  const tenant mine = make_tenant(at);
  const tenant other = make_tenant(at);
  brand company;
  company.id = at.id<brand_id>();
  company.organization = mine.company.id;
  company.user = mine.person.id;
  company.entity = at.id<legal_entity_id>();
  company.created_at = at.time.now();
  campaign filed = make_campaign(at, mine);
  campaign toll_free = make_campaign(at, mine);
  toll_free.kind = campaign_kind::toll_free_verification;
  toll_free.number = at.id<number_id>();
  at.must_write([&](session& work) -> result<void> {
    TRY(work.campaigns().insert_brand(company));
    TRY(work.campaigns().insert(filed));
    return work.campaigns().insert(toll_free);
  });
  company.stage = brand_stage::pending_otp;
  company.tier = registration_tier::sole_proprietor;
  company.carrier = "sandbox";
  company.carrier_reference = "B1";
  company.submissions = 2;
  company.failure_reason = "no match";
  company.findings = "[1]";
  company.mobile_number = "+14155550111";
  company.code_expires_at = timestamp{7};
  company.operation = at.id<operation_id>();
  company.fee = {{8'000'000}, fee_state::held};
  company.stage_since = timestamp{6};
  filed.brand = company.id;
  filed.status = campaign_status::rejected;
  filed.carrier_reference = "C1";
  filed.rejection_reason = "no website";
  filed.submitted_at = timestamp{1};
  filed.approved_at = timestamp{2};
  filed.rejected_at = timestamp{3};
  filed.status_detail = "not_filed";
  filed.findings = "[2]";
  filed.submissions = 3;
  filed.operation = at.id<operation_id>();
  filed.fee = {{38'000'000}, fee_state::returned};
  filed.status_since = timestamp{4};
  at.must_write([&](session& work) -> result<void> {
    TRY(work.campaigns().update_brand(company));
    return work.campaigns().update(filed);
  });
  const auto brand_of = [&](const tenant& of) {
    return at.must_read([&](session& work) {
      return work.campaigns().find_brand_of_user(of.company.id, mine.person.id);
    });
  };
  REQUIRE(brand_of(mine).has_value());
  CHECK(shown(*brand_of(mine)) == shown(company));
  CHECK_FALSE(brand_of(other).has_value());
  const auto newest = at.must_read([&](session& work) {
    return work.campaigns().find_ten_dlc_of_user(mine.company.id, mine.person.id);
  });
  REQUIRE(newest.has_value());
  CHECK(shown(*newest) == shown(filed));
  const auto find = [&](const tenant& of) {
    return at.must_read(
        [&](session& work) { return work.campaigns().find(of.company.id, toll_free.id); });
  };
  REQUIRE(find(mine).has_value());
  CHECK(shown(*find(mine)) == shown(toll_free));
  CHECK_FALSE(find(other).has_value());
}

}  // namespace dialplane::test
