// Rows of users, account kits and legal entities.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "domain/user.hpp"
#include "store/paging.hpp"

namespace dialplane {

class user_queries {
 public:
  virtual ~user_queries() = default;

  virtual result<void> insert(const user& row) = 0;  // conflict: external_id taken
  virtual result<void> update(const user& row) = 0;  // conflict: external_id taken
  virtual result<std::optional<user>> find(organization_id owner, user_id id) = 0;
  virtual result<std::optional<user>> find_default(organization_id owner) = 0;
  // Newest first, deleted ones left out.
  virtual result<std::vector<user>> list(organization_id owner, std::size_t limit,
                                         std::size_t offset) = 0;

  virtual result<void> insert_kit(const account_kit& row) = 0;
  virtual result<void> update_kit(const account_kit& row) = 0;
  virtual result<void> remove_kit(organization_id owner, account_kit_id id) = 0;
  virtual result<std::optional<account_kit>> find_kit(organization_id owner,
                                                      account_kit_id id) = 0;
  virtual result<std::optional<account_kit>> find_default_kit(organization_id owner) = 0;
  virtual result<std::vector<account_kit>> list_kits(organization_id owner, std::size_t limit,
                                                     std::size_t offset) = 0;
  virtual result<std::int64_t> count_users_of_kit(organization_id owner, account_kit_id id) = 0;

  virtual result<void> insert_entity(const legal_entity& row) = 0;
  virtual result<void> update_entity(const legal_entity& row) = 0;
  virtual result<std::optional<legal_entity>> find_entity(organization_id owner,
                                                          legal_entity_id id) = 0;
  virtual result<std::optional<legal_entity>> find_entity_of_user(organization_id owner,
                                                                  user_id id) = 0;
  virtual result<std::vector<legal_entity>> list_entities(organization_id owner,
                                                          std::optional<user_id> of,
                                                          std::size_t limit,
                                                          std::size_t offset) = 0;
};

}  // namespace dialplane
