// inbox_queries on SQLite. Lists of other states than set_aside walk the whole table.
#pragma once

#include "base/sqlite.hpp"
#include "store/inbox_queries.hpp"

namespace dialplane::sqlite {

class inbox_table final : public inbox_queries {
 public:
  explicit inbox_table(database& on) : db_(on) {}

  result<bool> insert_if_new(const inbox_entry& row) override;
  result<std::optional<inbox_entry>> find(inbox_entry_id id) override;
  result<std::vector<inbox_entry>> due(timestamp now, std::size_t limit) override;
  result<bool> mark_processed(inbox_entry_id id, timestamp at) override;
  result<void> note_attempt(const inbox_entry& row) override;
  result<page<inbox_entry>> page_of(inbox_state only, const page_request& cut) override;
  result<std::int64_t> forget(timestamp before, std::size_t limit) override;

 private:
  database& db_;
};

}  // namespace dialplane::sqlite
