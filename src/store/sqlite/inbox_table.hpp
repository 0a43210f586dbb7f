// inbox_queries on SQLite.
#pragma once

#include "base/sqlite.hpp"
#include "store/inbox_queries.hpp"

namespace dialplane::sqlite {

class inbox_table final : public inbox_queries {
 public:
  explicit inbox_table(database& on) : db_(on) {}

 private:
  [[maybe_unused]] database& db_;
};

}  // namespace dialplane::sqlite
