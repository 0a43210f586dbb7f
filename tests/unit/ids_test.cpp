#include <doctest/doctest.h>

#include <algorithm>
#include <set>
#include <thread>
#include <vector>

#include "base/ids.hpp"

using namespace dialplane;

namespace {

uuid_bytes filled(std::uint8_t value) {
  uuid_bytes bytes;
  bytes.fill(value);
  return bytes;
}

std::int64_t time_of(const uuid_bytes& id) {
  std::int64_t ms = 0;
  for (std::size_t i = 0; i < 6; ++i) ms = ms << 8 | id[i];
  return ms;
}

}  // namespace

TEST_CASE("ids have a UUID form and a base62 form") {
  CHECK(uuid_text(filled(0)) == "00000000-0000-0000-0000-000000000000");
  CHECK(base62_text(filled(0)) == "0000000000000000000000");
  CHECK(uuid_text(filled(0xff)) == "ffffffff-ffff-ffff-ffff-ffffffffffff");
  CHECK(base62_text(filled(0xff)) == "7n42DGM5Tflk9n8mt7Fhc7");  // 2^128 - 1
  uuid_bytes one{};
  one[15] = 61;
  CHECK(base62_text(one) == "000000000000000000000z");
  one[15] = 62;
  CHECK(base62_text(one) == "0000000000000000000010");
}

TEST_CASE("both forms round-trip, and base62 sorts as the bytes do") {
  const std::uint64_t seed = 20260301;
  CAPTURE(seed);
  seeded_random random(seed);
  uuid_bytes before{};
  for (int i = 0; i < 2000; ++i) {
    uuid_bytes bytes;
    random.fill(bytes);
    if (i % 3 == 0) std::fill_n(bytes.begin(), i % 16, std::uint8_t{0});
    CHECK(parse_uuid_text(uuid_text(bytes)) == bytes);
    CHECK(parse_base62_text(base62_text(bytes)) == bytes);
    CHECK((base62_text(before) < base62_text(bytes)) == (before < bytes));
    before = bytes;
  }
}

TEST_CASE("base62 beyond 2^128, of another length or alphabet is refused") {
  CHECK(parse_base62_text("7n42DGM5Tflk9n8mt7Fhc7"));
  const char* const wrong[] = {
      "7n42DGM5Tflk9n8mt7Fhc8",  // 2^128
      "7n42DGM5Tflk9n8mt7Fhcz",
      "8000000000000000000000",
      "zzzzzzzzzzzzzzzzzzzzzz",
      "",
      "0",
      "000000000000000000000",
      "00000000000000000000000",
      "000000000000000000000-",
      "000000000000000000000_",
      "00000000000 0000000000",
      "000000000000000000000\xc3",
  };
  for (const char* text : wrong) {
    CAPTURE(text);
    CHECK_FALSE(parse_base62_text(text));
  }
}

TEST_CASE("only well formed UUID texts are read") {
  CHECK(parse_uuid_text("0198C2A4-ABCD-7000-8000-0123456789aB"));
  const char* const wrong[] = {
      "",
      "0198c2a4abcd700080000123456789ab",
      "0198c2a4-abcd-7000-8000-0123456789a",
      "0198c2a4-abcd-7000-8000-0123456789abc",
      "0198c2a4-abcd-7000-80000-123456789ab",
      "0198c2a4-abcd-7000-8000_0123456789ab",
      "0198c2a4-abcd-7000-8000-0123456789ag",
      "{198c2a4-abcd-7000-8000-0123456789a}",
      "-198c2a4-abcd-7000-8000-0123456789ab",
  };
  for (const char* text : wrong) {
    CAPTURE(text);
    CHECK_FALSE(parse_uuid_text(text));
  }
}

TEST_CASE("a typed id reads both its forms and no other kind's") {
  number_id id{filled(0x5a)};
  CHECK(number_id::parse(id.uuid()) == id);
  CHECK(number_id::parse(id.prefixed()) == id);
  CHECK(id.prefixed().starts_with("pn_"));
  CHECK_FALSE(agent_id::parse(id.prefixed()));
  CHECK_FALSE(number_id::parse("pn_"));
  CHECK_FALSE(number_id::parse("pn_" + id.uuid()));
  CHECK_FALSE(number_id::parse(base62_text(id.bytes)));
  CHECK_FALSE(number_id::parse(""));
  // A kind without a prefix has the UUID form only.
  CHECK(user_id::parse(id.uuid()));
  CHECK_FALSE(user_id::parse(base62_text(id.bytes)));
}

TEST_CASE("generated ids are version 7, variant 2, of now, and rise strictly") {
  manual_clock time({1'772'323'200'000});
  seeded_random random(3);
  id_generator ids(time, random);
  uuid_bytes before = ids.next();
  CHECK(time_of(before) == 1'772'323'200'000);
  for (int i = 0; i < 20'000; ++i) {  // more than one millisecond's counter can hold
    if (i % 1000 == 999) time.advance(std::chrono::milliseconds(i % 2000 == 999 ? 3 : -7));
    const uuid_bytes next = ids.next();
    REQUIRE(before < next);
    REQUIRE((next[6] >> 4) == 7);
    REQUIRE((next[8] >> 6) == 2);
    before = next;
  }
  // The clock catches up again.
  time.advance(std::chrono::hours(1));
  CHECK(time_of(ids.next()) == time.now().unix_ms);
}

TEST_CASE("ids made by several threads are all different") {
  system_clock time;
  system_random random;
  id_generator ids(time, random);
  std::vector<std::vector<uuid_bytes>> made(4);
  std::vector<std::thread> threads;
  for (auto& mine : made) {
    threads.emplace_back([&ids, &mine] {
      for (int i = 0; i < 5000; ++i) mine.push_back(ids.next());
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::set<uuid_bytes> all;
  for (const auto& mine : made) {
    CHECK(std::is_sorted(mine.begin(), mine.end()));
    all.insert(mine.begin(), mine.end());
  }
  CHECK(all.size() == 20'000);
}
