// organization_queries on SQLite.
#pragma once

#include "base/sqlite.hpp"
#include "store/organization_queries.hpp"

namespace dialplane::sqlite {

class organization_table final : public organization_queries {
 public:
  explicit organization_table(database& on) : db_(on) {}

  result<void> insert(const organization& row) override;
  result<std::optional<organization>> find(organization_id id) override;
  result<std::optional<organization>> first() override;
  result<std::vector<organization>> all(std::size_t limit) override;

  result<std::int64_t> slots_used(organization_id id) override;
  result<void> add_slots_used(organization_id id, std::int64_t delta) override;

  result<void> insert_key(const api_key& row) override;
  result<std::optional<api_key>> find_key_by_hash(
      const std::array<std::uint8_t, 32>& hash) override;
  result<std::optional<api_key>> find_key(organization_id owner, api_key_id id) override;
  result<page<api_key>> page_of_keys(organization_id owner, const page_request& cut) override;
  result<void> revoke_key(organization_id owner, api_key_id id, timestamp at) override;

  result<key_day_usage> usage_of_key(api_key_id id, std::int64_t day) override;
  result<void> add_usage_of_key(api_key_id id, std::int64_t day,
                                const key_day_usage& more) override;

  result<std::optional<std::string>> setting(std::string_view name) override;
  result<void> put_setting(std::string_view name, std::string_view value) override;

 private:
  database& db_;
};

}  // namespace dialplane::sqlite
