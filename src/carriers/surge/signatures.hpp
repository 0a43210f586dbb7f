// The two signatures of Surge's webhooks, old and new.
//
// New: Standard Webhooks. Old: `Surge-Signature: t=<seconds>,v1=<hex>[,v1=<hex>]`, HMAC-SHA256 over
// "{t}.{body}" with the secret exactly as it was issued. Any header whose name begins with
// "webhook-" makes the new scheme decide alone, so that nobody can choose the weaker one. Pure.
#pragma once

#include <string_view>

#include "base/clock.hpp"
#include "carriers/carrier.hpp"

namespace dialplane::surge {

// refused (unauthorized) for a signature that is missing, wrong, or not of these five minutes. The
// event's key: webhook-id, else a hash of the body.
result<verified_webhook> verify_signature(const carrier_webhook& received,
                                          std::string_view secret, timestamp now);

}  // namespace dialplane::surge
