// Rows of numbers and of the agents connected to them.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "domain/number.hpp"
#include "store/paging.hpp"

namespace dialplane {

struct number_filter {
  std::optional<user_id> user;
  std::optional<agent_id> inbound_agent;
  std::optional<agent_id> assigned_agent;    // by assignment (texts)
  std::optional<campaign_id> campaign;       // never shows released ones
  std::vector<number_status> statuses;       // empty: all but released
  bool with_e164_only = false;               // leaves out purchases still pending
  std::string search;                        // part of number, label or inbound agent's name
  std::optional<std::string> carrier = {};   // name of the account it lives at
  std::optional<bool> imported = {};
};

// A number with the inbound agent's name, as lists show it.
struct number_view {
  number row;
  std::optional<std::string> inbound_agent_name;
};

class number_queries {
 public:
  virtual ~number_queries() = default;

  virtual result<void> insert(const number& row) = 0;
  // Writes every field. conflict: another live number has that e164.
  virtual result<void> update(const number& row) = 0;
  virtual result<void> remove(organization_id owner, number_id id) = 0;
  virtual result<std::optional<number>> find(organization_id owner, number_id id) = 0;
  virtual result<std::optional<number_view>> find_view(organization_id owner, number_id id) = 0;
  // The live (not released) number with that e164, of whatever organization.
  virtual result<std::optional<number>> find_live_by_e164(std::string_view e164) = 0;
  virtual result<page<number_view>> page_of(organization_id owner, const number_filter& only,
                                            const page_request& cut) = 0;
  // Not released.
  virtual result<std::int64_t> count_of_user(organization_id owner, user_id id) = 0;
  // Not released; counted up to `up_to`.
  virtual result<std::int64_t> count_of_campaign(organization_id owner, campaign_id id,
                                                 std::int64_t up_to) = 0;
  // Every number that agent answers becomes unassigned.
  virtual result<void> clear_inbound_agent(organization_id owner, agent_id id, timestamp at) = 0;

  virtual result<void> put_assignment(const assignment& row) = 0;  // replaces an equal link
  virtual result<bool> remove_assignment(organization_id owner, number_id id, agent_id who) = 0;
  virtual result<std::int64_t> remove_assignments_of_number(organization_id owner,
                                                            number_id id) = 0;
  virtual result<void> remove_assignments_of_agent(organization_id owner, agent_id id) = 0;
  // Oldest first, at most 1000.
  virtual result<std::vector<assignment>> assignments_of(organization_id owner, number_id id) = 0;
  // Imported and not released; counted up to `up_to`.
  virtual result<std::int64_t> count_imported_of_user(organization_id owner, user_id id,
                                                      std::int64_t up_to) = 0;
};

}  // namespace dialplane
