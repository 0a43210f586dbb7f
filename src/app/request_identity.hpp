// By what a request is recognised when it is sent again: its Idempotency-Key, or, for clients that
// mark retries instead, its fingerprint and retry count.
//
// The edge computes it (hashes over organization or key, user, path and canonical body); use cases
// look it up and store it in the transaction of the act. Rules: cartesia dialect §8.3, naive §3.5.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "store/replay_queries.hpp"

namespace dialplane {

struct request_identity {
  request_hash body{};                        // of the canonical body (members sorted)
  std::optional<request_hash> key;            // organization, user, path, Idempotency-Key
  std::optional<request_hash> fingerprint;    // api key, path, body: only if the client counts
  std::int64_t retry_count = 0;               // x-stainless-retry-count
  request_hash equal_request{};               // api key, user, path, body: for approvals
  std::string request_id;                     // for answers and the audit log
};

}  // namespace dialplane
