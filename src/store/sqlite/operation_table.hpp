// operation_queries on SQLite: operations, their steps, and the events they leave.
#pragma once

#include <utility>

#include "base/sqlite.hpp"
#include "store/operation_queries.hpp"

namespace dialplane::sqlite {

class operation_table final : public operation_queries {
 public:
  explicit operation_table(database& on) : db_(on) {}

  result<void> insert(const operation& row) override;
  result<void> update(const operation& row) override;
  result<std::optional<operation>> find(organization_id owner, operation_id id) override;
  result<std::optional<operation>> find_any(operation_id id) override;
  result<std::int64_t> count_open() override;
  result<std::vector<operation>> open_ones(std::size_t limit) override;

  result<void> add_step(operation_id id, std::string_view step, std::string_view detail,
                        timestamp at) override;
  result<std::vector<operation_step_row>> steps_of(operation_id id) override;

  result<void> append_event(const event& row) override;
  // Whether events were appended since the last call.
  bool take_event_mark() noexcept { return std::exchange(event_mark_, false); }

 private:
  database& db_;
  bool event_mark_ = false;
};

}  // namespace dialplane::sqlite
