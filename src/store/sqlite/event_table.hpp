// event_queries on SQLite.
#pragma once

#include "base/sqlite.hpp"
#include "store/event_queries.hpp"

namespace dialplane::sqlite {

class event_table final : public event_queries {
 public:
  explicit event_table(database& on) : db_(on) {}

 private:
  [[maybe_unused]] database& db_;
};

}  // namespace dialplane::sqlite
