// Where an account's numbers should send their texts and calls: to us.
#pragma once

#include <string>
#include <string_view>

#include "carriers/carrier.hpp"
#include "workflow/environment.hpp"

namespace dialplane {

inline number_routing number_routing_of(const workflow_environment& env,
                                        std::string_view account) {
  const std::string base = env.public_url + "/carriers/" + std::string(account);
  return {base + "/texts", base + "/calls"};
}

}  // namespace dialplane
