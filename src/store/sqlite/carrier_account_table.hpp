// carrier_account_queries on SQLite.
#pragma once

#include "base/sqlite.hpp"
#include "store/carrier_account_queries.hpp"

namespace dialplane::sqlite {

class carrier_account_table final : public carrier_account_queries {
 public:
  explicit carrier_account_table(database& on) : db_(on) {}

 private:
  [[maybe_unused]] database& db_;
};

}  // namespace dialplane::sqlite
