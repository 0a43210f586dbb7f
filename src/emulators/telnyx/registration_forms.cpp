#include "emulators/telnyx/registration_forms.hpp"

#include <boost/json/serialize.hpp>

#include <utility>

namespace dialplane::emulators::telnyx {

namespace {

namespace json = boost::json;

json::value text_or_null(const std::string& text) {
  return text.empty() ? json::value() : json::value(text);
}

}  // namespace

json::object whole_form(const played_brand& brand) {
  json::object row = brand.members;
  row["brandId"] = brand.id;
  row["tcrBrandId"] = text_or_null(brand.status == "OK" ? "B" + brand.id.substr(0, 6) : "");
  row["brandRelationship"] = "BASIC_ACCOUNT";
  row["status"] = brand.status;
  row["identityStatus"] = brand.identity;
  row["failureReasons"] = text_or_null(brand.reason);
  return row;
}

json::object listed_form(const played_brand& brand) {
  json::object row{{"brandId", brand.id},
                   {"status", brand.status},
                   {"identityStatus", brand.identity},
                   {"failureReasons", text_or_null(brand.reason)},
                   {"assignedCampaingsCount", 0}};
  for (const char* name : {"displayName", "companyName", "email", "entityType", "website",
                           "createdAt", "updatedAt"}) {
    if (const json::value* found = brand.members.if_contains(name)) row[name] = *found;
  }
  return row;
}

json::object feedback_form(const played_brand& brand) {
  json::array categories;
  if (!brand.reason.empty()) {
    categories.push_back(json::object{{"id", "TAX_ID"},
                                      {"displayName", "Tax ID"},
                                      {"description", brand.reason},
                                      {"fields", json::array{"companyName", "ein"}}});
  }
  return {{"brandId", brand.id}, {"category", std::move(categories)}};
}

json::object code_form(const played_brand& brand) {
  json::object row{{"brandId", brand.id},
                   {"referenceId", brand.id},
                   {"deliveryStatus", "DELIVERED_HANDSET"},
                   {"requestDate", to_rfc3339(*brand.code_sent_at)}};
  if (const json::value* mobile = brand.members.if_contains("mobilePhone")) {
    row["mobilePhone"] = *mobile;
  }
  if (brand.code_confirmed_at) row["verifyDate"] = to_rfc3339(*brand.code_confirmed_at);
  return row;
}

json::object whole_form(const played_campaign& campaign) {
  json::object row = campaign.members;
  row["campaignId"] = campaign.id;
  row["cspId"] = "SPLAYED";
  row["mock"] = true;
  row["status"] = campaign.state == "TCR_EXPIRED" ? "EXPIRED" : "ACTIVE";
  row["campaignStatus"] = campaign.state;
  row["submissionStatus"] = campaign.state == "TCR_FAILED" ? "FAILED" : "CREATED";
  row["failureReasons"] = text_or_null(campaign.reason);
  if (!row.contains("subUsecases")) row["subUsecases"] = json::array{};
  if (!row.contains("termsAndConditions")) row["termsAndConditions"] = false;
  return row;
}

json::object qualification_form(std::string_view use_case) {
  json::object network{{"mno", "AT&T"},
                       {"qualify", true},
                       {"mnoReview", false},
                       {"mnoSupport", true},
                       {"minMsgSamples", 1},
                       {"reqSubscriberHelp", true},
                       {"reqSubscriberOptin", true},
                       {"reqSubscriberOptout", true},
                       {"noEmbeddedLink", false},
                       {"noEmbeddedPhone", false}};
  if (use_case.empty()) return {{"10017", std::move(network)}};
  return {{"usecase", use_case},
          {"annualFee", 0},
          {"monthlyFee", 10},
          {"quarterlyFee", 30},
          {"minSubUsecases", 0},
          {"maxSubUsecases", 5},
          {"mnoMetadata", {{"10017", std::move(network)}}}};
}

json::object whole_form(const played_assignment& assignment) {
  return {{"phoneNumber", assignment.e164},
          {"campaignId", assignment.campaign},
          {"telnyxCampaignId", assignment.campaign},
          {"assignmentStatus", assignment.status},
          {"failureReasons", text_or_null(assignment.reason)},
          {"createdAt", to_rfc3339(assignment.created_at)},
          {"updatedAt", to_rfc3339(assignment.created_at)}};
}

json::object whole_form(const played_verification& verification) {
  json::object row = verification.members;
  row["id"] = verification.id;
  row["verificationRequestId"] = verification.id;
  row["verificationStatus"] = verification.state;
  row["reason"] = text_or_null(verification.reason);
  return row;
}

std::string_view update_type(std::string_view state) {
  if (state.starts_with("TELNYX_")) return "TELNYX_REVIEW";
  if (state.starts_with("MNO_")) return "MNO_REVIEW";
  return "TCR_EVENT";
}

std::string json_text(const json::object& body) { return json::serialize(body); }

}  // namespace dialplane::emulators::telnyx
