#include <doctest/doctest.h>

#include "domain/plans_and_prices.hpp"

using namespace dialplane;

TEST_CASE("the defaults give the founding figures") {
  const price_list prices;
  struct row {
    number_type type;
    bool is_first;
    std::int64_t registration;
    std::int64_t first_month;
    std::int64_t total;
  };
  const row rows[] = {
      {number_type::local, true, 46, 4, 50},
      {number_type::local, false, 0, 4, 4},
      {number_type::toll_free, true, 46, 8, 54},
      {number_type::toll_free, false, 0, 8, 8},
  };
  for (const row& each : rows) {
    const number_quote quote = quote_number(prices, each.type, each.is_first);
    CHECK(quote.registration == micro_credits::credits(each.registration));
    CHECK(quote.first_month == micro_credits::credits(each.first_month));
    CHECK(quote.total == micro_credits::credits(each.total));
  }
  CHECK(prices.starting_balance - quote_number(prices, number_type::local, true).total ==
        micro_credits::credits(950));
  CHECK(to_decimal(prices.outbound_sms_segment) == "0.04");
  CHECK(prices.inbound_sms == micro_credits{0});
}

TEST_CASE("prices are configuration") {
  price_list prices;
  prices.registration = micro_credits::credits(1000);
  prices.monthly_local = *parse_credits("23.5");
  CHECK(to_decimal(quote_number(prices, number_type::local, true).total) == "1023.5");
}

TEST_CASE("plans and their slots") {
  const slot_table slots;
  CHECK(slots.of(plan::free) == 1);
  CHECK(slots.of(plan::pro) == 3);
  CHECK(slots.of(plan::startup) == 5);
  CHECK(slots.of(plan::scale) == 10);
  for (const plan each :
       {plan::free, plan::pro, plan::startup, plan::scale, plan::enterprise}) {
    CHECK(parse_plan(name_of(each)) == each);
  }
  CHECK_FALSE(parse_plan("Free"));
  CHECK_FALSE(parse_plan(""));
}

TEST_CASE("number types by name") {
  CHECK(parse_number_type("local") == number_type::local);
  CHECK(parse_number_type("toll_free") == number_type::toll_free);
  CHECK(name_of(number_type::toll_free) == "toll_free");
  CHECK_FALSE(parse_number_type("tollfree"));
  CHECK_FALSE(parse_number_type(""));
}
