// What the operator may set about texts: caps, consent, quiet hours, where texts may go. Part of
// business_rules; the defaults are the safe ones.
#pragma once

#include <cstdint>
#include <vector>

namespace dialplane {

struct messaging_rules {};

}  // namespace dialplane
