// organization_queries on SQLite.
#pragma once

#include <utility>

#include "base/sqlite.hpp"
#include "store/organization_queries.hpp"
#include "store/sqlite/deferred_counts.hpp"
#include "store/sqlite/kept_rows.hpp"

namespace dialplane::sqlite {

class organization_table final : public organization_queries {
 public:
  explicit organization_table(database& on, row_keeping keeping = row_keeping::off)
      : db_(on), organizations_(keeping), keys_(keeping), settings_(keeping) {}

  // Between the two, counters that grow are added up in memory.
  void defer_counts() noexcept;
  result<void> write_counts();
  void drop_counts() noexcept;
  std::uint64_t deferred() const noexcept { return slots_.additions() + usage_.additions(); }

  void forget_kept() noexcept {
    organizations_.forget();
    keys_.forget();
    settings_.forget();
  }

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
  result<void> store_slots(organization_id id, std::int64_t more);
  result<void> store_usage(api_key_id id, std::int64_t day, const key_day_usage& more);

  database& db_;
  kept_rows<organization_id, organization> organizations_;
  kept_rows<std::pair<organization_id, api_key_id>, api_key> keys_;
  kept_rows<std::string, std::string> settings_;
  deferred_counts<organization_id, std::int64_t> slots_;
  deferred_counts<std::pair<api_key_id, std::int64_t>, key_day_usage> usage_;
};

}  // namespace dialplane::sqlite
