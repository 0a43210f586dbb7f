#include <doctest/doctest.h>

#include "domain/plans_and_prices.hpp"

using namespace dialplane;

TEST_CASE("the defaults give the founding figures") {
  const price_list prices;
  constexpr filings_due first{true, true};
  constexpr filings_due another_campaign{false, true};
  constexpr filings_due none{false, false};
  struct row {
    number_type type;
    filings_due due;
    std::int64_t first_month;
    std::int64_t brand_fee;
    std::int64_t campaign_fee;
    std::int64_t total;
  };
  const row rows[] = {
      {number_type::local, first, 4, 8, 38, 50},
      {number_type::local, another_campaign, 4, 0, 0, 4},
      {number_type::local, none, 4, 0, 0, 4},
      {number_type::toll_free, first, 8, 8, 38, 54},
      {number_type::toll_free, another_campaign, 8, 0, 0, 8},
  };
  for (const row& each : rows) {
    const number_quote quote = quote_number(prices, each.type, each.due);
    CHECK(quote.first_month == micro_credits::credits(each.first_month));
    CHECK(quote.brand_fee == micro_credits::credits(each.brand_fee));
    CHECK(quote.campaign_fee == micro_credits::credits(each.campaign_fee));
    CHECK(quote.total == micro_credits::credits(each.total));
  }
  CHECK(prices.starting_balance - quote_number(prices, number_type::local, first).total ==
        micro_credits::credits(950));
  CHECK(to_decimal(prices.outbound_sms_segment) == "0.04");
  CHECK(prices.inbound_sms == micro_credits{0});
}

TEST_CASE("prices are configuration, each filing's apart") {
  price_list prices;
  prices.monthly_local = *parse_credits("23.5");
  prices.brand_registration = *parse_credits("0.5");
  prices.campaign_registration = *parse_credits("10");
  prices.further_campaign_registration = *parse_credits("7");
  prices.toll_free_verification = *parse_credits("3");
  const auto total = [&](number_type type, filings_due due) {
    return to_decimal(quote_number(prices, type, due).total);
  };
  CHECK(total(number_type::local, {true, true}) == "34");
  CHECK(total(number_type::local, {false, true}) == "30.5");
  CHECK(total(number_type::local, {true, false}) == "24");
  CHECK(total(number_type::toll_free, {false, true}) == "11");
  CHECK(total(number_type::toll_free, {true, true}) == "18.5");
}

TEST_CASE("a registration's price is split without a rest") {
  for (const char* total : {"46", "10.1", "8", "7.9", "0", "1000"}) {
    CAPTURE(total);
    price_list prices;
    set_registration(prices, *parse_credits(total));
    CHECK(prices.brand_registration + prices.campaign_registration == *parse_credits(total));
    CHECK(prices.campaign_registration >= micro_credits{0});
    CHECK(prices.brand_registration <= micro_credits::credits(8));
  }
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
