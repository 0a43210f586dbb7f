// send_counter_queries on SQLite.
#pragma once

#include "base/sqlite.hpp"
#include "store/send_counter_queries.hpp"

namespace dialplane::sqlite {

class send_counter_table final : public send_counter_queries {
 public:
  explicit send_counter_table(database& on) : db_(on) {}

  result<std::vector<send_counter>> find(organization_id owner,
                                         std::span<const counter_key> keys) override;
  result<void> add(organization_id owner, std::span<const counter_key> keys,
                   const send_counter& more) override;
  result<pace_state> pace_of(organization_id owner, const uuid_bytes& subject) override;
  result<void> put_pace(organization_id owner, const uuid_bytes& subject,
                        const pace_state& state) override;
  // Walks the table: a row per scope, once an hour.
  result<std::int64_t> forget(std::int64_t before_day, std::size_t limit) override;

 private:
  database& db_;
};

}  // namespace dialplane::sqlite
