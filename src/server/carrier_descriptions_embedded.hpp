// src/carriers/*/carrier.yaml, as bytes inside the program.
#pragma once

#include <string_view>

namespace dialplane {

// One function per carrier.
std::string_view surge_description() noexcept;
std::string_view telnyx_description() noexcept;
std::string_view twilio_description() noexcept;

}  // namespace dialplane
