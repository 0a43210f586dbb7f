#include <limits>

#include "conformance/store_fixture.hpp"

namespace dialplane::test {

namespace {

result<ledger_entry> post(store_fixture& at, const ledger_entry& entry) {
  return at.write([&](session& work) { return work.ledger().post(entry); });
}

ledger_balances balances(store_fixture& at, const tenant& of) {
  return at.must_read([&](session& work) { return work.ledger().balances(of.company.id); });
}

}  // namespace

STORE_TEST_CASE("entries move credits between accounts and tell what is left") {
  const tenant mine = make_tenant(at);
  const tenant other = make_tenant(at);
  using account = ledger_account;
  const auto moved = [&](account from, account to, std::int64_t amount) {
    return post(at, make_entry(at, mine, from, to, amount));
  };
  CHECK(balances(at, mine).available == micro_credits{0});
  CHECK(moved(account::granted, account::available, 1000)->available_after == micro_credits{1000});
  CHECK(moved(account::available, account::held, 50)->available_after == micro_credits{950});
  CHECK(moved(account::held, account::spent, 46)->available_after == micro_credits{950});
  CHECK(moved(account::held, account::available, 4)->available_after == micro_credits{954});
  const ledger_balances now = balances(at, mine);
  CHECK(now.available == micro_credits{954});
  CHECK(now.held == micro_credits{0});
  CHECK(now.spent == micro_credits{46});
  CHECK(balances(at, other).available == micro_credits{0});
}

STORE_TEST_CASE("what a user took from the balance is counted by calendar month") {
  const tenant mine = make_tenant(at);
  using account = ledger_account;
  const user_id somebody = at.ids.make<user_id>();
  const auto move = [&](account from, account to, std::int64_t amount, std::int64_t at_ms) {
    ledger_entry entry = make_entry(at, mine, from, to, amount);
    entry.user = somebody;
    entry.created_at = timestamp{at_ms};
    REQUIRE(post(at, entry).has_value());
  };
  const auto spent = [&](std::int64_t at_ms, user_id who) {
    return at
        .must_read([&](session& work) {
          return work.ledger().spent_by_user(mine.company.id, who, month_of(timestamp{at_ms}));
        })
        .value;
  };
  constexpr std::int64_t january_end = 1'769'903'999'999;  // 2026-01-31T23:59:59.999Z
  move(account::granted, account::available, 1000, january_end);
  CHECK(spent(january_end, somebody) == 0);
  move(account::available, account::held, 50, january_end);
  move(account::available, account::held, 20, january_end + 1);
  CHECK(spent(january_end, somebody) == 50);
  CHECK(spent(january_end + 1, somebody) == 20);
  move(account::held, account::spent, 30, january_end + 1);
  CHECK(spent(january_end + 1, somebody) == 20);
  move(account::held, account::available, 40, january_end + 1);
  CHECK(spent(january_end + 1, somebody) == 0);  // never below zero
  CHECK(spent(january_end, somebody) == 50);
  CHECK(spent(january_end, mine.person.id) == 0);
}

STORE_TEST_CASE("neither available nor held credits go below zero") {
  const tenant mine = make_tenant(at);
  using account = ledger_account;
  REQUIRE(post(at, make_entry(at, mine, account::granted, account::available, 10)).has_value());
  for (const auto& [from, to, amount] :
       {std::tuple{account::available, account::held, 11},
        std::tuple{account::held, account::spent, 1}}) {
    const auto refused = post(at, make_entry(at, mine, from, to, amount));
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().kind == error_class::refused);
    CHECK(refused.error().code == error_code::insufficient_credits);
  }
  const auto huge = std::numeric_limits<std::int64_t>::max();
  const auto too_much =
      post(at, make_entry(at, mine, account::granted, account::available, huge));
  REQUIRE_FALSE(too_much.has_value());
  CHECK(too_much.error().kind == error_class::refused);
  for (const std::int64_t amount : {0, -5}) {
    CHECK_FALSE(post(at, make_entry(at, mine, account::granted, account::available, amount)));
  }
  CHECK_FALSE(post(at, make_entry(at, mine, account::available, account::available, 1)));
  CHECK(balances(at, mine).available == micro_credits{10});
  CHECK(balances(at, mine).held == micro_credits{0});
  const auto listed = at.must_read([&](session& work) {
    return work.ledger().page_of(mine.company.id, timestamp{0}, {.limit = 10});
  });
  CHECK(listed.rows.size() == 1);
}

STORE_TEST_CASE("entries are listed newest first, not older than asked") {
  const tenant mine = make_tenant(at);
  const tenant other = make_tenant(at);
  std::vector<ledger_entry> posted;
  for (int i = 0; i < 4; ++i) {
    const auto entry = post(at, make_entry(at, mine, ledger_account::granted,
                                           ledger_account::available, 1 + i));
    REQUIRE(entry.has_value());
    posted.push_back(*entry);
  }
  const auto list = [&](const tenant& of, timestamp since, const page_request& cut) {
    return at.must_read(
        [&](session& work) { return work.ledger().page_of(of.company.id, since, cut); });
  };
  const auto all = list(mine, timestamp{0}, {.limit = 3});
  REQUIRE(all.rows.size() == 3);
  CHECK(all.has_more);
  CHECK(shown(all.rows[0]) == shown(posted[3]));
  const auto late = list(mine, posted[2].created_at, {.limit = 3});
  CHECK(ids_of(late.rows) == std::vector{posted[3].id.bytes, posted[2].id.bytes});
  CHECK_FALSE(late.has_more);
  CHECK(list(other, timestamp{0}, {.limit = 3}).rows.empty());
  CHECK(ids_of(list(mine, posted[1].created_at,
                    {.before = posted[0].id.bytes, .limit = 1}).rows) ==
        std::vector{posted[1].id.bytes});
}

}  // namespace dialplane::test
