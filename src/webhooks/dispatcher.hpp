// Delivers events to endpoints: at least once, the first try at once, then by the schedule.
//
// Runs on a loop of its own. It turns events into deliveries (fan_out), keeps a short queue per
// endpoint (a lane), and tries a bounded number at a time overall and per endpoint, so that a slow
// endpoint delays no other and a failing event holds nothing back. What it knows is in the store:
// a kill loses nothing and at worst repeats a try, with the same webhook-id. Owned by server/.
#pragma once

#include <memory>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/metrics.hpp"
#include "base/random.hpp"
#include "base/sealing.hpp"
#include "net/http_client.hpp"
#include "store/store.hpp"
#include "webhooks/agent_reply.hpp"
#include "webhooks/delivery_schedule.hpp"
#include "webhooks/event_feed.hpp"

namespace dialplane {

// All references outlive the dispatcher and what it has in flight.
struct webhook_environment {
  store& database;
  event_feed& events;
  const clock& time;
  id_generator& ids;
  const sealer& seals;
  random_source& random;
  metrics_registry& metrics;
};

struct webhook_settings {
  delivery_schedule schedule;
  std::size_t at_once = 256;              // tries, over all endpoints
  std::size_t at_once_per_endpoint = 8;
};

class webhook_dispatcher {
 public:
  // `client` lives on `loop`. `replies` may be empty.
  webhook_dispatcher(webhook_environment env, asio_event_loop& loop, http_client_options client,
                     webhook_settings settings, agent_reply_taker replies);
  ~webhook_dispatcher();
  webhook_dispatcher(const webhook_dispatcher&) = delete;
  webhook_dispatcher& operator=(const webhook_dispatcher&) = delete;

  // Once; the feed of events has been started.
  void start();
  // Deliveries were written for that endpoint, or it was switched off or removed. Any thread.
  void look(organization_id owner, webhook_endpoint_id endpoint);
  // Begins no further try; `done` runs on the loop when the last one is written down, or has been
  // cut off after `limit`. From any thread, once.
  void stop(std::chrono::milliseconds limit, event_loop::task done);

  struct core;

 private:
  std::shared_ptr<core> core_;
};

}  // namespace dialplane
