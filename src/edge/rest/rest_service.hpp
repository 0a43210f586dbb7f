// The REST edge as one object: takes requests from the HTTP server, finds their route, judges
// version, key, role and rate, calls the handler, and gives every answer its request id, its log
// line and its figures.
//
// Owned by server/, which outlives no request with it: the HTTP server is destroyed first. Works on
// whatever loop calls it, and on several at once. It answers no CORS preflight: browsers of other
// origins get nothing.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>

#include "app/environment.hpp"
#include "base/json_gate.hpp"
#include "base/metrics.hpp"
#include "edge/rest/authenticator.hpp"
#include "edge/rest/event_stream_places.hpp"
#include "edge/rest/kept_lists.hpp"
#include "edge/rest/origin_guard.hpp"
#include "edge/rest/rate_limiter.hpp"
#include "edge/rest/request_context.hpp"
#include "edge/rest/rest_figures.hpp"
#include "edge/rest/router.hpp"
#include "net/http.hpp"
#include "net/http_server.hpp"

namespace dialplane {

class account_book;
class address_guard;
class delivery_tracker;
class event_feed;
class mcp_service;
class sandbox_control;
class webhook_dispatcher;

struct readiness {
  bool store = false;
  bool runner = false;
};

struct rest_settings {
  std::int64_t requests_per_minute = 300;  // per key; 0: no limit
  json_limits body;
  authenticator_settings keys;
  bool log_requests = true;                // a line per request, at level info
  origin_rules origins;                    // of requests in the mcp dialect
  std::string public_url;                  // empty: as the Host header says
};

struct rest_hooks {
  // Asks whether the server can do its work; calls back on the asking loop within some seconds.
  // Unset: a read of the store, and a runner that looked at its queue lately.
  std::function<void(unique_function<void(readiness)>)> probe;
  sandbox_control* sandbox = nullptr;      // null: no sandbox carrier
  event_feed* events = nullptr;            // null: no event streams
  webhook_dispatcher* deliveries = nullptr;
  const address_guard* destinations = nullptr;  // of webhooks; null: every address
  account_book* accounts = nullptr;        // null: none can be configured
  delivery_tracker* answers = nullptr;     // whose arrival is tracked; null: nobody's
  mcp_service* mcp = nullptr;              // null: no Model Context Protocol
  // Takes voice webhooks of a carrier account (voice/call_webhooks.hpp). Unset: no calls.
  std::function<void(std::string_view, carrier_webhook, carrier_done<webhook_answer>)> calls = {};
};

class rest_service {
 public:
  // All references must outlive the service.
  rest_service(app_environment& env, metrics_registry& metrics, rest_settings settings = {},
               rest_hooks hooks = {});
  rest_service(const rest_service&) = delete;
  rest_service& operator=(const rest_service&) = delete;

  // The HTTP server's handler.
  void handle(http_request request, responder to);
  // A request that is part of one which was let in already: `who` is its caller, and it takes
  // nothing of the key's rate. Everything else is as in handle().
  void handle_admitted(http_request request, responder to, const actor& who);
  // The answer to a message that never became a request.
  http_response refusal(const http_refusal& why);

  app_environment& env() const { return env_; }
  authenticator& keys() { return keys_; }
  event_stream_places& stream_places() { return stream_places_; }
  kept_lists& lists() { return lists_; }
  metrics_registry& metrics() const { return metrics_; }
  const rest_settings& settings() const { return settings_; }
  const rest_hooks& hooks() const { return hooks_; }
  void probe(unique_function<void(readiness)> done);
  // How clients reach this server: the public URL, or what the request's Host header says.
  std::string base_url(const http_request& request) const;

 private:
  friend class request_context;

  // The stations of a request, in this order; each ends in an answer or goes to the next.
  void begin(http_request request, responder to, std::optional<actor> admitted);
  void authenticate(rest_context context);
  void judge_rate(rest_context context);
  void admit_known_retry(rest_context context, error otherwise);
  void judge_form(rest_context context);
  // Called by the context with its one answer: counts, logs.
  void told(const request_context& context, int status);

  app_environment& env_;
  metrics_registry& metrics_;
  const rest_settings settings_;
  const rest_hooks hooks_;
  router router_;
  authenticator keys_;
  kept_lists lists_;
  rate_limiter rates_;
  rest_figures figures_;
  event_stream_places stream_places_;
};

}  // namespace dialplane
