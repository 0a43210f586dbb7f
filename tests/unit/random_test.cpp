#include <doctest/doctest.h>

#include <array>
#include <set>
#include <vector>

#include "base/random.hpp"

using namespace dialplane;

TEST_CASE("a seeded source repeats itself, and another seed differs") {
  std::array<std::uint8_t, 37> first;
  std::array<std::uint8_t, 37> again;
  std::array<std::uint8_t, 37> other;
  seeded_random(7).fill(first);
  seeded_random(7).fill(again);
  seeded_random(8).fill(other);
  CHECK(first == again);
  CHECK(first != other);
}

TEST_CASE("the kernel's source never gives the same block twice, small or large") {
  system_random random;
  std::set<std::vector<std::uint8_t>> seen;
  for (const std::size_t size : {16U, 1024U, 1025U, 5000U}) {
    for (int i = 0; i < 300; ++i) {
      std::vector<std::uint8_t> bytes(size);
      random.fill(bytes);
      CHECK(seen.insert(bytes).second);
    }
  }
  random.fill({});
}

TEST_CASE("below stays below and reaches every value") {
  seeded_random random(1);
  CHECK(random.below(1) == 0);
  for (const std::uint64_t bound : {2U, 3U, 7U, 10U}) {
    std::set<std::uint64_t> seen;
    for (int i = 0; i < 1000; ++i) {
      const std::uint64_t value = random.below(bound);
      REQUIRE(value < bound);
      seen.insert(value);
    }
    CHECK(seen.size() == bound);
  }
  for (int i = 0; i < 100; ++i) {
    CHECK(random.below((1ULL << 63) + 1) <= 1ULL << 63);
    CHECK(random.below(UINT64_MAX) < UINT64_MAX);
  }
}
