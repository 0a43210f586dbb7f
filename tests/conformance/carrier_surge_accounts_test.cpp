// Surge's accounts: one per owner, never made twice, and found again without reading all of them.
#include <map>
#include <set>

#include "conformance/surge_books.hpp"

namespace dialplane::test {

TEST_CASE("surge: each owner has an account of its own, and its numbers stay there") {
  surge_fixture at;
  REQUIRE(buy_for(at, "owner-a", at.any_number(), "mark-1"));
  REQUIRE(buy_for(at, "owner-b", at.any_number(), "mark-2"));
  REQUIRE(buy_for(at, "owner-a", at.any_number(), "mark-3"));
  REQUIRE(at.buy(at.any_number(), "mark-4"));
  at.reopen();
  REQUIRE(buy_for(at, "owner-b", at.any_number(), "mark-5"));
  for (const char* owner : {"owner-a", "owner-b", "dialplane-test00"}) {
    CHECK(accounts_named(at, owner) == 1);
  }
  std::map<std::string, std::string> account_of_mark;
  for (const object& row : rows(at, "numbers")) {
    account_of_mark[row.at("mark").as_string().c_str()] = row.at("account").as_string().c_str();
  }
  CHECK(account_of_mark["mark-1"] == account_of_mark["mark-3"]);
  CHECK(account_of_mark["mark-2"] == account_of_mark["mark-5"]);
  CHECK(std::set{account_of_mark["mark-1"], account_of_mark["mark-2"],
                 account_of_mark["mark-4"]}.size() == 3);
  std::set<std::string> listed;
  for (const std::size_t limit : {1, 2, 100}) {
    listed.clear();
    for (const carrier_number& each : at.list_all(limit)) CHECK(listed.insert(each.mark).second);
    CHECK(listed.size() == 5);
  }
}

TEST_CASE("surge: an account is made once, whatever becomes of the answer") {
  for (const char* how : {"lose_answer", "error_after", "garbage", "truncated", "slow"}) {
    INFO("fault ", std::string(how));
    surge_fixture at;
    REQUIRE(at.buy(at.any_number(), "mark-0"));
    at.order(how, "create_account", 1, 4'000);
    const std::string number = at.any_number();
    const auto bought = buy_for(at, "owner-a", number, "mark-1");
    if (!bought) FAIL(describe(bought.error()));
    CHECK(accounts_named(at, "owner-a") == 1);
    CHECK(rows(at, "purchases").size() == 2);
  }
}

TEST_CASE("surge: an account that the process before asked for is not made again") {
  for (const char* how : {"lose_answer", "error_after", "garbage", "late_commit", "lose_request"}) {
    INFO("fault ", std::string(how));
    surge_fixture at;
    REQUIRE(at.buy(at.any_number(), "mark-0"));
    const std::string number = at.any_number();
    at.order(how, "create_account", 1, 10'000);
    // The process dies as soon as it has asked.
    const auto lost = start_buy_for(at, "owner-a", number, "mark-1");
    REQUIRE(at.loop().run_until([&] { return calls_of(at, "create_account") == 2; }));
    at.reopen();
    const auto again = start_buy_for(at, "owner-a", number, "mark-1");
    if (std::string_view(how) == "late_commit" || std::string_view(how) == "lose_request") {
      // Asked, and not there yet: nothing is made before it can be known.
      at.loop().run_ready();
      CHECK_FALSE(again.has_come());
      at.pass(milliseconds(10'001));
      CHECK(accounts_named(at, "owner-a") == (std::string_view(how) == "late_commit" ? 1 : 0));
      at.pass(at.subject().abilities().settling_time);
    }
    const auto bought = at.await(again);
    if (!bought) FAIL(describe(bought.error()));
    CHECK(accounts_named(at, "owner-a") == 1);
    // Later it is as quick as ever.
    at.pass(at.subject().abilities().settling_time);
    REQUIRE(buy_for(at, "owner-b", at.any_number(), "mark-2"));
    CHECK(accounts_named(at, "owner-b") == 1);
    CHECK(rows(at, "purchases").size() == 3);
  }
}

TEST_CASE("surge: an account that comes after the list was asked for is not made again") {
  surge_fixture at;
  REQUIRE(at.buy(at.any_number(), "mark-0"));
  const std::string number = at.any_number();
  at.order("late_commit", "create_account", 1, 10'000);
  const auto lost = start_buy_for(at, "owner-a", number, "mark-1");
  REQUIRE(at.loop().run_until([&] { return calls_of(at, "create_account") == 2; }));
  at.reopen();
  const std::int64_t lists = calls_of(at, "list_accounts");
  at.order("slow", "list_accounts", 1, 300);
  const auto again = start_buy_for(at, "owner-a", number, "mark-1");
  wait_for_calls(at, "list_accounts", lists + 1);
  at.pass(milliseconds(10'001));
  at.pass(at.subject().abilities().settling_time);
  const auto bought = at.await(again);
  if (!bought) FAIL(describe(bought.error()));
  CHECK(accounts_named(at, "owner-a") == 1);
  CHECK(calls_of(at, "create_account") == 2);
}

TEST_CASE("surge: a look-up by mark reads the accounts of the mark's organization only") {
  surge_fixture at;
  const auto mark_of = [](char organization, char operation) {
    return "dp1_test00_" + std::string(21, '0') + organization + "_" + std::string(21, '0') +
           operation;
  };
  std::vector<std::string> marks;
  for (const char organization : {'1', '2', '3', '4', '5', '6'}) {
    marks.push_back(mark_of(organization, '1'));
    REQUIRE(buy_for(at, std::string("owner-") + organization, at.any_number(), marks.back()));
  }
  const std::string nobodys = mark_of('1', '9');
  REQUIRE(at.buy(at.any_number(), nobodys));
  CHECK(accounts_named(at, "owner-1 dpo_" + std::string(21, '0') + "1") == 1);
  at.reopen();
  const auto lists = [&at] { return calls_of(at, "list"); };
  const std::int64_t before = lists();
  // Nobody's account is of every organization. First what is nowhere: whoever finds leaves other
  // reads behind, under way.
  CHECK_FALSE(at.look_up("", mark_of('7', '1'))->has_value());
  CHECK(lists() - before == 1);
  for (const std::string& mark : marks) {
    const auto found = at.look_up("", mark);
    REQUIRE(found);
    REQUIRE(found->has_value());
    CHECK((*found)->mark == mark);
  }
  CHECK(lists() - before <= static_cast<std::int64_t>(1 + 2 * marks.size()));
  REQUIRE((*at.look_up("", nobodys)).has_value());
}

TEST_CASE("surge: an account that may still be made is waited for") {
  for (const char* how : {"late_commit", "lose_request"}) {
    INFO("fault ", std::string(how));
    surge_fixture at;
    REQUIRE(at.buy(at.any_number(), "mark-0"));
    const std::string number = at.any_number();
    at.order(how, "create_account", 1, 10'000);
    for (int tries = 0; tries < 3; ++tries) {
      const auto early = buy_for(at, "owner-a", number, "mark-1");
      REQUIRE_FALSE(early);
      CHECK(early.error().kind == error_class::not_done);
    }
    CHECK(accounts_named(at, "owner-a") == 0);
    at.pass(at.subject().abilities().settling_time + milliseconds(1));
    REQUIRE(buy_for(at, "owner-a", number, "mark-1"));
    CHECK(accounts_named(at, "owner-a") == 1);
  }
}

}  // namespace dialplane::test
