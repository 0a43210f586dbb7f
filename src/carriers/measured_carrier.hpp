// A carrier that counts: passes every call on to the carrier it owns, and notes how each ended and
// how long it took.
//
// Changes nothing else. Figures: dialplane_carrier_calls_total{carrier,call,outcome} with outcome
// ok, refused, not_done, unknown or conflict, and dialplane_carrier_call_seconds{carrier,call}.
#pragma once

#include <array>
#include <chrono>
#include <memory>
#include <optional>
#include <vector>

#include "base/metrics.hpp"
#include "carriers/passing_carrier.hpp"

namespace dialplane {

class measured_carrier final : public passing_carrier {
 public:
  measured_carrier(std::unique_ptr<carrier> inner, metrics_registry& metrics);

  // An offer from memory counts as a search.
  std::optional<number_offer> offer_at_once(const number_search& wanted) override;

 private:
  using time_point = std::chrono::steady_clock::time_point;

  // One kind of call, its series looked up once.
  struct call_figures {
    call_figures(metrics_registry& metrics, std::string_view carrier, std::string_view call);
    void note(std::optional<error_class> failure, time_point started) noexcept;

    std::array<counter*, 5> by_outcome;  // ok, then by error_class
    histogram* seconds;
  };

  result<call_end> on_call(carrier_method which) override;
  call_figures& figures_of(carrier_method which) {
    return figures_[static_cast<std::size_t>(which)];
  }

  std::vector<call_figures> figures_;  // by carrier_method; never resized
};

}  // namespace dialplane
