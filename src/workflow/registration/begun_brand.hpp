// Whether the registration of a company was ever begun at its carrier.
#pragma once

#include "domain/campaign.hpp"

namespace dialplane {

inline bool is_begun(const brand& company) {
  return company.operation || !company.carrier_reference.empty() || company.submissions > 0;
}

}  // namespace dialplane
