#include "domain/campaign.hpp"

#include <boost/json/array.hpp>

namespace dialplane {

brand_status status_of(brand_stage stage) noexcept {
  if (stage == brand_stage::verified) return brand_status::verified;
  return stage == brand_stage::failed ? brand_status::failed : brand_status::pending;
}

std::optional<std::string> review_eta(const campaign& subject) {
  if (subject.status != campaign_status::created && subject.status != campaign_status::in_review) {
    return std::nullopt;
  }
  // Times as carriers publish them: 10DLC review 1-2 business days, toll-free 1-2 weeks.
  return subject.kind == campaign_kind::ten_dlc ? "1-2 business days" : "1-2 weeks";
}

std::string_view wire_status(campaign_status status) noexcept {
  return name_of_value(status == campaign_status::suspended ? campaign_status::rejected : status);
}

bool awaits_owner(const std::optional<brand>& company) noexcept {
  return company && company->tier == registration_tier::sole_proprietor &&
         status_of(company->stage) == brand_status::pending;
}

std::string use_case_of(const boost::json::object& entity_record) {
  constexpr std::string_view usual = "customer_care";
  const boost::json::value* messaging = entity_record.if_contains("messaging");
  if (messaging == nullptr || !messaging->is_object()) return std::string(usual);
  const boost::json::value* cases = messaging->get_object().if_contains("use_cases");
  if (cases == nullptr || !cases->is_array() || cases->get_array().empty() ||
      !cases->get_array().front().is_string()) {
    return std::string(usual);
  }
  const boost::json::string& first = cases->get_array().front().get_string();
  return {first.data(), first.size()};
}

}  // namespace dialplane
