// Things a person may name instead of typing an id: numbers by E.164 or label, agents, users, kits
// and carriers by their names.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "edge/cli/api_client.hpp"
#include "edge/cli/client_call.hpp"

namespace dialplane::cli {

struct named_thing {
  std::string id;
  std::string name;   // label, name or e-mail; may be empty
  std::string about;  // "+14155550123 Support"
  std::string e164;   // of numbers
};

// The first of that kind ("phone", "agent", "user", ...), at most `max`; nothing where the server
// refuses or there is no such kind. `whole` tells whether these are all there are: a name that one
// of some things has may be another one's too.
std::vector<named_thing> things_at(api_client& api, std::string_view kind,
                                   const std::optional<std::string>& user, std::size_t max,
                                   bool* whole = nullptr);

// Replaces names by ids in words and options that stand for a thing. Texts that look like ids are
// left alone. Refused (invalid_input): a name that several things have, or none.
result<parsed_arguments> with_ids(client_call& call);

}  // namespace dialplane::cli
