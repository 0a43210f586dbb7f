// Endpoints that want events, and each delivery to them with its tries.
#pragma once

#include "base/error.hpp"

namespace dialplane {

class webhook_queries {
 public:
  virtual ~webhook_queries() = default;
};

}  // namespace dialplane
