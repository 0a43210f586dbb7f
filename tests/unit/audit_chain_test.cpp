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

TEST_CASE("a run that does not fit the chain says where, and why") {
  sealed_run whole;
  whole.first_sequence = 3;
  const audit_head before{2, audit_hash{7}};
  audit_hash last = before.hash;
  for (int i = 0; i < 4; ++i) {
    audit_entry entry;
    entry.action = "act." + std::to_string(i);
    entry.sequence = 3 + i;
    last = chain(last, entry);
    whole.hashes.push_back(last);
    whole.entries.push_back(entry);
  }
  audit_head end = before;
  CHECK_FALSE(follow(end, whole));
  CHECK(end.sequence == 6);
  CHECK(end.hash == last);

  const auto breaks = [&](std::int64_t sequence, std::string_view why, auto change) {
    sealed_run run = whole;
    change(run);
    audit_head so_far = before;
    const auto found = follow(so_far, run);
    REQUIRE(found);
    CHECK(found->sequence == sequence);
    CHECK(found->why == why);
  };
  breaks(4, "an entry was changed", [](sealed_run& run) { run.entries[1].action = "x"; });
  breaks(6, "an entry was changed", [](sealed_run& run) { run.hashes[3][0] ^= 1; });
  breaks(4, "an entry is missing",
         [](sealed_run& run) { run.entries.erase(run.entries.begin() + 1); });
  breaks(6, "an entry is missing", [](sealed_run& run) { run.entries.pop_back(); });
  breaks(4, "an entry was added", [](sealed_run& run) {
    run.entries.insert(run.entries.begin() + 1, run.entries[2]);
  });
  breaks(7, "an entry was added", [](sealed_run& run) { run.entries.push_back({}); });
  breaks(3, "an entry is missing", [](sealed_run& run) { run.first_sequence = 4; });
  breaks(3, "an entry was added", [](sealed_run& run) { run.hashes.clear(); });
}
