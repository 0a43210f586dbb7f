// The refusal for a number that is not there, or not for who asks.
#pragma once

#include "base/error.hpp"

namespace dialplane {

inline error no_such_number() {
  return refused(error_code::resource_not_found, "There is no such number.");
}

}  // namespace dialplane
