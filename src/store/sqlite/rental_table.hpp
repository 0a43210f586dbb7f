// rental_queries on SQLite.
#pragma once

#include "base/sqlite.hpp"
#include "store/rental_queries.hpp"

namespace dialplane::sqlite {

class rental_table final : public rental_queries {
 public:
  explicit rental_table(database& on) : db_(on) {}

 private:
  [[maybe_unused]] database& db_;
};

}  // namespace dialplane::sqlite
