// By what a request is recognised when it is sent again: canonical JSON and the hashes over it.
//
// Two bodies that say the same (members in another order, 1 and 1.0) have one canonical text; two
// that do not, do not. Pure functions; the hashes are the first 16 bytes of SHA-256. Who looks them
// up: app/replay.hpp.
#pragma once

#include <boost/json/value.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "app/request_identity.hpp"
#include "base/error.hpp"
#include "domain/organization.hpp"
#include "net/http.hpp"

namespace dialplane {

// Members sorted by name at every level, no white space, whole numbers without fraction or
// exponent.
std::string canonical_json(const boost::json::value& value);

// The value of Idempotency-Key, or nothing. invalid_input: sent twice, empty, longer than 255, or
// with other than printable ASCII.
result<std::optional<std::string_view>> idempotency_key_of(const http_request& request);

// The value of x-stainless-retry-count, if it is an integer from 0 to 100; else nothing.
std::optional<std::int64_t> retry_count_of(const http_request& request) noexcept;

// `user`: whom the request is about, as far as it says so. `body`: the parsed body, or null where
// the route takes none (then its bytes count). The request changes something.
request_identity identify(const http_request& request, const actor& who,
                          std::optional<user_id> user, const boost::json::object* body,
                          std::string_view request_id);

// Under which a request that tracks its delivery is known (app/delivery_tracker.hpp): key, user,
// method, path, query and body.
request_hash tracked_fingerprint(const http_request& request, const request_identity& identity);

}  // namespace dialplane
