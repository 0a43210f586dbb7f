// What carriers told us, as received: stored first, understood afterwards.
#pragma once

#include "base/error.hpp"

namespace dialplane {

class inbox_queries {
 public:
  virtual ~inbox_queries() = default;
};

}  // namespace dialplane
