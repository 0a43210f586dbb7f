// send_counter_queries on SQLite.
#pragma once

#include "base/sqlite.hpp"
#include "store/send_counter_queries.hpp"

namespace dialplane::sqlite {

class send_counter_table final : public send_counter_queries {
 public:
  explicit send_counter_table(database& on) : db_(on) {}

 private:
  [[maybe_unused]] database& db_;
};

}  // namespace dialplane::sqlite
