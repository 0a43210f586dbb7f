// How many requests a key may make: one token bucket per key, filled evenly over the minute.
//
// A bucket holds a minute's worth of requests, so a quiet key may burst. Bounded: full buckets are
// forgotten first, which changes nothing, then all. Safe from several threads.
#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>
#include <unordered_map>

#include "base/ids.hpp"

namespace dialplane {

struct rate_verdict {
  bool allowed = true;
  std::int64_t limit = 0;                      // per minute; 0: no limit
  std::int64_t remaining = 0;                  // whole requests left
  std::chrono::milliseconds retry_after{0};    // until the next one is allowed
  std::chrono::milliseconds full_after{0};     // until the bucket is full again
};

class rate_limiter {
 public:
  using time_point = std::chrono::steady_clock::time_point;

  explicit rate_limiter(std::int64_t per_minute, std::size_t keys_max = 100'000)
      : per_minute_(per_minute), keys_max_(keys_max) {}

  // Takes one request's worth, if there is one.
  rate_verdict take(api_key_id key, time_point at);

 private:
  struct bucket {
    double tokens = 0;
    time_point filled_at;
  };
  void forget_some(time_point at);
  double tokens_at(const bucket& from, time_point at) const noexcept;

  const std::int64_t per_minute_;
  const std::size_t keys_max_;
  std::mutex mutex_;
  std::unordered_map<api_key_id, bucket> buckets_;
};

}  // namespace dialplane
