// replay_queries on SQLite.
#pragma once

#include "base/sqlite.hpp"
#include "store/replay_queries.hpp"

namespace dialplane::sqlite {

class replay_table final : public replay_queries {
 public:
  explicit replay_table(database& on) : db_(on) {}

  result<std::optional<keyed_request>> find_keyed(const request_hash& key) override;
  result<void> insert_keyed(const keyed_request& row) override;
  result<std::vector<marked_request>> find_marked(const request_hash& fingerprint,
                                                  timestamp since) override;
  result<void> insert_marked(const marked_request& row) override;
  result<void> raise_retry_count(const marked_request& row, std::int64_t count) override;
  result<std::vector<tracked_request>> find_tracked(const request_hash& fingerprint,
                                                    timestamp since) override;
  result<void> insert_tracked(const tracked_request& row) override;
  result<void> rejoin_tracked(const tracked_request& row, const uuid_bytes& attempt,
                              const uuid_bytes& run, timestamp now) override;
  result<void> settle_tracked(const request_hash& fingerprint, const uuid_bytes& attempt,
                              bool delivered, timestamp now) override;
  // Rows of open work are passed over; a call looks at `limit` rows at most and the next one goes
  // on behind them, so that many open ones in front never keep the rest. Marked rows go by whole
  // buckets, so some stay up to ten minutes longer.
  result<std::int64_t> forget(timestamp keyed_before, timestamp marked_before,
                              std::size_t limit) override;

 private:
  result<std::int64_t> forget_marked(timestamp before, std::int64_t limit);
  result<std::int64_t> forget_keyed(timestamp before, std::int64_t limit);
  result<std::int64_t> forget_tracked(timestamp made_before, timestamp touched_before,
                                      std::int64_t limit);

  database& db_;
  std::int64_t forget_after_ = 0;  // keyed_requests.position looked at last
};

}  // namespace dialplane::sqlite
