#include "carriers/twilio/purchase_holds.hpp"

namespace dialplane::twilio {

namespace {

constexpr std::size_t sweep_above = 1'024;

}  // namespace

bool purchase_holds::begin(const std::string& e164, const std::string& mark) {
  const std::lock_guard lock(mutex_);
  const timestamp now = clock_.now();
  if (holds_.size() > sweep_above) forget_old(now);
  const auto held = holds_.find(e164);
  if (held != holds_.end()) {
    const bool is_over = !held->second.is_under_way && held->second.until <= now;
    const bool is_ours = !held->second.is_under_way && held->second.mark == mark;
    if (!is_over && !is_ours) return false;
  }
  holds_[e164] = {.mark = mark, .is_under_way = true, .until = now};
  return true;
}

bool purchase_holds::may_have_come(const std::string& e164, const std::string& mark) const {
  const std::lock_guard lock(mutex_);
  const auto held = holds_.find(e164);
  return held != holds_.end() && !held->second.is_under_way && held->second.mark == mark &&
         held->second.until > clock_.now();
}

void purchase_holds::end(const std::string& e164, bool is_settled) {
  const std::lock_guard lock(mutex_);
  const auto held = holds_.find(e164);
  if (held == holds_.end()) return;
  if (is_settled) {
    holds_.erase(held);
    return;
  }
  held->second.is_under_way = false;
  held->second.until = clock_.now() + keep_;
}

void purchase_holds::forget(const std::string& e164) {
  const std::lock_guard lock(mutex_);
  const auto held = holds_.find(e164);
  if (held != holds_.end() && !held->second.is_under_way) holds_.erase(held);
}

void purchase_holds::forget_old(timestamp now) {
  std::erase_if(holds_, [now](const auto& one) {
    return !one.second.is_under_way && one.second.until <= now;
  });
}

}  // namespace dialplane::twilio
