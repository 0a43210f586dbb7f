// Quotes: one exact number and its price, promised for some minutes to the key that asked, and held
// at the carrier where the carrier does that. A purchase under a quote gets that number at no
// higher price, or fails; where the carrier holds nothing, someone else may still be faster.
#pragma once

#include <optional>
#include <string>

#include "app/environment.hpp"
#include "domain/area_code_policy.hpp"
#include "domain/organization.hpp"
#include "domain/quote.hpp"

namespace dialplane {

struct quote_request {
  actor who;
  std::optional<user_id> user;  // nothing: the key's user, else the default user
  number_type type = number_type::local;
  std::optional<std::string> area_code;
  area_code_policy policy = default_area_code_policy;
  std::string exact;            // E.164: a quote for this number or none; empty: a fitting one
  std::string account;          // only there; empty: any that sells
};

// number_unavailable: nothing that fits, or gone. carrier_unavailable: no account could say.
void make_quote(app_environment& env, quote_request request,
                unique_function<void(result<quote>)> done);

// Of the key, or of any key for an operator. resource_not_found.
result<quote> get_quote(session& work, const actor& who, std::optional<user_id> asked,
                        quote_id id);

}  // namespace dialplane
