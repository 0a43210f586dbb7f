// Rows of quotes: a price and an exact number promised for some minutes; and of what bought numbers
// cost at their carriers.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "domain/quote.hpp"

namespace dialplane {

class quote_queries {
 public:
  virtual ~quote_queries() = default;
  virtual result<void> insert(const quote& row) = 0;
  virtual result<std::optional<quote>> find(organization_id owner, quote_id id) = 0;
  // False: it was used before.
  virtual result<bool> use(organization_id owner, quote_id id, operation_id by) = 0;
  // Quotes that ended before; how many were forgotten, at most `limit`.
  virtual result<std::int64_t> forget_older(timestamp than, std::size_t limit) = 0;

  // Replaces an earlier record of the same number.
  virtual result<void> put_purchase(const number_purchase_record& row) = 0;
  virtual result<std::optional<number_purchase_record>> find_purchase(organization_id owner,
                                                                      number_id id) = 0;
  // Does a quote that is unused and lives longer than `now` promise that number to anyone but this
  // user? Of whatever organization; nobody: to anyone at all.
  virtual result<bool> is_promised(std::string_view e164, timestamp now,
                                   std::optional<user_id> but_to) = 0;
  // Unused quotes that live longer than `now`; counted up to `up_to`.
  virtual result<std::int64_t> count_open(organization_id owner, timestamp now,
                                          std::int64_t up_to) = 0;
};

}  // namespace dialplane
