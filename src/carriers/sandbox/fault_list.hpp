// The faults an operator has ordered, and what they make of the next call.
//
// The rule by which faults meet calls is written in carriers/sandbox_control.hpp. Safe from any
// thread; costs one atomic read per call while no fault waits. Also keeps the settling time
// truthful: how long, after an unknown outcome, something ordered here may still surface.
#pragma once

#include <atomic>
#include <chrono>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "carriers/sandbox/inventory.hpp"
#include "carriers/sandbox_control.hpp"

namespace dialplane::sandbox {

using std::chrono::milliseconds;

// What one call has drawn.
struct fault_plan {
  std::optional<fault_outcome> outcome;  // what decides the call
  milliseconds answer_delay{0};
  milliseconds late_by{0};               // with late, pending, undelivered
  std::optional<milliseconds> hidden_for;
  bool find_nothing = false;             // search
  std::vector<std::string> empty_codes;  // search

  bool answer_is_lost() const noexcept;
};

class fault_list {
 public:
  static constexpr std::int64_t max_count = 1'000'000;
  static constexpr std::int64_t max_delay_ms = 55'000;
  static constexpr std::size_t max_waiting = 256;

  result<void> order(sandbox_fault fault, const inventory& stock);
  std::vector<sandbox_fault> waiting() const;
  void clear();
  bool any_on(fault_target on) const;

  // What the next call draws. `area_codes`: those a search asks for.
  fault_plan draw(fault_target on, std::span<const std::string> area_codes = {});

  // The longest time between an unknown outcome and the moment when everything that waiting
  // faults can cause shows in look-ups.
  milliseconds longest_surfacing() const;

 private:
  mutable std::mutex mutex_;
  std::vector<sandbox_fault> waiting_;
  std::atomic<bool> any_{false};
};

}  // namespace dialplane::sandbox
