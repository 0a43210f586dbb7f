// agent_queries on SQLite.
#pragma once

#include <utility>

#include "base/sqlite.hpp"
#include "store/agent_queries.hpp"
#include "store/sqlite/kept_rows.hpp"
#include "store/sqlite/list_versions.hpp"

namespace dialplane::sqlite {

class agent_table final : public agent_queries {
 public:
  explicit agent_table(database& on, change_marks changes = {},
                       row_keeping keeping = row_keeping::off)
      : db_(on), changes_(changes), agents_(keeping) {}

  void forget_kept() noexcept { agents_.forget(); }

  result<void> insert(const agent& row) override;
  result<void> update(const agent& row) override;
  result<void> remove(organization_id owner, agent_id id) override;
  result<std::optional<agent>> find(organization_id owner, agent_id id) override;
  // A search walks the organization's agents, newest first, until the page is full.
  result<page<agent>> page_of(organization_id owner, const std::string& search,
                              const page_request& cut) override;

 private:
  database& db_;
  const change_marks changes_;
  kept_rows<std::pair<organization_id, agent_id>, agent> agents_;
};

}  // namespace dialplane::sqlite
