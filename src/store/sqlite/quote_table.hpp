// quote_queries on SQLite.
#pragma once

#include "base/sqlite.hpp"
#include "store/quote_queries.hpp"

namespace dialplane::sqlite {

class quote_table final : public quote_queries {
 public:
  explicit quote_table(database& on) : db_(on) {}

 private:
  [[maybe_unused]] database& db_;
};

}  // namespace dialplane::sqlite
