#include "domain/webhook.hpp"

#include <algorithm>

namespace dialplane {

bool webhook_endpoint::wants(std::string_view type) const {
  return std::ranges::any_of(event_types, [type](const std::string& each) {
    return each == "*" || each == type;
  });
}

}  // namespace dialplane
