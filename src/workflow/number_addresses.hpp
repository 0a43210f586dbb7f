// Where a carrier sends what happens at a number of ours: the addresses we give it.
#pragma once

#include <string>
#include <string_view>

#include "carriers/carrier.hpp"

namespace dialplane {

// `account` is the name of the carrier account the number lives at.
inline number_routing addresses_for(const std::string& public_url, std::string_view account) {
  const std::string base = public_url + "/carriers/" + std::string(account);
  return {base + "/texts", base + "/calls"};
}

}  // namespace dialplane
