#include "carriers/twilio/company.hpp"

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>

namespace dialplane::twilio {

namespace {

constexpr std::size_t samples_max = 5;

using word_pair = std::pair<std::string_view, std::string_view>;

template <std::size_t N>
std::string_view theirs(const std::array<word_pair, N>& words, std::string_view ours,
                        std::string_view otherwise) {
  for (const auto& [known, word] : words) {
    if (known == ours) return word;
  }
  return otherwise;
}

std::string_view business_type(std::string_view entity_type) {
  constexpr std::array<word_pair, 8> words{{
      {"llc", "Limited Liability Corporation"},
      {"private_corporation", "Corporation"},
      {"public_corporation", "Corporation"},
      {"partnership", "Partnership"},
      {"co_op", "Co-operative"},
      {"non_profit", "Non-profit Corporation"},
      {"government", "Corporation"},
      {"sole_proprietor", "Sole Proprietorship"},
  }};
  return theirs(words, entity_type, "Limited Liability Corporation");
}

std::string_view company_type(std::string_view entity_type) {
  constexpr std::array<word_pair, 3> words{{{"public_corporation", "public"},
                                            {"non_profit", "non-profit"},
                                            {"government", "government"}}};
  return theirs(words, entity_type, "private");
}

const json::value* value_at(const json::object& record, std::string_view path) {
  const json::object* at = &record;
  for (;;) {
    const std::size_t dot = path.find('.');
    const json::value* value = at->if_contains(path.substr(0, dot));
    if (value == nullptr || dot == std::string_view::npos) return value;
    if (!value->is_object()) return nullptr;
    at = &value->get_object();
    path.remove_prefix(dot + 1);
  }
}

std::string upper(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  });
  return out;
}

std::string use_case_word(std::string_view ours) {
  return ours == "two_factor_authentication" ? "2FA" : upper(ours);
}

bool includes(const campaign_filing& filing, std::string_view what) {
  const auto included = texts_at(filing.entity, "messaging.includes");
  return std::find(included.begin(), included.end(), what) != included.end();
}

std::string flag(bool value) { return value ? "true" : "false"; }

end_user representative(const json::object& record) {
  end_user user{.type = "authorized_representative_1", .attributes = {}};
  user.attributes["first_name"] = text_at(record, "contact.first_name");
  user.attributes["last_name"] = text_at(record, "contact.last_name");
  user.attributes["email"] = text_at(record, "contact.email");
  user.attributes["phone_number"] = text_at(record, "contact.phone_number");
  user.attributes["business_title"] = text_at(record, "contact.title");
  user.attributes["job_position"] = "Other";
  return user;
}

}  // namespace

std::string text_at(const json::object& record, std::string_view path) {
  const json::value* value = value_at(record, path);
  if (value == nullptr || !value->is_string()) return {};
  return std::string(value->get_string());
}

std::vector<std::string> texts_at(const json::object& record, std::string_view path) {
  std::vector<std::string> texts;
  const json::value* value = value_at(record, path);
  if (value == nullptr || !value->is_array()) return texts;
  for (const json::value& one : value->get_array()) {
    if (one.is_string()) texts.emplace_back(one.get_string());
  }
  return texts;
}

std::vector<end_user> profile_end_users(const brand_filing& filing) {
  const json::object& record = filing.entity;
  if (filing.sole_proprietor) {
    end_user person{.type = "starter_customer_profile_information", .attributes = {}};
    person.attributes["first_name"] = text_at(record, "contact.first_name");
    person.attributes["last_name"] = text_at(record, "contact.last_name");
    person.attributes["email"] = text_at(record, "contact.email");
    person.attributes["phone_number"] = text_at(record, "contact.phone_number");
    return {std::move(person)};
  }
  end_user company{.type = "customer_profile_business_information", .attributes = {}};
  json::object& said = company.attributes;
  said["business_name"] = text_at(record, "registered_name");
  said["business_type"] = business_type(text_at(record, "entity_type"));
  said["business_identity"] = "direct_customer";
  said["business_industry"] = upper(text_at(record, "industry"));
  said["business_registration_identifier"] = "EIN";
  said["business_registration_number"] = filing.ein.reveal();
  said["business_regions_of_operation"] = "USA_AND_CANADA";
  said["website_url"] = text_at(record, "website");
  std::vector<end_user> users;
  users.push_back(std::move(company));
  users.push_back(representative(record));
  return users;
}

end_user texting_end_user(const brand_filing& filing) {
  const json::object& record = filing.entity;
  end_user user;
  if (filing.sole_proprietor) {
    user.type = "sole_proprietor_information";
    user.attributes["brand_name"] = text_at(record, "registered_name");
    user.attributes["vertical"] = upper(text_at(record, "industry"));
    user.attributes["mobile_phone_number"] = text_at(record, "mobile_number");
    return user;
  }
  user.type = "us_a2p_messaging_profile_information";
  const std::string_view type = company_type(text_at(record, "entity_type"));
  user.attributes["company_type"] = type;
  if (type == "public") {
    user.attributes["stock_exchange"] = text_at(record, "stock_exchange");
    user.attributes["stock_ticker"] = text_at(record, "stock_symbol");
    user.attributes["brand_contact_email"] = text_at(record, "email");
  }
  return user;
}

