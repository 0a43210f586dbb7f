// Who did what with which key, when, at which price. Append-only and hash-chained: the hash of
// an entry covers the one before it, so a change in the middle shows.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/money.hpp"

namespace dialplane {

struct audit_entry {
  audit_id id;
  organization_id organization;
  std::string actor_type;            // operator, agent, system, local (command line)
  std::optional<api_key_id> key;
  std::string action;                // "phone.provision.accepted"
  std::string object;                // id of what it was done to
  std::optional<micro_credits> price;
  std::string detail;                // JSON object, without secrets
  std::string request_id;
  timestamp at;
  std::int64_t sequence = 0;         // per organization, from 1; 0 until sealed
  std::array<std::uint8_t, 32> hash{};  // set with the sequence
};

using audit_hash = std::array<std::uint8_t, 32>;

// The chained hash of an entry: SHA-256 over the previous hash and the entry's fields, each with
// its length in front.
audit_hash chain(const audit_hash& previous, const audit_entry& entry);

// The end of an organization's chain.
struct audit_head {
  std::int64_t sequence = 0;
  audit_hash hash{};
};

// Entries sealed together, as they are found: fewer or more than hashes, where somebody took one
// away or put one in between.
struct sealed_run {
  std::int64_t first_sequence = 0;
  std::vector<audit_hash> hashes;    // one for each entry sealed
  std::vector<audit_entry> entries;  // in their order
};

struct audit_break {
  std::int64_t sequence = 0;
  std::string why;  // "an entry was changed"
};

// Follows the chain from `so_far` over the next run, and leaves the new end there; says where the
// run does not fit.
std::optional<audit_break> follow(audit_head& so_far, const sealed_run& run);

}  // namespace dialplane
