// webhook_queries on SQLite.
#pragma once

#include "base/sqlite.hpp"
#include "store/webhook_queries.hpp"

namespace dialplane::sqlite {

class webhook_table final : public webhook_queries {
 public:
  explicit webhook_table(database& on) : db_(on) {}

  result<void> insert(const webhook_endpoint& row) override;
  result<void> update(const webhook_endpoint& row) override;
  result<void> remove(organization_id owner, webhook_endpoint_id id) override;
  result<std::optional<webhook_endpoint>> find(organization_id owner,
                                               webhook_endpoint_id id) override;
  result<std::optional<webhook_endpoint>> find_of_agent(organization_id owner,
                                                        agent_id who) override;
  result<page<webhook_endpoint>> page_of(organization_id owner, std::optional<user_id> of,
                                         std::optional<webhook_style> style,
                                         const page_request& cut) override;
  result<std::vector<webhook_endpoint>> active_of(organization_id owner) override;
  result<bool> any_for_agents(organization_id owner) override;
  result<bool> any() override;
  result<std::int64_t> count_of(organization_id owner) override;
  result<std::int64_t> take_sequence(organization_id owner, webhook_endpoint_id id,
                                     std::int64_t by) override;

  result<std::int64_t> fan_out_position() override;
  result<void> set_fan_out_position(std::int64_t position) override;

  result<void> insert(const delivery& row) override;
  result<void> update(const delivery& row) override;
  result<std::optional<delivery>> find_delivery(organization_id owner, delivery_id id) override;
  result<page<delivery>> deliveries_of(webhook_endpoint_id of,
                                       std::optional<delivery_status> only,
                                       const page_request& cut) override;
  result<std::vector<due_delivery>> due(webhook_endpoint_id of, timestamp now,
                                        std::size_t limit) override;
  result<std::optional<timestamp>> next_due(webhook_endpoint_id of, timestamp after) override;
  result<std::vector<waiting_endpoint>> waiting() override;
  result<std::int64_t> count_pending() override;
  result<std::int64_t> give_up(webhook_endpoint_id of, std::string_view why, timestamp at,
                               std::size_t limit) override;
  result<std::int64_t> forget(timestamp before, std::size_t limit) override;

  result<void> add(const delivery_attempt& row) override;
  result<std::vector<delivery_attempt>> attempts_of(delivery_id id) override;

 private:
  database& db_;
};

}  // namespace dialplane::sqlite
