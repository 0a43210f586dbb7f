// Counts what happens below the HTTP handler: connections, bytes, time-outs; logs handler failures.
// Safe from any thread; outlives the HTTP server.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "base/metrics.hpp"
#include "net/http_server.hpp"

namespace dialplane {

class connection_figures final : public http_observer {
 public:
  explicit connection_figures(metrics_registry& metrics);

  void on_connection(connection_event what) noexcept override;
  void on_bytes(std::uint64_t received, std::uint64_t sent) noexcept override;
  void on_handler_failure(std::string_view what) noexcept override;

 private:
  static constexpr std::size_t event_kinds =
      static_cast<std::size_t>(connection_event::drain_forced) + 1;

  std::array<counter*, event_kinds> events_;
  gauge& open_;
  counter& received_;
  counter& sent_;
};

}  // namespace dialplane
