// src/carriers/*/carrier.yaml, as bytes inside the program.
#pragma once

#include <string_view>

namespace dialplane {

// One function per carrier, such as twilio_description().

}  // namespace dialplane
