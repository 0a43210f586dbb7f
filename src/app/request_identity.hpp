// By what a request is recognised when it is sent again: its Idempotency-Key; for clients that mark
// retries instead, its fingerprint and retry count; for those that do neither, its fingerprint and
// whether the earlier answer arrived (delivery_tracker.hpp).
//
// The edge computes it (hashes over organization or key, user, path and canonical body); use cases
// look it up and store it in the transaction of the act. Rules: cartesia dialect §8.3, naive §3.5.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "store/replay_queries.hpp"

namespace dialplane {

class tracked_attempt;

struct request_identity {
  request_hash body{};                        // of the canonical body (members sorted)
  std::optional<request_hash> key;            // organization, user, path, Idempotency-Key
  std::optional<request_hash> fingerprint;    // api key, path, body: only if the client counts
  std::int64_t retry_count = 0;               // x-stainless-retry-count
  std::shared_ptr<tracked_attempt> delivery;  // only without a key, where the request tracks it
  request_hash equal_request{};               // api key, user, path, body: for approvals
  std::string request_id;                     // for answers and the audit log

  // Whether an equal request may find it.
  bool is_remembered() const { return key || delivery || fingerprint; }
};

}  // namespace dialplane
