// webhook_queries on SQLite.
#pragma once

#include "base/sqlite.hpp"
#include "store/webhook_queries.hpp"

namespace dialplane::sqlite {

class webhook_table final : public webhook_queries {
 public:
  explicit webhook_table(database& on) : db_(on) {}

 private:
  [[maybe_unused]] database& db_;
};

}  // namespace dialplane::sqlite
