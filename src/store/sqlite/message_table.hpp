// message_queries on SQLite.
#pragma once

#include "base/sqlite.hpp"
#include "store/message_queries.hpp"

namespace dialplane::sqlite {

class message_table final : public message_queries {
 public:
  explicit message_table(database& on) : db_(on) {}

 private:
  [[maybe_unused]] database& db_;
};

}  // namespace dialplane::sqlite
