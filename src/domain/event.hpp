// Something that happened, told to whoever subscribed. Written in the transaction of the change.
#pragma once

#include <optional>
#include <string>

#include "base/clock.hpp"
#include "base/ids.hpp"

namespace dialplane {

struct event {
  event_id id;
  organization_id organization;
  std::optional<user_id> user;
  std::string type;     // "phone.provisioned"
  std::string data;     // JSON object
  timestamp created_at;
};

}  // namespace dialplane
