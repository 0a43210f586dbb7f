#include "conformance/store_fixture.hpp"

namespace dialplane::test {

STORE_TEST_CASE("organizations are found by id, the oldest first in lists") {
  const tenant first = make_tenant(at);
  tenant second = make_tenant(at);
  const auto all = at.must_read([](session& work) { return work.organizations().all(10); });
  REQUIRE(all.size() == 2);
  CHECK(shown(all[0]) == shown(first.company));
  CHECK(shown(all[1]) == shown(second.company));
  CHECK(at.must_read([](session& work) { return work.organizations().all(1); }).size() == 1);
  const auto found = at.must_read([](session& work) { return work.organizations().first(); });
  REQUIRE(found.has_value());
  CHECK(found->id == first.company.id);
  const organization_id unknown = at.id<organization_id>();
  CHECK_FALSE(at.must_read([=](session& work) { return work.organizations().find(unknown); }));

  second.company.id = at.id<organization_id>();
  second.company.slots_override.reset();
  at.must_write([&](session& work) { return work.organizations().insert(second.company); });
  const auto plain = at.must_read(
      [&](session& work) { return work.organizations().find(second.company.id); });
  REQUIRE(plain.has_value());
  CHECK(shown(*plain) == shown(second.company));
}

STORE_TEST_CASE("slots are counted per organization and never fall below zero") {
  const tenant mine = make_tenant(at);
  const tenant other = make_tenant(at);
  const auto used = [&](const tenant& of) {
    return at.must_read([&](session& work) {
      return work.organizations().slots_used(of.company.id);
    });
  };
  const auto add = [&](std::int64_t delta) {
    return at.write([&](session& work) {
      return work.organizations().add_slots_used(mine.company.id, delta);
    });
  };
  CHECK(used(mine) == 0);
  CHECK(add(2));
  CHECK(add(-1));
  CHECK(used(mine) == 1);
  CHECK(used(other) == 0);
  CHECK_FALSE(add(-2));
  CHECK(used(mine) == 1);
}

STORE_TEST_CASE("keys are found by hash, listed and revoked once") {
  const tenant mine = make_tenant(at);
  const tenant other = make_tenant(at);
  api_key key;
  key.id = at.id<api_key_id>();
  key.organization = mine.company.id;
  key.role = key_role::operator_key;
  key.hash.fill(0x5a);
  key.hint = "nv_sk_live_…a1b2";
  key.user = mine.person.id;
  key.agent = at.id<agent_id>();
  key.spend_cap_per_day = micro_credits::credits(7);
  key.expires_at = timestamp{5};
  key.created_at = at.time.now();
  at.must_write([&](session& work) { return work.organizations().insert_key(key); });

  const auto by_hash = at.must_read(
      [&](session& work) { return work.organizations().find_key_by_hash(key.hash); });
  REQUIRE(by_hash.has_value());
  CHECK(shown(*by_hash) == shown(key));
  const auto in_other = at.must_read(
      [&](session& work) { return work.organizations().find_key(other.company.id, key.id); });
  CHECK_FALSE(in_other.has_value());
  auto wrong = key.hash;
  wrong[31] = 0;
  CHECK_FALSE(at.must_read(
      [&](session& work) { return work.organizations().find_key_by_hash(wrong); }));

  api_key twin = key;
  twin.id = at.id<api_key_id>();
  const auto taken =
      at.write([&](session& work) { return work.organizations().insert_key(twin); });
  REQUIRE_FALSE(taken.has_value());
  CHECK(taken.error().kind == error_class::conflict);

  const auto revoke = [&](organization_id owner, std::int64_t moment) {
    at.must_write([&](session& work) {
      return work.organizations().revoke_key(owner, key.id, timestamp{moment});
    });
  };
  revoke(other.company.id, 8);
  revoke(mine.company.id, 9);
  revoke(mine.company.id, 10);
  const auto revoked = at.must_read(
      [&](session& work) { return work.organizations().find_key(mine.company.id, key.id); });
  REQUIRE(revoked.has_value());
  CHECK(revoked->revoked_at == timestamp{9});
  const auto listed = at.must_read([&](session& work) {
    return work.organizations().page_of_keys(mine.company.id, {.limit = 10});
  });
  CHECK(ids_of(listed.rows) == std::vector{key.id.bytes});
  CHECK_FALSE(listed.has_more);
}

STORE_TEST_CASE("usage of a key adds up per day") {
  const tenant mine = make_tenant(at);
  const api_key_id key = at.id<api_key_id>();
  at.must_write([&](session& work) -> result<void> {
    TRY(work.organizations().add_usage_of_key(key, 20'000, {1, {50}}));
    TRY(work.organizations().add_usage_of_key(key, 20'000, {2, {4}}));
    return work.organizations().add_usage_of_key(key, 20'001, {1, {1}});
  });
  const auto on = [&](std::int64_t day) {
    return at.must_read(
        [&](session& work) { return work.organizations().usage_of_key(key, day); });
  };
  CHECK(on(20'000).purchases == 3);
  CHECK(on(20'000).spent == micro_credits{54});
  CHECK(on(20'001).purchases == 1);
  CHECK(on(19'999).purchases == 0);
  CHECK(on(19'999).spent == micro_credits{0});
}

STORE_TEST_CASE("settings are kept and replaced") {
  const auto read = [&] {
    return at.must_read(
        [](session& work) { return work.organizations().setting("installation_id"); });
  };
  CHECK_FALSE(read().has_value());
  for (const char* value : {"one", "", "two"}) {
    at.must_write([&](session& work) {
      return work.organizations().put_setting("installation_id", value);
    });
    CHECK(read() == std::string(value));
  }
}

}  // namespace dialplane::test
