// A sole proprietor's one-time code: having a new one texted, and confirming it. Rules: naive
// dialect §4.8; the carrier makes, texts and judges the code, we never keep it.
#pragma once

#include <optional>
#include <string>

#include "app/environment.hpp"
#include "domain/campaign.hpp"
#include "domain/organization.hpp"

namespace dialplane {

struct brand_code_request {
  actor who;
  std::optional<user_id> user;  // the path's or header's
  std::string code;             // to confirm; six digits
  std::string request_id;
};

using brand_done = unique_function<void(result<brand>)>;

// resource_not_found: no brand yet. invalid_input: a company, which needs no code. conflict:
// nothing waits for a code now.
void resend_brand_code(app_environment& env, brand_code_request request, brand_done done);
// code_wrong, code_expired, or as above. A brand that is verified already is success.
void confirm_brand_code(app_environment& env, brand_code_request request, brand_done done);

}  // namespace dialplane
