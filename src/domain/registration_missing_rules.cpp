// What a registration must say, field by field.
#include <array>

#include "domain/registration_text.hpp"

namespace dialplane {

namespace {

constexpr std::string_view no_owner =
    "The registry compares the company with public records and needs this field.";
constexpr std::string_view no_content =
    "The reviewer decides by this field and rejects a campaign without it.";

}  // namespace

namespace missing_rule_rows {

using enum finding_severity;

// clang-format off
constexpr auto rules = std::to_array<lint_rule>({
    {"missing_entity_type", "entity_type", error, no_owner,
     "Name the kind of company, such as llc.", brand_source,
     [](const registration_text& of) { return of.lacks("entity_type"); }},
    {"missing_registered_name", "registered_name", error, no_owner,
     "Give the legal name exactly as the tax office has it, with its suffix.", brand_source,
     [](const registration_text& of) { return of.lacks("registered_name"); }},
    {"missing_display_name", "display_name", warning,
     "Recipients must be able to tell who texts them; the legal name is used instead.",
     "Give the name that customers know.", brand_source,
     [](const registration_text& of) { return of.lacks("display_name"); }},
    {"missing_country", "country", error, no_owner,
     "Give the country of registration, such as US.", brand_source,
     [](const registration_text& of) { return of.lacks("country"); }},
    {"missing_address_line", "address.line1", error, no_owner,
     "Give the street address that the tax office has.", brand_source,
     [](const registration_text& of) { return of.lacks("address.line1"); }},
    {"missing_address_locality", "address.locality", error, no_owner,
     "Give the city.", brand_source,
     [](const registration_text& of) { return of.lacks("address.locality"); }},
    {"missing_address_region", "address.region", error, no_owner,
     "Give the state as two letters, such as CA.", brand_source,
     [](const registration_text& of) { return of.lacks("address.region"); }},
    {"missing_address_postal_code", "address.postal_code", error, no_owner,
     "Give the ZIP code.", brand_source,
     [](const registration_text& of) { return of.lacks("address.postal_code"); }},
    {"missing_contact_first_name", "contact.first_name", error, no_owner,
     "Name a person who answers for the company.", brand_source,
     [](const registration_text& of) { return of.lacks("contact.first_name"); }},
    {"missing_contact_last_name", "contact.last_name", error, no_owner,
     "Name a person who answers for the company.", brand_source,
     [](const registration_text& of) { return of.lacks("contact.last_name"); }},
    {"missing_contact_email", "contact.email", error, no_owner,
     "Give that person's e-mail address, on the company's own domain.", brand_source,
     [](const registration_text& of) { return of.lacks("contact.email"); }},
    {"missing_contact_phone_number", "contact.phone_number", error, no_owner,
     "Give that person's telephone number, such as +14155550100.", brand_source,
     [](const registration_text& of) { return of.lacks("contact.phone_number"); }},
    {"missing_contact_title", "contact.title", error, no_owner,
     "Say what that person does in the company.", brand_source,
     [](const registration_text& of) { return of.lacks("contact.title"); }},
    {"missing_website", "website", error,
     "Reviewers look at the site to see what the company does.",
     "Give the public https:// address of the company.", brand_source,
     [](const registration_text& of) { return of.lacks("website"); }},
    {"missing_industry", "industry", error, no_owner,
     "Name the industry, such as retail.", brand_source,
     [](const registration_text& of) { return of.lacks("industry"); }},
    {"missing_regions", "regions_of_operation", error, no_owner,
     "List where the company works, such as usa_and_canada.", brand_source,
     [](const registration_text& of) { return of.items("regions_of_operation").empty(); }},
    {"missing_ein", "ein", warning,
     "A company is identified by its tax number.",
     "Send the EIN with the first number.", brand_source,
     [](const registration_text& of) {
       return !of.is_sole_proprietor() && !of.subject().has_ein;
     }},
    {"missing_mobile_number", "mobile_number", error,
     "A sole proprietor confirms the registration by a code texted to a mobile.",
     "Give the owner's own mobile number.", sole_source,
     [](const registration_text& of) {
       return of.is_sole_proprietor() && of.lacks("mobile_number");
     }},
    {"missing_company_email", "email", error,
     "A public company confirms by e-mail.",
     "Give an address on the website's domain.", public_source,
     [](const registration_text& of) { return of.is_public_company() && of.lacks("email"); }},
    {"missing_stock_symbol", "stock_symbol", error,
     "A public company is looked up by its listing.",
     "Give the symbol it is traded under.", public_source,
     [](const registration_text& of) {
       return of.is_public_company() && of.lacks("stock_symbol");
     }},
    {"missing_stock_exchange", "stock_exchange", error,
     "A public company is looked up by its listing.",
     "Name the exchange, such as nasdaq.", public_source,
     [](const registration_text& of) {
       return of.is_public_company() && of.lacks("stock_exchange");
     }},
    {"missing_description", "messaging.description", error, no_content,
     "Say who sends what to whom, and why.", campaign_source,
     [](const registration_text& of) { return of.lacks("messaging.description"); }},
    {"missing_consent_flow", "messaging.consent_flow", error, no_content,
     "Say where and how people agree to be texted.", campaign_source,
     [](const registration_text& of) { return of.lacks("messaging.consent_flow"); }},
    {"missing_samples", "messaging.message_samples", error, no_content,
     "Give two to five messages as they will be sent.", campaign_source,
     [](const registration_text& of) { return of.samples().empty(); }},
    {"missing_use_case", "messaging.use_cases", error, no_content,
     "Name what the texts are for, such as customer_care.", campaign_source,
     [](const registration_text& of) { return of.items("messaging.use_cases").empty(); }},
    {"missing_volume", "messaging.volume", error, no_content,
     "Say low (up to 2,000 segments a day to T-Mobile) or high.", campaign_source,
     [](const registration_text& of) { return of.lacks("messaging.volume"); }},
    {"missing_privacy_policy", "messaging.privacy_policy_url", error, no_content,
     "Give the https:// address of the privacy policy.", campaign_source,
     [](const registration_text& of) { return of.lacks("messaging.privacy_policy_url"); }},
    {"missing_terms", "messaging.terms_and_conditions_url", error, no_content,
     "Give the https:// address of the terms.", campaign_source,
     [](const registration_text& of) {
       return of.lacks("messaging.terms_and_conditions_url");
     }},
});
// clang-format on

}  // namespace missing_rule_rows

std::span<const lint_rule> missing_field_rules() noexcept { return missing_rule_rows::rules; }

}  // namespace dialplane
