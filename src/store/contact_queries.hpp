// The people that texts go to and come from: who opted out, who consented, and how.
#pragma once

#include "base/error.hpp"

namespace dialplane {

class contact_queries {
 public:
  virtual ~contact_queries() = default;
};

}  // namespace dialplane
