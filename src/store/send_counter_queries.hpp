// How much was sent in the windows that caps look at.
#pragma once

#include "base/error.hpp"

namespace dialplane {

class send_counter_queries {
 public:
  virtual ~send_counter_queries() = default;
};

}  // namespace dialplane
