// Making API keys: their text, shown once, and the row that is kept, which holds only a hash.
#pragma once

#include <string>
#include <string_view>

#include "base/error.hpp"
#include "base/random.hpp"
#include "base/secret.hpp"
#include "domain/organization.hpp"

namespace dialplane {

// "nv_pk_live_" (operator) or "nv_sk_live_" (agent) and 32 random base62 characters (190 bits).
secret_string make_key_text(key_role role, random_source& random);

// A key an operator brings along: 20 to 200 visible ASCII characters. `name` is for the sentence.
result<void> check_given_key(std::string_view name, std::string_view text);

// The row of a key without bindings and limits.
api_key row_of_key(const secret_string& text, key_role role, organization_id owner, api_key_id id,
                   timestamp now);

}  // namespace dialplane
