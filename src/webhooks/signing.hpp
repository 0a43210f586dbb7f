// How a delivery proves that it comes from us. Naive's own header is an HMAC over the body;
// Standard Webhooks' covers id and time too, so that a recorded delivery cannot be played again.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/random.hpp"
#include "base/secret.hpp"

namespace dialplane {

// Lower-case hex HMAC-SHA256 of the body; the key is the whole secret, "whsec_" included (naive
// dialect §10).
std::string naive_signature(std::string_view secret, std::string_view body);

// "v1,<base64>": HMAC-SHA256 of "id.seconds.body". The key is what stands behind "whsec_" in
// base64; a secret of another form is the key as it is (cartesia webhooks bring their own).
std::string standard_signature(std::string_view secret, std::string_view id,
                               std::int64_t unix_seconds, std::string_view body);

// "whsec_" and 24 random bytes in base64.
secret_string new_webhook_secret(random_source& random);

}  // namespace dialplane
