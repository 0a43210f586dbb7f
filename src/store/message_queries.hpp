// Rows of texts, both ways.
#pragma once

#include "base/error.hpp"

namespace dialplane {

class message_queries {
 public:
  virtual ~message_queries() = default;
};

}  // namespace dialplane
