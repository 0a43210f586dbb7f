// Rows of organizations, their keys, counters and the installation's settings.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "domain/organization.hpp"
#include "store/paging.hpp"

namespace dialplane {

class organization_queries {
 public:
  virtual ~organization_queries() = default;

  virtual result<void> insert(const organization& row) = 0;
  virtual result<std::optional<organization>> find(organization_id id) = 0;
  virtual result<std::optional<organization>> first() = 0;  // the oldest
  virtual result<std::vector<organization>> all(std::size_t limit) = 0;

  // Managed numbers that take a slot (pending, active, suspended, releasing).
  virtual result<std::int64_t> slots_used(organization_id id) = 0;
  virtual result<void> add_slots_used(organization_id id, std::int64_t delta) = 0;

  virtual result<void> insert_key(const api_key& row) = 0;
  virtual result<std::optional<api_key>> find_key_by_hash(
      const std::array<std::uint8_t, 32>& hash) = 0;
  virtual result<std::optional<api_key>> find_key(organization_id owner, api_key_id id) = 0;
  virtual result<page<api_key>> page_of_keys(organization_id owner, const page_request& cut) = 0;
  virtual result<void> revoke_key(organization_id owner, api_key_id id, timestamp at) = 0;

  // `day` is days since 1970-01-01 UTC.
  virtual result<key_day_usage> usage_of_key(api_key_id id, std::int64_t day) = 0;
  virtual result<void> add_usage_of_key(api_key_id id, std::int64_t day,
                                        const key_day_usage& more) = 0;

  // The installation's own facts: "installation_id", ...
  virtual result<std::optional<std::string>> setting(std::string_view name) = 0;
  virtual result<void> put_setting(std::string_view name, std::string_view value) = 0;
};

}  // namespace dialplane
