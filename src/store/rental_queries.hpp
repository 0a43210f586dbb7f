// Rows of what numbers cost each month, and how far that is paid.
#pragma once

#include "base/error.hpp"

namespace dialplane {

class rental_queries {
 public:
  virtual ~rental_queries() = default;
};

}  // namespace dialplane
