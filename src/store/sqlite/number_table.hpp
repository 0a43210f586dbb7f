// number_queries on SQLite.
//
// Costs that grow: a list filtered by status or text, or whose first rows are released, walks the
// rows of its index (of the organization, or of the user, agent or campaign asked for) until the
// page is full. clear_inbound_agent writes one row per number of the agent.
#pragma once

#include <utility>

#include "base/sqlite.hpp"
#include "store/number_queries.hpp"
#include "store/sqlite/deferred_counts.hpp"
#include "store/sqlite/fresh_numbers.hpp"
#include "store/sqlite/list_versions.hpp"

namespace dialplane::sqlite {

// The values of a number that indexes and counters are made of.
struct indexed_values {
  user_id user;
  number_status status = number_status::pending;
  std::string e164;
  std::optional<agent_id> inbound_agent;
  std::optional<campaign_id> campaign;

  bool operator==(const indexed_values&) const = default;
  bool live() const { return status != number_status::released; }
};

class number_table final : public number_queries {
 public:
  explicit number_table(database& on, change_marks changes = {},
                        row_keeping keeping = row_keeping::off)
      : db_(on), changes_(changes), keeps_seen_(keeping == row_keeping::on), fresh_(keeping) {}

  result<void> insert(const number& row) override;
  result<void> update(const number& row) override;
  result<void> remove(organization_id owner, number_id id) override;
  result<std::optional<number>> find(organization_id owner, number_id id) override;
  result<std::optional<number_view>> find_view(organization_id owner, number_id id) override;
  result<std::optional<number>> find_live_by_e164(std::string_view e164) override;
  result<page<number_view>> page_of(organization_id owner, const number_filter& only,
                                    const page_request& cut) override;
  result<std::int64_t> count_of_user(organization_id owner, user_id id) override;
  result<std::int64_t> count_imported_of_user(organization_id owner, user_id id,
                                              std::int64_t up_to) override;
  result<std::int64_t> count_of_campaign(organization_id owner, campaign_id id,
                                         std::int64_t up_to) override;
  result<void> clear_inbound_agent(organization_id owner, agent_id id, timestamp at) override;

  result<void> put_assignment(const assignment& row) override;
  result<bool> remove_assignment(organization_id owner, number_id id, agent_id who) override;
  result<std::int64_t> remove_assignments_of_number(organization_id owner, number_id id) override;
  result<void> remove_assignments_of_agent(organization_id owner, agent_id id) override;
  result<std::vector<assignment>> assignments_of(organization_id owner, number_id id) override;

  // As in organization_table.hpp.
  void defer_counts() noexcept { live_.turn_on(); }
  result<void> write_counts();
  void drop_counts() noexcept { live_.turn_off(); }
  std::uint64_t deferred() const noexcept { return live_.additions(); }

  // As in kept_rows.hpp.
  void forget_kept() noexcept;

 private:
  result<bool> change(const number& row, const indexed_values& old, std::int64_t position);
  result<bool> change_seen(const number& row, number seen);
  result<void> count_change(const number& row, const indexed_values& old);
  result<void> count_live(organization_id owner, user_id id, std::int64_t delta);
  result<void> store_live(organization_id owner, user_id id, std::int64_t more);

  database& db_;
  const change_marks changes_;
  deferred_counts<std::pair<organization_id, user_id>, std::int64_t> live_;
  const bool keeps_seen_;  // who only reads needs none
  fresh_numbers fresh_;
  std::optional<number> seen_;  // as find() gave it last, until it is updated
};

}  // namespace dialplane::sqlite
