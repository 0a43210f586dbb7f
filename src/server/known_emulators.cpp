#include "server/known_emulators.hpp"

#include <vector>

#include "emulators/surge/surge_emulator.hpp"
#include "emulators/telnyx/telnyx_emulator.hpp"
#include "emulators/twilio/twilio_emulator.hpp"

namespace dialplane {

// One line per carrier: its name and make function.
std::span<const known_emulator> known_emulators() noexcept {
  static const std::vector<known_emulator> all = {
      {"surge", emulators::surge::make_surge_emulator},
      {"telnyx", emulators::telnyx::make_telnyx_emulator},
      {"twilio", emulators::twilio::make_twilio_emulator},
  };
  return all;
}

}  // namespace dialplane
