// call_queries on SQLite. A call's id holds the time it began, so that lists by time walk along the
// ids of an agent's calls and read nothing else.
#pragma once

#include "base/sqlite.hpp"
#include "store/call_queries.hpp"

namespace dialplane::sqlite {

class call_table final : public call_queries {
 public:
  explicit call_table(database& on) : db_(on) {}

  result<void> insert(const call& row) override;
  result<void> update(const call& row) override;
  result<std::optional<call>> find(organization_id owner, call_id id) override;
  result<std::optional<call>> find_by_carrier_id(std::string_view carrier,
                                                 std::string_view carrier_call_id) override;
  result<page<call>> page_of(organization_id owner, const call_filter& only,
                             const page_request& cut) override;
  result<std::vector<call>> silent_since(timestamp before, std::size_t limit) override;
  result<void> put_endpoint(const voice_endpoint& row) override;
  result<std::optional<voice_endpoint>> find_endpoint(organization_id owner,
                                                      agent_id who) override;
  result<bool> remove_endpoint(organization_id owner, agent_id who) override;

 private:
  database& db_;
};

}  // namespace dialplane::sqlite
