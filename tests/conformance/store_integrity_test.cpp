// The checker of promises: silent over sound data, and one sentence for each promise that is
// broken.
#include "conformance/store_fixture.hpp"

namespace dialplane::test {

namespace {

integrity_report check_of(store_fixture& at) {
  return at.must_read([](session& work) { return work.integrity().check(); });
}

// An organization that has bought one number, and is buying another.
struct sound_data {
  tenant company;
  number bought;
  number coming;
  operation ended;
  operation open;
  job reminder;
};

sound_data make_sound_data(store_fixture& at) {
  sound_data made{.company = make_tenant(at)};
  made.bought = make_number(at, made.company);
  made.bought.status = number_status::active;
  // Others each time: no two live numbers share an e164 or a mark.
  static int next_line = 1000;
  made.bought.e164 = "+1415555" + std::to_string(next_line++);
  made.bought.mark = "mark-" + made.bought.id.uuid();
  made.bought.release_operation.reset();
  made.coming = make_number(at, made.company);
  made.coming.status = number_status::pending;
  made.coming.e164.clear();
  made.coming.mark = "mark-" + made.coming.id.uuid();
  made.coming.release_operation.reset();
  made.ended = make_operation(at, made.company);
  made.ended.state = operation_state::succeeded;
  made.ended.held = {};
  made.ended.slot_held = false;
  made.open = make_operation(at, made.company);
  made.open.state = operation_state::open;
  made.open.number = made.coming.id;
  made.open.held = {4'000'000};
  made.open.slot_held = true;
  made.reminder = make_job(at, made.company, at.time.now());
  made.reminder.kind = job_kind_name::advance_operation;
  made.reminder.subject = made.open.id.bytes;
  at.must_write([&](session& work) -> result<void> {
    TRY(work.numbers().insert(made.bought));
    TRY(work.numbers().insert(made.coming));
    TRY(work.organizations().add_slots_used(made.company.company.id, 2));
    TRY(work.operations().insert(made.ended));
    TRY(work.operations().insert(made.open));
    TRY(work.jobs().insert(made.reminder));
    TRY(work.ledger().post(make_entry(at, made.company, ledger_account::granted,
                                      ledger_account::available, 100'000'000)));
    TRY(work.ledger().post(make_entry(at, made.company, ledger_account::available,
                                      ledger_account::held, 4'000'000)));
    return {};
  });
  return made;
}

// Exactly one sentence, and it says `part`.
void check_broken(store_fixture& at, std::string_view part) {
  const integrity_report report = check_of(at);
  std::string all;
  for (const std::string& each : report.violations) all += each + "; ";
  CAPTURE(all);
  REQUIRE(report.violations.size() == 1);
  CHECK(report.violations[0].find(part) != std::string::npos);
}

}  // namespace

STORE_TEST_CASE("integrity: sound data breaks no promise, and is counted") {
  CHECK(check_of(at).violations.empty());
  make_sound_data(at);
  make_sound_data(at);
  const integrity_report report = check_of(at);
  CHECK(report.violations.empty());
  CHECK(report.organizations == 2);
  CHECK(report.numbers == 4);
  CHECK(report.operations == 4);
  CHECK(report.open_operations == 2);
  CHECK(report.jobs == 2);
  CHECK(report.ledger_entries == 4);
}

STORE_TEST_CASE("integrity: slots that are no numbers") {
  const sound_data data = make_sound_data(at);
  at.must_write([&](session& work) {
    return work.organizations().add_slots_used(data.company.company.id, 1);
  });
  check_broken(at, "uses 3 slots for 2 numbers");
}

STORE_TEST_CASE("integrity: credits held by nothing") {
  const sound_data data = make_sound_data(at);
  at.must_write([&](session& work) -> result<void> {
    TRY(work.ledger().post(make_entry(at, data.company, ledger_account::available,
                                      ledger_account::held, 1'000'000)));
    return {};
  });
  check_broken(at, "holds 5000000 micro-credits, its open work holds 4000000");
}

STORE_TEST_CASE("integrity: a lost job, and one that nobody needs") {
  const sound_data data = make_sound_data(at);
  at.must_write([&](session& work) { return work.jobs().remove(data.reminder.id); });
  check_broken(at, "is open and no job will end it");
  job other = data.reminder;
  at.must_write([&](session& work) { return work.jobs().insert(other); });
  other.id = at.id<job_id>();
  other.subject = data.ended.id.bytes;
  at.must_write([&](session& work) { return work.jobs().insert(other); });
  check_broken(at, "is for no open operation");
}

STORE_TEST_CASE("integrity: an ended operation that still holds a slot") {
  const sound_data data = make_sound_data(at);
  operation wrong = data.ended;
  wrong.id = at.id<operation_id>();
  wrong.slot_held = true;
  at.must_write([&](session& work) { return work.operations().insert(wrong); });
  check_broken(at, "has ended and still holds");
}

STORE_TEST_CASE("integrity: an approval that executes nothing") {
  const sound_data data = make_sound_data(at);
  approval row = make_approval(at, data.company);
  row.status = approval_status::executing;
  row.operation = data.ended.id;
  at.must_write([&](session& work) { return work.approvals().insert(row); });
  check_broken(at, "is executing without an open operation");
}

STORE_TEST_CASE("integrity: numbers without e164, with a mark twice, with nobody at work") {
  sound_data data = make_sound_data(at);
  const number sound = data.bought;
  data.bought.e164.clear();
  at.must_write([&](session& work) { return work.numbers().update(data.bought); });
  check_broken(at, "is active and has no e164");

  data.bought = sound;
  data.bought.mark = data.coming.mark;
  at.must_write([&](session& work) { return work.numbers().update(data.bought); });
  check_broken(at, data.coming.mark + " stands on 2 live numbers");

  data.bought = sound;
  data.bought.status = number_status::releasing;
  data.bought.release_operation = data.ended.id;
  at.must_write([&](session& work) { return work.numbers().update(data.bought); });
  check_broken(at, "is releasing and nothing releases it");

  data.bought = sound;
  data.bought.status = number_status::pending;
  at.must_write([&](session& work) { return work.numbers().update(data.bought); });
  check_broken(at, "is pending and nothing is buying it");
}

STORE_TEST_CASE("integrity: balances changed behind the ledger's back") {
  make_sound_data(at);
  at.close();
  at.home().run_sql(
      "UPDATE ledger_balances SET available = available + 7, granted = granted - 7");
  at.open();
  check_broken(at, "are not what its entries sum to");
}

STORE_TEST_CASE("integrity: the numbers a carrier should know, by number") {
  const sound_data data = make_sound_data(at);
  const auto carried = [&](std::string_view carrier, std::string_view after) {
    return at.must_read([&](session& work) {
      return work.integrity().carried_numbers(carrier, after, 10);
    });
  };
  const auto found = carried(data.bought.carrier, "");
  REQUIRE(found.size() == 1);
  CHECK(found[0].e164 == data.bought.e164);
  CHECK(found[0].mark == data.bought.mark);
  CHECK(carried(data.bought.carrier, data.bought.e164).empty());
  CHECK(carried("another", "").empty());
}

}  // namespace dialplane::test
