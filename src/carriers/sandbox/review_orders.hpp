// What an operator has told the sandbox's reviewer to decide next.
//
// The rule by which orders meet decisions is written in carriers/sandbox_control.hpp. Safe from
// any thread. Forgotten at a restart; what an order has decided is not.
#pragma once

#include <mutex>
#include <optional>
#include <vector>

#include "base/error.hpp"
#include "carriers/sandbox_control.hpp"

namespace dialplane::sandbox {

class review_orders {
 public:
  static constexpr std::int64_t max_count = 1'000'000;
  static constexpr std::size_t max_waiting = 64;

  // invalid_input for a count or text out of range, or when too many wait.
  result<void> order(review_order wanted);
  std::vector<review_order> waiting() const;
  void clear();

  // The first waiting order of one of these kinds; uses up one of its count.
  std::optional<review_order> draw(std::initializer_list<review_outcome> kinds);

 private:
  mutable std::mutex mutex_;
  std::vector<review_order> waiting_;
};

}  // namespace dialplane::sandbox
