// Every carrier the suite runs over: a new one joins by adding its fixture here.
#pragma once

#include "conformance/carrier_fixture.hpp"
#include "conformance/surge_fixture.hpp"
#include "conformance/telnyx_fixture.hpp"
#include "conformance/toy_emulator.hpp"
#include "conformance/twilio_fixture.hpp"
#include "conformance/wire_fixture.hpp"

namespace dialplane::test {

// Those behind a wire emulator.
struct wire_factory {
  const char* name;
  std::function<std::unique_ptr<wire_fixture>()> make;
};

inline std::vector<wire_factory> wire_carriers() {
  return {
      {"toy", [] { return std::make_unique<toy::toy_fixture>(); }},
      {"surge", [] { return std::make_unique<surge_fixture>(); }},
      {"telnyx", [] { return std::make_unique<telnyx_fixture>(); }},
      {"twilio", [] { return std::make_unique<twilio_fixture>(); }},
  };
}

inline std::vector<carrier_factory> every_carrier() {
  std::vector<carrier_factory> all = all_carriers();
  for (const wire_factory& one : wire_carriers()) {
    all.push_back({one.name, [make = one.make] { return make(); }});
  }
  return all;
}

// Runs `body` once per carrier.
template <typename Body>
void on_every_carrier(Body body) {
  for (const carrier_factory& factory : every_carrier()) {
    INFO("carrier ", factory.name);
    const auto fixture = factory.make();
    body(*fixture);
  }
}

// Runs `body` once per carrier behind a wire emulator.
template <typename Body>
void on_every_wire(Body body) {
  for (const wire_factory& factory : wire_carriers()) {
    INFO("carrier ", factory.name);
    const auto fixture = factory.make();
    body(*fixture);
  }
}

}  // namespace dialplane::test
