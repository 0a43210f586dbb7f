// What the REST edge counts: requests by route, method and status, and how long they took.
//
// Owned by rest_service. The series of a route are looked up once and kept, so that counting costs
// two atomic additions. Safe from several threads.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "base/metrics.hpp"
#include "edge/rest/router.hpp"

namespace dialplane {

class rest_figures {
 public:
  // `table` must outlive the figures.
  rest_figures(metrics_registry& metrics, std::span<const endpoint> table);

  // `on`: null for requests without a route; then `method` must be one of a bounded set.
  void count(const endpoint* on, std::string_view method, int status,
             std::chrono::nanoseconds took);

 private:
  static constexpr int lowest_status = 200;
  static constexpr int highest_status = 511;
  struct route_series {
    histogram* seconds = nullptr;
    std::array<std::atomic<counter*>, highest_status - lowest_status + 1> by_status{};
  };

  counter& find(const endpoint* on, std::string_view method, int status);

  std::span<const endpoint> table_;
  metric_family<counter>& requests_;
  histogram& unmatched_seconds_;
  std::vector<std::unique_ptr<route_series>> routes_;
};

}  // namespace dialplane
