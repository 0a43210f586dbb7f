#include "server/known_emulators.hpp"

#include <vector>

#include "emulators/twilio/twilio_emulator.hpp"

namespace dialplane {

// One line per carrier: its name and make function.
std::span<const known_emulator> known_emulators() noexcept {
  static const std::vector<known_emulator> all = {
      {"twilio", emulators::twilio::make_twilio_emulator},
  };
  return all;
}

}  // namespace dialplane
