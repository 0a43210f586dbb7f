// Endpoints that want events, and each delivery to them with its tries.
#pragma once

#include <optional>
#include <vector>

#include "base/error.hpp"
#include "domain/webhook.hpp"
#include "store/paging.hpp"

namespace dialplane {

// A delivery that is due, with what it tells of. The event is missing where it was forgotten.
struct due_delivery {
  delivery row;
  std::optional<event> news;
};

// An endpoint with deliveries that wait.
struct waiting_endpoint {
  organization_id organization;
  webhook_endpoint_id endpoint;
  timestamp next_at;
};

class webhook_queries {
 public:
  virtual ~webhook_queries() = default;

  // ---- endpoints ----
  // conflict: the agent has one already.
  virtual result<void> insert(const webhook_endpoint& row) = 0;
  virtual result<void> update(const webhook_endpoint& row) = 0;  // not its sequence
  // With its deliveries forgotten by and by (forget).
  virtual result<void> remove(organization_id owner, webhook_endpoint_id id) = 0;
  virtual result<std::optional<webhook_endpoint>> find(organization_id owner,
                                                       webhook_endpoint_id id) = 0;
  virtual result<std::optional<webhook_endpoint>> find_of_agent(organization_id owner,
                                                                agent_id who) = 0;
  virtual result<page<webhook_endpoint>> page_of(organization_id owner, std::optional<user_id> of,
                                                 std::optional<webhook_style> style,
                                                 const page_request& cut) = 0;
  // All that could get an event: active, naive, of no agent. At most 1,000.
  virtual result<std::vector<webhook_endpoint>> active_of(organization_id owner) = 0;
  // Whether one of an agent, or one that is attached to agents, could get an event.
  virtual result<bool> any_for_agents(organization_id owner) = 0;
  // Whether anybody has an endpoint at all, active or not.
  virtual result<bool> any() = 0;
  virtual result<std::int64_t> count_of(organization_id owner) = 0;
  // Counts `by` on and gives the first number taken.
  virtual result<std::int64_t> take_sequence(organization_id owner, webhook_endpoint_id id,
                                             std::int64_t by) = 0;

  // ---- the place up to which events have become deliveries ----
  virtual result<std::int64_t> fan_out_position() = 0;
  virtual result<void> set_fan_out_position(std::int64_t position) = 0;

  // ---- deliveries ----
  virtual result<void> insert(const delivery& row) = 0;
  virtual result<void> update(const delivery& row) = 0;
  virtual result<std::optional<delivery>> find_delivery(organization_id owner, delivery_id id) = 0;
  virtual result<page<delivery>> deliveries_of(webhook_endpoint_id of,
                                               std::optional<delivery_status> only,
                                               const page_request& cut) = 0;
  // Pending ones whose time has come, the longest due first, in the order of their making. At most
  // 1,000.
  virtual result<std::vector<due_delivery>> due(webhook_endpoint_id of, timestamp now,
                                                std::size_t limit) = 0;
  // When the next one that is not due yet will be.
  virtual result<std::optional<timestamp>> next_due(webhook_endpoint_id of, timestamp after) = 0;
  // Every endpoint with pending deliveries: for the start. At most 100,000.
  virtual result<std::vector<waiting_endpoint>> waiting() = 0;
  virtual result<std::int64_t> count_pending() = 0;  // counted up to 100,000
  // Ends pending ones as dead, oldest first. Says how many.
  virtual result<std::int64_t> give_up(webhook_endpoint_id of, std::string_view why, timestamp at,
                                       std::size_t limit) = 0;
  // Removes ended deliveries made before that time, with their tries. Says how many went.
  virtual result<std::int64_t> forget(timestamp before, std::size_t limit) = 0;

  virtual result<void> add(const delivery_attempt& row) = 0;
  virtual result<std::vector<delivery_attempt>> attempts_of(delivery_id id) = 0;  // oldest first
};

}  // namespace dialplane
