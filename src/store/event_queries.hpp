// The outbox: events in the order of commit.
#pragma once

#include "base/error.hpp"

namespace dialplane {

class event_queries {
 public:
  virtual ~event_queries() = default;
};

}  // namespace dialplane
