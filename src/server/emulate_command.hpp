// `dialplane emulate NAME`: plays a carrier's API, for whoever tests without an account.
#pragma once

#include "edge/cli/arguments.hpp"

namespace dialplane {

int run_emulate(const parsed_arguments& given);

}  // namespace dialplane
