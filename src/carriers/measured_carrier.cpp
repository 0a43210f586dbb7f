#include "carriers/measured_carrier.hpp"

#include <utility>

#include "base/check.hpp"

namespace dialplane {

measured_carrier::call_figures::call_figures(metrics_registry& metrics, std::string_view carrier,
                                             std::string_view call) {
  auto& calls = metrics.counters("dialplane_carrier_calls_total",
                                 "Calls to carriers by how they ended.",
                                 {"carrier", "call", "outcome"});
  by_outcome[0] = &calls.with({carrier, call, "ok"});
  for (const error_class kind : {error_class::refused, error_class::not_done,
                                 error_class::unknown, error_class::conflict}) {
    by_outcome[1 + static_cast<std::size_t>(kind)] = &calls.with({carrier, call, name_of(kind)});
  }
  seconds = &metrics
                 .histograms("dialplane_carrier_call_seconds", "Duration of calls to carriers.",
                             {"carrier", "call"})
                 .with({carrier, call});
}

void measured_carrier::call_figures::note(std::optional<error_class> failure,
                                          time_point started) noexcept {
  const std::size_t outcome = failure ? 1 + static_cast<std::size_t>(*failure) : 0;
  by_outcome[outcome]->add();
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - started;
  seconds->observe(took.count());
}

measured_carrier::measured_carrier(std::unique_ptr<carrier> inner, metrics_registry& metrics)
    : passing_carrier(std::move(inner)) {
  for (const auto& [method, name] : enum_names<carrier_method>::names) {
    CHECK(static_cast<std::size_t>(method) == figures_.size());
    figures_.emplace_back(metrics, abilities().name, name);
  }
}

result<passing_carrier::call_end> measured_carrier::on_call(carrier_method which) {
  return call_end([&figures = figures_of(which),
                   started = std::chrono::steady_clock::now()](const error* failure) {
    figures.note(failure == nullptr ? std::nullopt : std::optional(failure->kind), started);
  });
}

std::optional<number_offer> measured_carrier::offer_at_once(const number_search& wanted) {
  const auto started = std::chrono::steady_clock::now();
  std::optional<number_offer> offer = passing_carrier::offer_at_once(wanted);
  // Nothing at once is no outcome: search() is asked next.
  if (offer) figures_of(carrier_method::search).note(std::nullopt, started);
  return offer;
}

}  // namespace dialplane
