#include "server/known_carriers.hpp"

#include <algorithm>
#include <vector>

#include "base/check.hpp"
#include "carriers/surge/surge_carrier.hpp"
#include "carriers/telnyx/telnyx_carrier.hpp"
#include "carriers/twilio/twilio_carrier.hpp"
#include "server/carrier_descriptions_embedded.hpp"

namespace dialplane {

namespace {

// One line per carrier: the text of its description and its maker.
std::vector<known_carrier> read_known_carriers() {
  struct source {
    std::string_view yaml;
    carrier_maker make;
  };
  const std::vector<source> sources = {
      {surge_description(), surge::make_surge_carrier},
      {telnyx_description(), telnyx::make_telnyx_carrier},
      {twilio_description(), twilio::make_twilio_carrier},
  };
  std::vector<known_carrier> all;
  for (const source& one : sources) {
    result<carrier_description> described = parse_carrier_description(one.yaml);
    CHECK(described.has_value());
    all.push_back({*std::move(described), one.make});
  }
  return all;
}

}  // namespace

std::span<const known_carrier> known_carriers() {
  static const std::vector<known_carrier> all = read_known_carriers();
  return all;
}

const known_carrier* find_known_carrier(std::string_view kind) {
  const auto all = known_carriers();
  const auto found = std::ranges::find_if(
      all, [kind](const known_carrier& one) { return one.described.kind == kind; });
  return found == all.end() ? nullptr : &*found;
}

}  // namespace dialplane
