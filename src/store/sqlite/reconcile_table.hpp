// reconcile_queries on SQLite.
#pragma once

#include "base/sqlite.hpp"
#include "store/reconcile_queries.hpp"

namespace dialplane::sqlite {

class reconcile_table final : public reconcile_queries {
 public:
  explicit reconcile_table(database& on) : db_(on) {}

 private:
  [[maybe_unused]] database& db_;
};

}  // namespace dialplane::sqlite
