// integrity_queries on SQLite: one query per promise, each giving a sentence per row that breaks
// it.
#pragma once

#include "base/sqlite.hpp"
#include "store/integrity_queries.hpp"

namespace dialplane::sqlite {

class integrity_table final : public integrity_queries {
 public:
  explicit integrity_table(database& on) : db_(on) {}

  result<integrity_report> check() override;
  result<std::vector<carried_number>> carried_numbers(std::string_view carrier,
                                                      std::string_view after_e164,
                                                      std::size_t limit) override;
  result<std::vector<message_id>> texts_at(std::string_view carrier, text_kind which,
                                           message_id after, std::size_t limit) override;

 private:
  database& db_;
};

}  // namespace dialplane::sqlite
