// Rows of comparisons with carriers: how far one is, and what differed.
#pragma once

#include "base/error.hpp"

namespace dialplane {

class reconcile_queries {
 public:
  virtual ~reconcile_queries() = default;
};

}  // namespace dialplane
