#include "edge/rest/rest_figures.hpp"

namespace dialplane {

namespace {

constexpr std::size_t series_max = 4'000;
constexpr std::string_view unmatched = "unmatched";

metric_family<histogram>& latencies(metrics_registry& metrics) {
  return metrics.histograms("dialplane_http_request_seconds",
                            "Time from the request's head to its answer.", {"route"});
}

}  // namespace

rest_figures::rest_figures(metrics_registry& metrics, std::span<const endpoint> table)
    : table_(table),
      requests_(metrics.counters("dialplane_http_requests_total",
                                 "Requests answered, by route, method and status.",
                                 {"route", "method", "status"}, series_max)),
      unmatched_seconds_(latencies(metrics).with({unmatched})) {
  routes_.reserve(table.size());
  for (const endpoint& row : table) {
    auto series = std::make_unique<route_series>();
    series->seconds = &latencies(metrics).with({row.pattern});
    routes_.push_back(std::move(series));
  }
}

counter& rest_figures::find(const endpoint* on, std::string_view method, int status) {
  const std::string_view route = on != nullptr ? on->pattern : unmatched;
  return requests_.with({route, method, std::to_string(status)});
}

void rest_figures::count(const endpoint* on, std::string_view method, int status,
                         std::chrono::nanoseconds took) {
  const double seconds = std::chrono::duration<double>(took).count();
  if (on == nullptr || method == "HEAD" || status < lowest_status || status > highest_status) {
    find(on, method, status).add();
    (on != nullptr ? *routes_[static_cast<std::size_t>(on - table_.data())]->seconds
                   : unmatched_seconds_)
        .observe(seconds);
    return;
  }
  route_series& series = *routes_[static_cast<std::size_t>(on - table_.data())];
  auto& slot = series.by_status[static_cast<std::size_t>(status - lowest_status)];
  counter* known = slot.load(std::memory_order_acquire);
  if (known == nullptr) {
    known = &find(on, method, status);
    slot.store(known, std::memory_order_release);
  }
  known->add();
  series.seconds->observe(seconds);
}

}  // namespace dialplane
