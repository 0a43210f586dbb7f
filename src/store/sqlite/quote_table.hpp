// quote_queries on SQLite.
#pragma once

#include "base/sqlite.hpp"
#include "store/quote_queries.hpp"

namespace dialplane::sqlite {

class quote_table final : public quote_queries {
 public:
  explicit quote_table(database& on) : db_(on) {}

  result<void> insert(const quote& row) override;
  result<std::optional<quote>> find(organization_id owner, quote_id id) override;
  result<bool> use(organization_id owner, quote_id id, operation_id by) override;
  result<bool> is_promised(std::string_view e164, timestamp now,
                           std::optional<user_id> but_to) override;
  result<std::int64_t> count_open(organization_id owner, timestamp now,
                                  std::int64_t up_to) override;
  result<std::int64_t> forget_older(timestamp than, std::size_t limit) override;
  result<void> put_purchase(const number_purchase_record& row) override;
  result<std::optional<number_purchase_record>> find_purchase(organization_id owner,
                                                              number_id id) override;

 private:
  database& db_;
};

}  // namespace dialplane::sqlite
