// The carriers that this program can play, by name.
#pragma once

#include <memory>
#include <span>
#include <string_view>

#include "emulators/carrier_emulator.hpp"

namespace dialplane {

struct known_emulator {
  std::string_view name;
  std::unique_ptr<emulators::carrier_emulator> (*make)(emulators::emulator_tools tools);
};

std::span<const known_emulator> known_emulators() noexcept;

}  // namespace dialplane
