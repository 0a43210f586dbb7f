#include "server/connection_figures.hpp"

#include "base/log.hpp"

namespace dialplane {

namespace {

// In the order of connection_event.
constexpr std::string_view event_names[] = {
    "opened",          "closed",          "over_limit",      "accept_failed",
    "tls_failed",      "head_timed_out",  "body_timed_out",  "idle_timed_out",
    "write_timed_out", "handler_timed_out", "answer_dropped", "drain_forced"};

}  // namespace

connection_figures::connection_figures(metrics_registry& metrics)
    : open_(metrics.single_gauge("dialplane_http_connections", "Open connections.")),
      received_(metrics.single_counter("dialplane_http_received_bytes_total",
                                       "Bytes read from connections that have ended.")),
      sent_(metrics.single_counter("dialplane_http_sent_bytes_total",
                                   "Bytes written to connections that have ended.")) {
  static_assert(std::size(event_names) == event_kinds);
  auto& events = metrics.counters("dialplane_http_connection_events_total",
                                  "What happened to connections.", {"event"});
  for (std::size_t kind = 0; kind < event_kinds; ++kind) {
    events_[kind] = &events.with({event_names[kind]});
  }
}

void connection_figures::on_connection(connection_event what) noexcept {
  events_[static_cast<std::size_t>(what)]->add();
  if (what == connection_event::opened) open_.add(1);
  if (what == connection_event::closed) open_.add(-1);
}

void connection_figures::on_bytes(std::uint64_t received, std::uint64_t sent) noexcept {
  received_.add(received);
  sent_.add(sent);
}

void connection_figures::on_handler_failure(std::string_view what) noexcept {
  log_line(log_level::error, "a handler failed", {{"what", what}});
}

}  // namespace dialplane
