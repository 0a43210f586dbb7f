#include "emulators/fault_book.hpp"

#include <algorithm>

namespace dialplane::emulators {

namespace {

constexpr std::size_t waiting_max = 256;
constexpr std::int64_t count_max = 1'000'000;
constexpr std::int64_t delay_max_ms = 366LL * 24 * 3'600'000;
constexpr std::uint64_t chances = 1'000'000;

}  // namespace

result<void> fault_book::order(emulated_fault fault) {
  if (fault.what.empty() || fault.what.size() > 64) {
    return bad_field("what", "Name the fault: lose_answer, error_before, slow, ...");
  }
  if (fault.count < 0 || fault.count > count_max) {
    return bad_field("count", "Must be 0 (without end) to 1000000.");
  }
  if (!(fault.probability > 0 && fault.probability <= 1)) {
    return bad_field("probability", "Must be above 0 and at most 1.");
  }
  if (fault.delay_ms < 0 || fault.delay_ms > delay_max_ms) {
    return bad_field("delay_ms", "Must be 0 to a year.");
  }
  if (fault.status < 400 || fault.status > 599) {
    return bad_field("status", "Must be 400 to 599.");
  }
  if (waiting_.size() >= waiting_max) {
    return refused(error_code::invalid_input, "Too many faults wait; clear them first.");
  }
  waiting_.push_back(std::move(fault));
  return {};
}

std::optional<emulated_fault> fault_book::draw(std::string_view what, std::string_view on) {
  for (auto one = waiting_.begin(); one != waiting_.end(); ++one) {
    if (one->what != what || (!one->on.empty() && one->on != on)) continue;
    const auto threshold = static_cast<std::uint64_t>(one->probability * double(chances));
    if (one->probability < 1 && random_.below(chances) >= threshold) continue;
    emulated_fault drawn = *one;
    if (one->count > 0 && --one->count == 0) waiting_.erase(one);
    return drawn;
  }
  return std::nullopt;
}

}  // namespace dialplane::emulators
