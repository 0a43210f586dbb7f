// Rows of quotes: a price and an exact number promised for some minutes.
#pragma once

#include "base/error.hpp"

namespace dialplane {

class quote_queries {
 public:
  virtual ~quote_queries() = default;
};

}  // namespace dialplane
