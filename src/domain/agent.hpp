// An agent: what answers a number. Its configuration is kept for the voice edge; this server
// validates and returns it.
#pragma once

#include <boost/json/object.hpp>
#include <optional>
#include <string>

#include "base/clock.hpp"
#include "base/ids.hpp"

namespace dialplane {

struct agent {
  agent_id id;
  organization_id organization;
  std::string name;  // 1 to 64 characters, not unique
  std::optional<std::string> description;
  std::string tts_voice;
  std::string tts_language = "en";
  std::optional<std::string> webhook;  // id of an agent webhook, kept as given
  boost::json::object config;          // managed-agent configuration, complete
  std::int64_t version = 1;            // rises with every change of `config`
  timestamp created_at;
  timestamp updated_at;
};

}  // namespace dialplane
