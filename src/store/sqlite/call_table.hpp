// call_queries on SQLite.
#pragma once

#include "base/sqlite.hpp"
#include "store/call_queries.hpp"

namespace dialplane::sqlite {

class call_table final : public call_queries {
 public:
  explicit call_table(database& on) : db_(on) {}

 private:
  [[maybe_unused]] database& db_;
};

}  // namespace dialplane::sqlite
