// The rate limit of a key: a minute's burst, even refill, honest waiting times.
#include <doctest/doctest.h>

#include "edge/rest/rate_limiter.hpp"

using namespace dialplane;
using namespace std::chrono_literals;

namespace {

const api_key_id mine{{1}};
const api_key_id yours{{2}};
const rate_limiter::time_point start{1h};

}  // namespace

TEST_CASE("a minute's worth may burst, then requests wait for their share") {
  rate_limiter rates(60);
  for (int i = 0; i < 60; ++i) {
    const auto verdict = rates.take(mine, start);
    REQUIRE(verdict.allowed);
    CHECK(verdict.remaining == 59 - i);
  }
  const auto refused = rates.take(mine, start);
  CHECK_FALSE(refused.allowed);
  CHECK(refused.limit == 60);
  CHECK(refused.remaining == 0);
  CHECK(refused.retry_after == 1000ms);
  CHECK(refused.full_after == 60'000ms);
  CHECK_FALSE(rates.take(mine, start + 999ms).allowed);
  CHECK(rates.take(mine, start + 1001ms).allowed);
  CHECK_FALSE(rates.take(mine, start + 1001ms).allowed);
}

TEST_CASE("a refused request costs nothing, and keys do not share") {
  rate_limiter rates(1);
  CHECK(rates.take(mine, start).allowed);
  for (int i = 0; i < 100; ++i) CHECK_FALSE(rates.take(mine, start + 30s).allowed);
  CHECK(rates.take(yours, start + 30s).allowed);
  CHECK(rates.take(mine, start + 60s).allowed);
}

TEST_CASE("zero switches the limit off") {
  rate_limiter rates(0);
  for (int i = 0; i < 1000; ++i) {
    const auto verdict = rates.take(mine, start);
    CHECK(verdict.allowed);
    CHECK(verdict.limit == 0);
  }
}

TEST_CASE("the table stays bounded and never makes a client wait longer for it") {
  rate_limiter rates(1, 4);
  for (std::uint8_t i = 0; i < 200; ++i) {
    CHECK(rates.take(api_key_id{{9, i}}, start).allowed);
  }
}
