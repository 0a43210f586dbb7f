// The Standard Webhooks signature (webhook-id, webhook-timestamp, webhook-signature), as carriers
// sign what they tell us. Pure functions of bytes and a time.
#pragma once

#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "carriers/carrier.hpp"

namespace dialplane {

// Nothing for an absent header or one that is there more than once. `name` in lower case.
const std::string* only_header(const carrier_webhook& received, std::string_view name) noexcept;

// "v1," and the Base64 of HMAC-SHA256 over "{id}.{seconds}.{body}". `secret`: "whsec_" and the
// Base64 of the key; a secret of another shape is used as it is.
std::string standard_webhook_signature(std::string_view secret, std::string_view id,
                                       std::string_view seconds, std::string_view body);

// The id of a delivery that carries a valid signature not older or newer than five minutes.
// refused (unauthorized) for any other.
result<std::string> verify_standard_webhook(const carrier_webhook& received,
                                            std::string_view secret, timestamp now);

}  // namespace dialplane
