// event_queries on SQLite.
#pragma once

#include "base/sqlite.hpp"
#include "store/event_queries.hpp"

namespace dialplane::sqlite {

class event_table final : public event_queries {
 public:
  explicit event_table(database& on) : db_(on) {}

  result<std::int64_t> last_position() override;
  result<std::vector<placed_event>> after(std::int64_t position, std::size_t limit) override;
  result<std::optional<std::int64_t>> position_of(organization_id owner, event_id id) override;
  result<std::int64_t> forget(timestamp before, std::int64_t up_to, std::size_t limit) override;

 private:
  database& db_;
};

}  // namespace dialplane::sqlite
