// Telnyx's webhooks: the signature, the two shapes of body, and the forms of TeXML calls. Pure
// functions over bytes from outside.
#pragma once

#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/ed25519.hpp"
#include "carriers/carrier.hpp"

namespace dialplane::telnyx {

// Ed25519 over "timestamp|body"; refused more than 300 s from `now`. The key of an event is its
// data.id, or where there is none a hash of the body.
result<verified_webhook> verify_signed(const carrier_webhook& received,
                                       const ed25519_public_key& key, timestamp now);

// What a JSON body says; nothing for events that do not concern us.
result<std::vector<carrier_news>> read_events(std::string_view body);

// A TeXML request or status report.
result<carrier_call> read_call_form(std::string_view body);

}  // namespace dialplane::telnyx
