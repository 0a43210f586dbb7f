// approval_queries on SQLite.
#pragma once

#include "base/sqlite.hpp"
#include "store/approval_queries.hpp"

namespace dialplane::sqlite {

class approval_table final : public approval_queries {
 public:
  explicit approval_table(database& on) : db_(on) {}

  result<void> insert(const approval& row) override;
  result<void> update(const approval& row) override;
  result<std::optional<approval>> find(organization_id owner, approval_id id) override;
  result<page<approval>> page_of(organization_id owner, std::optional<user_id> of,
                                 std::optional<approval_status> only,
                                 const page_request& cut) override;
  result<std::optional<approval>> newest_equal(organization_id owner,
                                               const std::array<std::uint8_t, 16>& request_hash,
                                               timestamp since) override;

 private:
  database& db_;
};

}  // namespace dialplane::sqlite
