// Memory of requests, so that the same one sent twice acts once.
//
// Three kinds of rows: by Idempotency-Key (kept at least 24 hours); for clients that mark their
// retries instead, by fingerprint of key, path and body (kept some minutes); and for those that do
// neither, by fingerprint until their answer has arrived.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/ids.hpp"

namespace dialplane {

using request_hash = std::array<std::uint8_t, 16>;

struct keyed_request {
  request_hash key;                       // over organization, user, path and the header's value
  request_hash body;                      // of the canonical body
  std::optional<operation_id> operation;  // the request became this operation, ...
  std::optional<approval_id> approval;    // ... or this approval, ...
  std::string sealed_answer;              // ... or ended at once with this answer
  timestamp created_at;
};

struct marked_request {
  request_hash fingerprint;
  uuid_bytes id{};                        // orders equal fingerprints by age
  std::int64_t highest_retry_count = 0;
  std::optional<operation_id> operation;
  std::optional<approval_id> approval;
  std::string sealed_answer;
  timestamp created_at;
};

// A request whose answer nobody knows to have arrived. Once it has, the row is gone.
struct tracked_request {
  request_hash fingerprint;
  uuid_bytes id{};                        // orders equal fingerprints by age
  uuid_bytes attempt{};                   // of the request that is answered from it now
  uuid_bytes run{};                       // of the server that took that request
  bool is_undelivered = false;            // or in flight, as far as was written
  std::optional<operation_id> operation;
  std::optional<approval_id> approval;
  std::string sealed_answer;
  timestamp created_at;
  timestamp touched_at;                   // when that attempt began, or its answer was lost
};

class replay_queries {
 public:
  virtual ~replay_queries() = default;
  virtual result<std::optional<keyed_request>> find_keyed(const request_hash& key) = 0;
  virtual result<void> insert_keyed(const keyed_request& row) = 0;  // conflict: key taken
  // Rows with that fingerprint made since `since`, oldest first, at most 100.
  virtual result<std::vector<marked_request>> find_marked(const request_hash& fingerprint,
                                                          timestamp since) = 0;
  virtual result<void> insert_marked(const marked_request& row) = 0;
  virtual result<void> raise_retry_count(const marked_request& row, std::int64_t count) = 0;
  // Forgets keyed rows of ended work and marked rows made before these times, and tracked rows that
  // find_tracked() no longer finds or that are older than keyed ones; `limit` at most.
  virtual result<std::int64_t> forget(timestamp keyed_before, timestamp marked_before,
                                      std::size_t limit) = 0;

  // Rows with that fingerprint that were touched since `since` or whose work is open or ended since
  // then, oldest first, at most 100.
  virtual result<std::vector<tracked_request>> find_tracked(const request_hash& fingerprint,
                                                            timestamp since) = 0;
  virtual result<void> insert_tracked(const tracked_request& row) = 0;
  // Another attempt takes the row over: in flight again.
  virtual result<void> rejoin_tracked(const tracked_request& row, const uuid_bytes& attempt,
                                      const uuid_bytes& run, timestamp now) = 0;
  // How that attempt's answer ended: the row goes, or is marked. Nothing where the row belongs to
  // another attempt by now.
  virtual result<void> settle_tracked(const request_hash& fingerprint, const uuid_bytes& attempt,
                                      bool delivered, timestamp now) = 0;
};

}  // namespace dialplane
