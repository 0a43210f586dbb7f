// Rentals: months charged once, what is unpaid, and what a kill leaves.
#include <algorithm>

#include "conformance/reconcile_fixture.hpp"
#include "workflow/rentals/rental_clerk.hpp"
#include "workflow/rentals/settle_rental.hpp"

namespace dialplane::test {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds month{100'000};

class rental_fixture {
 public:
  explicit rental_fixture(store_fixture& at) : with(at), at_(at) {
    rules.month = month;
    rules.grace = milliseconds(30'000);
    rules.retry = milliseconds(10'000);
    phone = with.here("+14155550100");
    phone.created_at = with.time.now();
    phone.updated_at = phone.created_at;
    at.must_write([&](session& work) { return work.numbers().update(phone); });
  }

  void give(std::int64_t credits) {
    at_.must_write([&](session& work) -> result<void> {
      TRY(work.ledger().post(make_entry(at_, with.own, ledger_account::granted,
                                        ledger_account::available, credits * 1'000'000)));
      return {};
    });
  }
  void keep(const rental& row) {
    at_.must_write([&](session& work) { return work.rentals().put(row); });
  }
  std::optional<rental> kept() {
    return at_.must_read(
        [&](session& work) { return work.rentals().find(phone.organization, phone.id); });
  }
  number now() {
    return at_.must_read(
        [&](session& work) { return work.numbers().find(phone.organization, phone.id); })
        .value();
  }
  // All that is due, one after the other.
  int settle() {
    return at_.must_write([&](session& work) -> result<int> {
      int looked = 0;
      while (true) {
        TRY_ASSIGN(const auto due, work.rentals().due(with.time.now(), 10));
        if (due.empty()) return looked;
        for (const rental& row : due) TRY(settle_rental(work, *with.env, rules, row));
        looked += static_cast<int>(due.size());
      }
    });
  }
  std::int64_t spent() {
    return at_.must_read([&](session& work) {
              return work.ledger().balances(with.own.company.id);
            }).spent.value / 1'000'000;
  }
  void pass(milliseconds time) { with.time.set(with.time.now() + time); }
  std::vector<std::string> told() {
    auto all = with.events();
    std::erase_if(all, [](const std::string& type) { return !type.starts_with("phone.rental"); });
    return all;
  }

  reconcile_fixture with;
  rental_rules rules;
  number phone;

 private:
  store_fixture& at_;
};

}  // namespace

STORE_TEST_CASE("rental: each month is charged once, when it begins") {
  rental_fixture rent(at);
  rent.give(100);
  rent.keep(new_rental(rent.phone, rent.rules, rent.with.time.now()));
  CHECK(rent.settle() == 0);  // the first month came with the purchase
  rent.pass(month);
  CHECK(rent.settle() == 1);
  CHECK(rent.spent() == 4);
  CHECK(rent.settle() == 0);
  rent.pass(month * 3);  // the server was down: every month that began
  CHECK(rent.settle() == 3);
  CHECK(rent.spent() == 16);
  CHECK(rent.told() == texts{});
  CHECK(rent.kept()->state == rental_state::paid);
  const auto entries = at.must_read([&](session& work) {
    return work.ledger().page_of(rent.with.own.company.id, timestamp{0}, {.limit = 50});
  });
  std::vector<std::string> references;
  for (const ledger_entry& one : entries.rows) {
    if (one.kind == ledger_kind::rental) references.push_back(one.reference);
  }
  std::ranges::sort(references);
  CHECK(references.size() == 4);
  CHECK(std::ranges::adjacent_find(references) == references.end());
  CHECK(rent.with.violations() == texts{});
}

STORE_TEST_CASE("rental: unpaid, then suspended, then paid; never released") {
  rental_fixture rent(at);
  rent.keep(new_rental(rent.phone, rent.rules, rent.with.time.now()));
  rent.pass(month);
  rent.settle();
  CHECK(rent.told() == texts{"phone.rental_due"});
  CHECK(rent.now().status == number_status::active);
  rent.pass(milliseconds(10'000));
  rent.settle();
  CHECK(rent.told() == texts{"phone.rental_due"});  // told once
  rent.pass(milliseconds(20'000));
  rent.settle();
  CHECK(rent.told() == texts{"phone.rental_due", "phone.rental_suspended"});
  CHECK(rent.now().status == number_status::suspended);
  CHECK(rent.kept()->state == rental_state::suspended);
  rent.pass(month * 5);
  rent.settle();
  CHECK(rent.now().status == number_status::suspended);  // and nothing else
  CHECK(rent.told().size() == 2);
  CHECK(rent.spent() == 0);
  // A top-up is noticed at once. Not all months can be paid yet.
  rent.give(10);
  CHECK(at.must_write([&](session& work) {
    return work.rentals().retry_unpaid(rent.phone.organization, rent.with.time.now());
  }) == 1);
  rent.settle();
  CHECK(rent.spent() == 8);
  CHECK(rent.now().status == number_status::suspended);
  rent.give(100);
  at.must_write([&](session& work) {
    return work.rentals().retry_unpaid(rent.phone.organization, rent.with.time.now());
  });
  rent.settle();
  CHECK(rent.spent() == 24);
  CHECK(rent.now().status == number_status::active);
  CHECK(rent.told() ==
        texts{"phone.rental_due", "phone.rental_suspended", "phone.rental_paid"});
  CHECK_FALSE(rent.kept()->unpaid_since);
  CHECK(rent.with.violations() == texts{});
}

STORE_TEST_CASE("rental: nothing of a month remains where its transaction fails") {
  rental_fixture rent(at);
  rent.give(100);
  rent.keep(new_rental(rent.phone, rent.rules, rent.with.time.now()));
  rent.pass(month);
  const auto failed = at.write([&](session& work) -> result<void> {
    TRY_ASSIGN(const auto due, work.rentals().due(rent.with.time.now(), 10));
    TRY(settle_rental(work, *rent.with.env, rent.rules, due.at(0)));
    return internal_fault("as if the process died here");
  });
  CHECK_FALSE(failed);
  CHECK(rent.spent() == 0);
  rent.settle();
  CHECK(rent.spent() == 4);
}

STORE_TEST_CASE("rental: free months, numbers on their way out, and numbers that are gone") {
  rental_fixture rent(at);
  rent.rules.local = {};
  rent.keep(new_rental(rent.phone, rent.rules, rent.with.time.now()));
  rent.pass(month);
  CHECK(rent.settle() == 1);
  CHECK(rent.spent() == 0);
  CHECK(rent.kept()->months_settled == 2);
  rent.rules.local = micro_credits::credits(4);
  number leaving = rent.now();
  leaving.status = number_status::releasing;
  at.must_write([&](session& work) { return work.numbers().update(leaving); });
  rent.pass(month);
  CHECK(rent.settle() == 1);
  CHECK(rent.told() == texts{});
  CHECK(rent.now().status == number_status::releasing);
  leaving.status = number_status::released;
  at.must_write([&](session& work) { return work.numbers().update(leaving); });
  rent.pass(month);
  CHECK(rent.settle() == 1);
  CHECK_FALSE(rent.kept());
  CHECK(rent.spent() == 0);
}

STORE_TEST_CASE("rental: the clerk finds numbers without a rental, and charges them") {
  rental_fixture rent(at);
  rent.give(1'000);
  for (int i = 0; i < 30; ++i) {
    number more = rent.with.here("+14155551" + std::to_string(100 + i));
    more.created_at = rent.with.time.now();
    at.must_write([&](session& work) { return work.numbers().update(more); });
  }
  number imported = rent.with.here("+14155552000");
  imported.imported = true;  // takes no slot
  at.must_write([&](session& work) -> result<void> {
    TRY(work.organizations().add_slots_used(imported.organization, -1));
    return work.numbers().update(imported);
  });
  {
    // Time stands still until every number has its row; then a month passes.
    const running_loop loop = at.make_loop();
    rental_clerk clerk(*rent.with.env, *loop, rent.rules);
    clerk.start();
    const auto rows = [&] {
      return at.must_read([&](session& work) -> result<std::size_t> {
        TRY_ASSIGN(const auto soon, work.rentals().due(rent.with.time.now() + month * 2, 100));
        return soon.size();
      });
    };
    rent.with.wait_until([&] { return rows() == 31; });
    CHECK(rent.spent() == 0);
    rent.pass(month);
    rent.with.wait_until([&] { return rent.spent() == 31 * 4; });
    clerk.stop();
    rent.with.drain(*loop);
  }
  const auto never = at.must_read(
      [&](session& work) { return work.rentals().find(imported.organization, imported.id); });
  REQUIRE(never);
  CHECK(never->state == rental_state::exempt);
  for (const std::string& one : rent.with.violations()) FAIL_CHECK(one);
}

}  // namespace dialplane::test
