// Something that happened, told to whoever subscribed. Written in the transaction of the change.
#pragma once

#include <cstdint>
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

// An event with its place in the order of commit, which never changes and is never used again.
struct placed_event {
  std::int64_t position = 0;
  event what;
};

}  // namespace dialplane
