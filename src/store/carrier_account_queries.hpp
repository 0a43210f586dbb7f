// Rows of accounts at carriers, their secrets sealed.
#pragma once

#include "base/error.hpp"

namespace dialplane {

class carrier_account_queries {
 public:
  virtual ~carrier_account_queries() = default;
};

}  // namespace dialplane
