#include "workflow/texts/pace_slots.hpp"

#include <algorithm>

namespace dialplane {

namespace {

using namespace std::chrono_literals;

constexpr std::chrono::milliseconds closest = 20ms;
constexpr std::chrono::milliseconds farthest = 1s;

}  // namespace

std::size_t pace_slots::bytes_hash::operator()(const uuid_bytes& bytes) const noexcept {
  std::size_t value = 0;
  for (std::size_t i = 8; i < 16; ++i) value = value << 8 | bytes[i];
  return value;
}

timestamp pace_slots::next(const uuid_bytes& line, timestamp until, timestamp now) {
  const std::lock_guard lock(mutex_);
  if (lines_.size() >= lines_max) {
    std::erase_if(lines_, [now](const auto& one) { return one.second.last <= now; });
  }
  turns& its = lines_[line];
  timestamp turn = its.from + its.apart * (its.given / at_once);
  // The same waiting time is told a little differently each time it is asked for.
  if (its.last <= now || turn + its.apart < until) {
    its = {until, std::clamp(until - now, closest, farthest), 0, until};
    turn = until;
  }
  ++its.given;
  its.last = std::max(turn, until);
  return its.last;
}

}  // namespace dialplane
