// Our mark: the text a carrier keeps with a number or a filing, by which it is found again.
//
// dp1_<installation, 6>_<organization, 22 base62>_<operation, 22 base62>: 56 characters, within
// the shortest field of the carriers known (64). Numbers without our installation's mark are
// foreign: counted, never touched.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/ids.hpp"

namespace dialplane {

struct ownership_mark {
  std::string installation;
  organization_id organization;
  operation_id operation;
};

// Whose number or filing it is, for carriers with an account per customer: the same text for
// everything of one user. dpu_<installation, 6>_<user, 22 base62>: 33 characters.
std::string owner_text(std::string_view installation, user_id who);

std::string to_text(const ownership_mark& mark);
std::optional<ownership_mark> parse_ownership_mark(std::string_view text);

}  // namespace dialplane
