// carrier_account_queries on SQLite.
#pragma once

#include "base/sqlite.hpp"
#include "store/carrier_account_queries.hpp"
#include "store/sqlite/list_versions.hpp"

namespace dialplane::sqlite {

class carrier_account_table final : public carrier_account_queries {
 public:
  explicit carrier_account_table(database& on, change_marks changes = {})
      : db_(on), changes_(changes) {}

  result<void> insert(const carrier_account& row) override;
  result<void> update(const carrier_account& row) override;
  result<void> remove(const carrier_account& row) override;
  result<std::optional<carrier_account>> find_named(std::string_view name) override;
  result<std::optional<carrier_account>> find(organization_id owner,
                                              carrier_account_id id) override;
  result<std::optional<carrier_account>> find_at(organization_id owner, std::string_view kind,
                                                 std::string_view place) override;
  result<std::vector<carrier_account>> all() override;
  result<std::vector<carrier_account>> brought_by(organization_id owner) override;
  result<std::int64_t> count_numbers_at(std::string_view name) override;
  result<std::int64_t> count_operations_at(std::string_view name) override;

  result<void> put_imported(const imported_number& row) override;
  result<std::optional<imported_number>> find_imported(organization_id owner,
                                                       number_id id) override;
  result<void> remove_imported(organization_id owner, number_id id) override;

 private:
  void mark(const carrier_account& row);

  database& db_;
  const change_marks changes_;
};

}  // namespace dialplane::sqlite
