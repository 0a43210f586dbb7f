// Rows of calls at our numbers, as their carriers told them, and of agents' voice endpoints.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "domain/call.hpp"
#include "domain/voice_endpoint.hpp"
#include "store/paging.hpp"

namespace dialplane {

struct call_filter {
  agent_id agent;
  std::optional<user_id> user;
  std::optional<timestamp> started_from;   // included
  std::optional<timestamp> started_until;  // included
};

class call_queries {
 public:
  virtual ~call_queries() = default;

  // conflict: the carrier's id is another call's.
  virtual result<void> insert(const call& row) = 0;
  // Writes what may change after the insert. conflict: it is gone.
  virtual result<void> update(const call& row) = 0;
  virtual result<std::optional<call>> find(organization_id owner, call_id id) = 0;
  // Of whatever organization, for what carriers report.
  virtual result<std::optional<call>> find_by_carrier_id(std::string_view carrier,
                                                         std::string_view carrier_call_id) = 0;
  virtual result<page<call>> page_of(organization_id owner, const call_filter& only,
                                     const page_request& cut) = 0;

  // Calls that have not ended and of which nothing was told since then, the longest first.
  virtual result<std::vector<call>> silent_since(timestamp before, std::size_t limit) = 0;

  // Replaces the agent's.
  virtual result<void> put_endpoint(const voice_endpoint& row) = 0;
  virtual result<std::optional<voice_endpoint>> find_endpoint(organization_id owner,
                                                              agent_id who) = 0;
  virtual result<bool> remove_endpoint(organization_id owner, agent_id who) = 0;
};

}  // namespace dialplane
