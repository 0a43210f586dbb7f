// Rows of what numbers cost each month, and how far that is paid.
#pragma once

#include <optional>
#include <vector>

#include "base/error.hpp"
#include "domain/rental.hpp"

namespace dialplane {

// Where a walk over all numbers has come to.
struct rental_walk {
  organization_id organization;
  number_id number;
};

struct numbers_without_rental {
  std::vector<number> numbers;
  std::optional<rental_walk> next;  // nothing: the walk is over
};

class rental_queries {
 public:
  virtual ~rental_queries() = default;
  // Replaces.
  virtual result<void> put(const rental& row) = 0;
  virtual result<std::optional<rental>> find(organization_id owner, number_id of) = 0;
  // To be looked at by now, soonest first; never exempt ones.
  virtual result<std::vector<rental>> due(timestamp now, std::size_t limit) = 0;
  // Unpaid ones of the organization are looked at again now; how many.
  virtual result<std::int64_t> retry_unpaid(organization_id owner, timestamp now) = 0;
  virtual result<void> remove(organization_id owner, number_id of) = 0;
  // Looks at `limit` numbers behind `after`; returns the active and suspended ones of them that
  // have no rental.
  virtual result<numbers_without_rental> without_rental(const rental_walk& after,
                                                        std::size_t limit) = 0;
};

}  // namespace dialplane