form_list address_fields(const brand_filing& filing) {
  const json::object& record = filing.entity;
  return {{"CustomerName", text_at(record, "registered_name")},
          {"FriendlyName", filing.mark},
          {"Street", text_at(record, "address.line1")},
          {"StreetSecondary", text_at(record, "address.line2")},
          {"City", text_at(record, "address.locality")},
          {"Region", text_at(record, "address.region")},
          {"PostalCode", text_at(record, "address.postal_code")},
          {"IsoCountry", text_at(record, "address.country").empty()
                             ? "US"
                             : text_at(record, "address.country")}};
}

std::string_view profile_policy(bool sole_proprietor) noexcept {
  return sole_proprietor ? "RN806dd6cd175f314e1f96a9727ee271f4"
                         : "RNdfbf3fae0e1107f8aded0e7cead80bf5";
}

std::string_view texting_policy(bool sole_proprietor) noexcept {
  return sole_proprietor ? "RN670d5d2e282a6130ae063b234b6019c8"
                         : "RNb0d4771c2c98518d916a3d4cd70a8f8b";
}

form_list campaign_fields(const campaign_filing& filing) {
  const json::object& record = filing.entity;
  form_list fields{{"Description", text_at(record, "messaging.description")},
                   {"MessageFlow", text_at(record, "messaging.consent_flow")},
                   {"UsAppToPersonUsecase", use_case_word(filing.use_case)},
                   {"HasEmbeddedLinks", flag(includes(filing, "links"))},
                   {"HasEmbeddedPhone", flag(includes(filing, "phone_numbers"))},
                   {"SubscriberOptIn", "true"},
                   {"AgeGated", flag(includes(filing, "age_gated"))},
                   {"DirectLending", flag(includes(filing, "direct_lending"))}};
  auto samples = texts_at(record, "messaging.message_samples");
  samples.resize(std::min(samples.size(), samples_max));
  for (std::string& sample : samples) fields.emplace_back("MessageSamples", std::move(sample));
  const std::string privacy = text_at(record, "messaging.privacy_policy_url");
  const std::string terms = text_at(record, "messaging.terms_and_conditions_url");
  if (!privacy.empty()) fields.emplace_back("PrivacyPolicyUrl", privacy);
  if (!terms.empty()) fields.emplace_back("TermsAndConditionsUrl", terms);
  return fields;
}

form_list toll_free_fields(const campaign_filing& filing, const std::string& notify) {
  const json::object& record = filing.entity;
  const auto samples = texts_at(record, "messaging.message_samples");
  const std::string mail = text_at(record, "contact.email");
  form_list fields{
      {"BusinessName", text_at(record, "registered_name")},
      {"BusinessWebsite", text_at(record, "website")},
      {"BusinessStreetAddress", text_at(record, "address.line1")},
      {"BusinessStreetAddress2", text_at(record, "address.line2")},
      {"BusinessCity", text_at(record, "address.locality")},
      {"BusinessStateProvinceRegion", text_at(record, "address.region")},
      {"BusinessPostalCode", text_at(record, "address.postal_code")},
      {"BusinessCountry", text_at(record, "country")},
      {"BusinessContactFirstName", text_at(record, "contact.first_name")},
      {"BusinessContactLastName", text_at(record, "contact.last_name")},
      {"BusinessContactEmail", mail},
      {"BusinessContactPhone", text_at(record, "contact.phone_number")},
      {"NotificationEmail", notify.empty() ? mail : notify},
      {"UseCaseCategories", use_case_word(filing.use_case)},
      {"UseCaseSummary", text_at(record, "messaging.description").substr(0, 500)},
      {"ProductionMessageSample", samples.empty() ? "" : samples.front()},
      {"OptInImageUrls", text_at(record, "website")},
      {"OptInType", "WEB_FORM"},
      {"MessageVolume", text_at(record, "messaging.volume") == "high" ? "100,000" : "1,000"},
      {"AdditionalInformation", text_at(record, "messaging.consent_flow").substr(0, 500)}};
  std::erase_if(fields, [](const auto& field) { return field.second.empty(); });
  return fields;
}

std::string our_field(std::string_view word) {
  constexpr std::array<word_pair, 22> words{{
      {"TAX_ID", "ein"},
      {"STOCK_SYMBOL", "stock_symbol"},
      {"NONPROFIT", "entity_type"},
      {"GOVERNMENT_ENTITY", "entity_type"},
      {"OTHERS", "registered_name"},
      {"business_name", "registered_name"},
      {"business_registration_number", "ein"},
      {"business_type", "entity_type"},
      {"business_industry", "industry"},
      {"website_url", "website"},
      {"first_name", "contact.first_name"},
      {"last_name", "contact.last_name"},
      {"email", "contact.email"},
      {"phone_number", "contact.phone_number"},
      {"business_title", "contact.title"},
      {"mobile_phone_number", "mobile_number"},
      {"DESCRIPTION", "messaging.description"},
      {"MESSAGE_FLOW", "messaging.consent_flow"},
      {"MESSAGE_SAMPLES", "messaging.message_samples"},
      {"PRIVACY_POLICY_URL", "messaging.privacy_policy_url"},
      {"TERMS_AND_CONDITIONS_URL", "messaging.terms_and_conditions_url"},
      {"USE_CASE", "messaging.use_cases"},
  }};
  return std::string(theirs(words, word, ""));
}

}  // namespace dialplane::twilio
