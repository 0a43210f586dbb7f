// Rows of calls at our numbers, as their carriers told them.
#pragma once

#include "base/error.hpp"

namespace dialplane {

class call_queries {
 public:
  virtual ~call_queries() = default;
};

}  // namespace dialplane
