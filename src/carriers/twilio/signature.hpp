// X-Twilio-Signature: made, and judged. Pure functions of bytes and a token.
//
// A signature has no time in it and stays valid for ever: whoever takes a webhook must know what
// it has taken before (the event key). The address that was signed is the one the carrier was
// given, so callers build it from their own configuration, never from what the request claims.
#pragma once

#include <string>
#include <string_view>

#include "base/error.hpp"
#include "carriers/carrier.hpp"
#include "net/form_encoding.hpp"

namespace dialplane::twilio {

// Base64 of HMAC-SHA1 over the address and every field, sorted by name; of a repeated field each
// distinct value once, sorted.
std::string signature_of(std::string_view token, std::string_view url, const form_fields& form);

// Whether the signature is of that address: without a port, with the default port, or (as the
// carrier's own client accepts) percent-encoded and with its query written anew.
bool signature_fits(std::string_view token, std::string_view signature, std::string_view url,
                    const form_fields& form);

// refused (unauthorized) for what the carrier did not sign. A body that is no form is signed by its
// hash in the address (bodySHA256).
result<void> judge_signature(const carrier_webhook& received, std::string_view token);

}  // namespace dialplane::twilio
