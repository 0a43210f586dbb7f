// contact_queries on SQLite.
#pragma once

#include "base/sqlite.hpp"
#include "store/contact_queries.hpp"

namespace dialplane::sqlite {

class contact_table final : public contact_queries {
 public:
  explicit contact_table(database& on) : db_(on) {}

 private:
  [[maybe_unused]] database& db_;
};

}  // namespace dialplane::sqlite
