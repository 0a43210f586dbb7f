#include "edge/rest/rate_limiter.hpp"

#include <algorithm>
#include <cmath>

namespace dialplane {

namespace {

constexpr double minute_ms = 60'000.0;

std::chrono::milliseconds rounded_up_ms(double ms) {
  return std::chrono::milliseconds(static_cast<std::int64_t>(std::ceil(ms)));
}

}  // namespace

double rate_limiter::tokens_at(const bucket& from, time_point at) const noexcept {
  using float_ms = std::chrono::duration<double, std::milli>;
  const double passed = std::max(0.0, float_ms(at - from.filled_at).count());
  const double limit = static_cast<double>(per_minute_);
  return std::min(limit, from.tokens + passed * limit / minute_ms);
}

rate_verdict rate_limiter::take(api_key_id key, time_point at) {
  rate_verdict verdict;
  if (per_minute_ <= 0) return verdict;
  const double limit = static_cast<double>(per_minute_);
  const std::lock_guard lock(mutex_);
  if (buckets_.size() >= keys_max_ && !buckets_.contains(key)) forget_some(at);
  bucket& mine = buckets_.try_emplace(key, bucket{limit, at}).first->second;
  mine.tokens = tokens_at(mine, at);
  mine.filled_at = std::max(mine.filled_at, at);
  verdict.limit = per_minute_;
  verdict.allowed = mine.tokens >= 1.0;
  if (verdict.allowed) {
    mine.tokens -= 1.0;
  } else {
    verdict.retry_after = rounded_up_ms((1.0 - mine.tokens) * minute_ms / limit);
  }
  verdict.remaining = static_cast<std::int64_t>(mine.tokens);
  verdict.full_after = rounded_up_ms((limit - mine.tokens) * minute_ms / limit);
  return verdict;
}

// Full buckets say nothing and go first; if none is full, everything goes.
void rate_limiter::forget_some(time_point at) {
  const double limit = static_cast<double>(per_minute_);
  std::erase_if(buckets_, [&](const auto& row) { return tokens_at(row.second, at) >= limit; });
  if (buckets_.size() >= keys_max_) buckets_.clear();
}

}  // namespace dialplane
