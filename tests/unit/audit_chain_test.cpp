#include <doctest/doctest.h>

#include "domain/audit.hpp"

using namespace dialplane;

TEST_CASE("each field of an entry, and its place, is covered by the chain") {
  audit_entry entry;
  entry.actor_type = "operator";
  entry.action = "keys.create";
  entry.object = "ab";
  entry.detail = "c";
  entry.sequence = 1;
  const audit_hash start{};
  const audit_hash sealed = chain(start, entry);

  const auto differs = [&](auto change) {
    audit_entry other = entry;
    change(other);
    return chain(start, other) != sealed;
  };
  CHECK(differs([](audit_entry& e) { e.sequence = 2; }));
  CHECK(differs([](audit_entry& e) { e.actor_type = "agent"; }));
  CHECK(differs([](audit_entry& e) { e.key = api_key_id{}; }));
  CHECK(differs([](audit_entry& e) { e.price = micro_credits{0}; }));
  CHECK(differs([](audit_entry& e) { e.at.unix_ms = 1; }));
  CHECK(differs([](audit_entry& e) { e.request_id = "r"; }));
  // A byte moved from one field to the next is a change too.
  CHECK(differs([](audit_entry& e) {
    e.object = "a";
    e.detail = "bc";
  }));
  CHECK(chain(sealed, entry) != sealed);
}
