// rental_queries on SQLite.
#pragma once

#include "base/sqlite.hpp"
#include "store/rental_queries.hpp"

namespace dialplane::sqlite {

class rental_table final : public rental_queries {
 public:
  explicit rental_table(database& on) : db_(on) {}

  result<void> put(const rental& row) override;
  result<std::optional<rental>> find(organization_id owner, number_id of) override;
  result<std::vector<rental>> due(timestamp now, std::size_t limit) override;
  result<std::int64_t> retry_unpaid(organization_id owner, timestamp now) override;
  result<void> remove(organization_id owner, number_id of) override;
  result<numbers_without_rental> without_rental(const rental_walk& after,
                                                std::size_t limit) override;

 private:
  database& db_;
};

}  // namespace dialplane::sqlite
