// Rows of accounts at carriers, their secrets sealed; and the old routing of imported numbers.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "domain/carrier_account.hpp"

namespace dialplane {

class carrier_account_queries {
 public:
  static constexpr std::size_t accounts_max = 1'000;  // that lists show

  virtual ~carrier_account_queries() = default;

  // conflict, also of update: the name is taken, or its owner has that place of that kind already.
  virtual result<void> insert(const carrier_account& row) = 0;
  virtual result<void> update(const carrier_account& row) = 0;
  virtual result<void> remove(const carrier_account& row) = 0;

  // Of whatever owner.
  virtual result<std::optional<carrier_account>> find_named(std::string_view name) = 0;
  virtual result<std::optional<carrier_account>> find(organization_id owner,
                                                      carrier_account_id id) = 0;
  virtual result<std::optional<carrier_account>> find_at(organization_id owner,
                                                         std::string_view kind,
                                                         std::string_view place) = 0;
  // The installation's first, by preference and name; at most accounts_max.
  virtual result<std::vector<carrier_account>> all() = 0;
  // What the organization brought, oldest first; at most accounts_max.
  virtual result<std::vector<carrier_account>> brought_by(organization_id owner) = 0;

  // Live numbers at that account, of whatever organization. Walks all numbers.
  virtual result<std::int64_t> count_numbers_at(std::string_view name) = 0;
  // Operations under way there.
  virtual result<std::int64_t> count_operations_at(std::string_view name) = 0;

  // Replaces an earlier one of that number.
  virtual result<void> put_imported(const imported_number& row) = 0;
  virtual result<std::optional<imported_number>> find_imported(organization_id owner,
                                                               number_id id) = 0;
  virtual result<void> remove_imported(organization_id owner, number_id id) = 0;
};

}  // namespace dialplane
