// user_queries on SQLite: users, account kits and legal entities.
#pragma once

#include <utility>

#include "base/sqlite.hpp"
#include "store/sqlite/kept_rows.hpp"
#include "store/sqlite/list_versions.hpp"
#include "store/user_queries.hpp"

namespace dialplane::sqlite {

class user_table final : public user_queries {
 public:
  explicit user_table(database& on, change_marks changes = {},
                      row_keeping keeping = row_keeping::off)
      : db_(on), changes_(changes), users_(keeping), defaults_(keeping), kits_(keeping) {}

  void forget_kept() noexcept {
    users_.forget();
    defaults_.forget();
    kits_.forget();
  }

  result<void> insert(const user& row) override;
  result<void> update(const user& row) override;
  result<std::optional<user>> find(organization_id owner, user_id id) override;
  result<std::optional<user>> find_default(organization_id owner) override;
  result<std::vector<user>> list(organization_id owner, std::size_t limit,
                                 std::size_t offset) override;

  result<void> insert_kit(const account_kit& row) override;
  result<void> update_kit(const account_kit& row) override;
  result<void> remove_kit(organization_id owner, account_kit_id id) override;
  result<std::optional<account_kit>> find_kit(organization_id owner, account_kit_id id) override;
  result<std::optional<account_kit>> find_default_kit(organization_id owner) override;
  result<std::vector<account_kit>> list_kits(organization_id owner, std::size_t limit,
                                             std::size_t offset) override;
  result<std::int64_t> count_users_of_kit(organization_id owner, account_kit_id id) override;

  result<void> insert_entity(const legal_entity& row) override;
  result<void> update_entity(const legal_entity& row) override;
  result<std::optional<legal_entity>> find_entity(organization_id owner,
                                                  legal_entity_id id) override;
  result<std::optional<legal_entity>> find_entity_of_user(organization_id owner,
                                                          user_id id) override;
  result<std::vector<legal_entity>> list_entities(organization_id owner,
                                                  std::optional<user_id> of, std::size_t limit,
                                                  std::size_t offset) override;

 private:
  database& db_;
  const change_marks changes_;
  kept_rows<std::pair<organization_id, user_id>, user> users_;
  kept_rows<organization_id, user> defaults_;
  kept_rows<std::pair<organization_id, account_kit_id>, account_kit> kits_;
};

}  // namespace dialplane::sqlite
