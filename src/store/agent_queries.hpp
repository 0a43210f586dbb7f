// Rows of agents.
#pragma once

#include <optional>
#include <string>

#include "base/error.hpp"
#include "domain/agent.hpp"
#include "store/paging.hpp"

namespace dialplane {

class agent_queries {
 public:
  virtual ~agent_queries() = default;
  virtual result<void> insert(const agent& row) = 0;
  virtual result<void> update(const agent& row) = 0;
  virtual result<void> remove(organization_id owner, agent_id id) = 0;
  virtual result<std::optional<agent>> find(organization_id owner, agent_id id) = 0;
  // `search` (empty: all) matches part of the name, ignoring ASCII case.
  virtual result<page<agent>> page_of(organization_id owner, const std::string& search,
                                      const page_request& cut) = 0;
};

}  // namespace dialplane
