// Inside of webhook_dispatcher, for its sources only. Everything runs on the dispatcher's loop.
#pragma once

#include <chrono>
#include <deque>
#include <map>
#include <set>
#include <vector>

#include "store/webhook_queries.hpp"
#include "webhooks/dispatcher.hpp"
#include "webhooks/fan_out.hpp"
#include "webhooks/record_try.hpp"

namespace dialplane {

// Until the store is asked again that failed.
inline constexpr std::chrono::milliseconds pause_after_failure{1'000};

// A delivery in hand, with its endpoint as it was when it was read.
struct delivery_in_hand {
  std::shared_ptr<const webhook_endpoint> to;
  due_delivery what;
};

// One endpoint with deliveries that wait.
struct delivery_lane {
  organization_id owner;
  webhook_endpoint_id endpoint;
  std::deque<delivery_in_hand> ready;
  std::set<delivery_id> in_hand;     // ready or being tried
  std::set<delivery_id> just_ended;  // while a look is under way, whose snapshot may be older
  std::size_t trying = 0;
  bool wanted = false;               // something may be due in the store
  bool looking = false;
  bool slow = false;                 // its last try failed, or took long
  bool queued = false;               // in the list of those that have their turn
  std::optional<timestamp> next_at;  // when something will be due
  std::optional<timestamp> due_since;
};

struct webhook_dispatcher::core : std::enable_shared_from_this<webhook_dispatcher::core> {
  core(webhook_environment env, asio_event_loop& loop, http_client_options client,
       webhook_settings settings, agent_reply_taker replies);

  // Events become deliveries (dispatcher_fan_out.cpp).
  void begin();
  void listen();
  void fan_out();
  void on_plan(result<fan_out_plan> plan);
  void write_plan(fan_out_plan plan);
  void rest(std::int64_t up_to);
  void keep_place_later();

  // Deliveries get their turn (dispatcher.cpp).
  void look(organization_id owner, webhook_endpoint_id endpoint);
  std::size_t most_at_once(const delivery_lane& lane) const;
  void queue(delivery_lane& lane);
  void pump();
  void read_due(delivery_lane& lane);
  void on_due(webhook_endpoint_id which, struct due_answer found);
  void give_up_all(organization_id owner, webhook_endpoint_id which);
  void wake_at(timestamp at);
  void on_wake();
  void forget_idle(webhook_endpoint_id which);
  void refresh_figures();

  // One try (dispatcher_try.cpp).
  void try_next(delivery_lane& lane);
  void on_answer(delivery_in_hand tried, timestamp started_at, exchange_result answered);
  void record(delivery_in_hand tried, try_outcome outcome);
  void on_recorded(const delivery_in_hand& tried, const try_outcome& outcome,
                   const result<recorded_try>& done);
  void leave(const delivery_in_hand& tried, std::optional<timestamp> next_at);

  void end_when_idle(std::chrono::steady_clock::time_point deadline, event_loop::task done);

  webhook_environment env;
  asio_event_loop& loop;
  http_client client;
  const webhook_settings settings;
  agent_reply_taker replies;
  std::unique_ptr<event_feed::subscription> ticket;

  std::map<webhook_endpoint_id, delivery_lane> lanes;
  std::deque<webhook_endpoint_id> turns;
  std::size_t trying = 0;
  std::optional<timestamp> wake;
  std::int64_t place = 0;       // events up to there are looked through
  std::int64_t kept_place = 0;  // the same, durable
  bool fanning = false;
  bool fan_again = false;
  bool keeping_place = false;
  bool resting = false;         // nobody has an endpoint: looks now and then, by itself
  std::uint64_t units_before_look = 0;  // what the store had written before the last look
  bool stopping = false;

  counter& delivered;
  counter& retried;
  counter& dead;
  histogram& seconds;
  gauge& pending;
  gauge& oldest_due;
};

}  // namespace dialplane
