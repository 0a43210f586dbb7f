#include "carriers/telnyx/filing_fields.hpp"

#include <array>
#include <charconv>
#include <utility>

#include "domain/legal_entity_rules.hpp"
#include "net/form_encoding.hpp"

namespace dialplane::telnyx {

namespace {

namespace json = boost::json;

constexpr std::size_t samples_max = 5;
constexpr std::size_t registry_text_max = 4'096;

constexpr auto entity_types = std::to_array<std::pair<std::string_view, std::string_view>>({
    {"llc", "PRIVATE_PROFIT"},
    {"private_corporation", "PRIVATE_PROFIT"},
    {"partnership", "PRIVATE_PROFIT"},
    {"co_op", "PRIVATE_PROFIT"},
    {"public_corporation", "PUBLIC_PROFIT"},
    {"non_profit", "NON_PROFIT"},
    {"government", "GOVERNMENT"},
    {"sole_proprietor", "SOLE_PROPRIETOR"},
});

constexpr auto verticals = std::to_array<std::string_view>(
    {"AGRICULTURE", "COMMUNICATION", "CONSTRUCTION", "EDUCATION", "ENERGY", "ENTERTAINMENT",
     "FINANCIAL", "GAMBLING", "GOVERNMENT", "HEALTHCARE", "HOSPITALITY", "HUMAN_RESOURCES",
     "INSURANCE", "LEGAL", "MANUFACTURING", "NGO", "POLITICAL", "POSTAL", "PROFESSIONAL",
     "REAL_ESTATE", "RETAIL", "TECHNOLOGY", "TRANSPORTATION"});

constexpr auto other_industries = std::to_array<std::pair<std::string_view, std::string_view>>({
    {"BANKING", "FINANCIAL"},
    {"FINANCE", "FINANCIAL"},
    {"FINANCIAL_SERVICES", "FINANCIAL"},
    {"HEALTH", "HEALTHCARE"},
    {"MEDICAL", "HEALTHCARE"},
    {"SOFTWARE", "TECHNOLOGY"},
    {"TELECOMMUNICATIONS", "COMMUNICATION"},
    {"TRAVEL", "HOSPITALITY"},
    {"RESTAURANT", "HOSPITALITY"},
    {"NON_PROFIT", "NGO"},
    {"LOGISTICS", "TRANSPORTATION"},
});

std::string upper_word(std::string_view text) {
  std::string word;
  for (const char c : text) {
    if (c >= 'a' && c <= 'z') word += static_cast<char>(c - 'a' + 'A');
    else if ((c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')) word += c;
    else if (!word.empty() && word.back() != '_') word += '_';
  }
  return word;
}

void put(json::object& into, std::string_view name, std::string value) {
  if (value.empty()) return;
  if (value.size() > registry_text_max) value.resize(registry_text_max);
  into[name] = std::move(value);
}

void put_samples(const json::object& entity, json::object& into) {
  std::size_t each = 0;
  for (std::string& sample : texts_at(entity, "messaging.message_samples")) {
    if (++each > samples_max) break;
    put(into, "sample" + std::to_string(each), std::move(sample));
  }
}

bool has_link(const json::object& entity) {
  for (const std::string& sample : texts_at(entity, "messaging.message_samples")) {
    if (sample.find("http://") != std::string::npos ||
        sample.find("https://") != std::string::npos) {
      return true;
    }
  }
  return !text_at(entity, "messaging.link_sample").empty();
}

std::string help_text(const json::object& entity) {
  std::string name = text_at(entity, "display_name");
  if (name.empty()) name = text_at(entity, "registered_name");
  std::string contact = text_at(entity, "email");
  if (contact.empty()) contact = text_at(entity, "contact.email");
  return name + ": reply STOP to end these messages." +
         (contact.empty() ? "" : " For help write to " + contact + ".");
}

}  // namespace

std::string text_at(const json::object& record, std::string_view path) {
  const json::value* found = find_in_record(record, path);
  const json::string* text = found == nullptr ? nullptr : found->if_string();
  return text == nullptr ? std::string() : std::string(text->data(), text->size());
}

std::vector<std::string> texts_at(const json::object& record, std::string_view path) {
  std::vector<std::string> texts;
  const json::value* found = find_in_record(record, path);
  const json::array* list = found == nullptr ? nullptr : found->if_array();
  if (list == nullptr) return texts;
  for (const json::value& each : *list) {
    if (const json::string* text = each.if_string()) texts.emplace_back(text->data(), text->size());
  }
  return texts;
}

std::string entity_type_of(const brand_filing& filing) {
  if (filing.sole_proprietor) return "SOLE_PROPRIETOR";
  const std::string type = text_at(filing.entity, "entity_type");
  for (const auto& [ours, theirs] : entity_types) {
    if (ours == type) return std::string(theirs);
  }
  return "PRIVATE_PROFIT";
}

std::string vertical_of(std::string_view industry) {
  const std::string word = upper_word(industry);
  for (const std::string_view each : verticals) {
    if (each == word) return word;
  }
  for (const auto& [other, vertical] : other_industries) {
    if (other == word) return std::string(vertical);
  }
  return "PROFESSIONAL";
}

std::string use_case_word(std::string_view use_case) {
  if (use_case == "two_factor_authentication") return "2FA";
  return upper_word(use_case);
}

json::object brand_body(const brand_filing& filing, const std::string& webhook_url) {
  const json::object& entity = filing.entity;
  const std::string name = text_at(entity, "registered_name");
  const std::string shown = text_at(entity, "display_name");
  json::object body;
  put(body, "entityType", entity_type_of(filing));
  put(body, "displayName", shown.empty() ? name : shown);
  put(body, "vertical", vertical_of(text_at(entity, "industry")));
  const std::string country = text_at(entity, "country");
  put(body, "country", country.empty() ? "US" : country);
  const std::string company_mail = text_at(entity, "email");
  put(body, "email", company_mail.empty() ? text_at(entity, "contact.email") : company_mail);
  put(body, "phone", text_at(entity, "contact.phone_number"));
  put(body, "firstName", text_at(entity, "contact.first_name"));
  put(body, "lastName", text_at(entity, "contact.last_name"));
  put(body, "street", text_at(entity, "address.line1"));
  put(body, "city", text_at(entity, "address.locality"));
  put(body, "state", text_at(entity, "address.region"));
  put(body, "postalCode", text_at(entity, "address.postal_code"));
  put(body, "website", text_at(entity, "website"));
  if (filing.sole_proprietor) {
    put(body, "mobilePhone", text_at(entity, "mobile_number"));
  } else {
    put(body, "companyName", name);
    put(body, "ein", std::string(filing.ein.reveal()));
    put(body, "stockSymbol", text_at(entity, "stock_symbol"));
    put(body, "stockExchange", upper_word(text_at(entity, "stock_exchange")));
    put(body, "businessContactEmail", text_at(entity, "contact.email"));
  }
  put(body, "webhookURL", webhook_url);
  return body;
}

json::object campaign_body(const campaign_filing& filing, const std::string& reference,
                           const std::string& webhook_url) {
  const json::object& entity = filing.entity;
  json::object body = campaign_changes(filing, webhook_url);
  put(body, "brandId", filing.brand_reference);
  put(body, "usecase", use_case_word(filing.use_case));
  const std::string description = text_at(entity, "messaging.description");
  put(body, "description", description);
  put(body, "referenceId", reference);
  put(body, "privacyPolicyLink", text_at(entity, "messaging.privacy_policy_url"));
  put(body, "termsAndConditionsLink", text_at(entity, "messaging.terms_and_conditions_url"));
  put(body, "embeddedLinkSample", text_at(entity, "messaging.link_sample"));
  json::array includes;
  for (const std::string& each : texts_at(entity, "messaging.use_cases")) {
    if (each != filing.use_case) includes.emplace_back(use_case_word(each));
  }
  if (!includes.empty()) body["subUsecases"] = std::move(includes);
  put(body, "optinKeywords", "START,UNSTOP");
  put(body, "optoutKeywords", "STOP,STOPALL,UNSUBSCRIBE,CANCEL,END,QUIT");
  put(body, "helpKeywords", "HELP,INFO");
  body["subscriberOptin"] = true;
  body["subscriberOptout"] = true;
  body["subscriberHelp"] = true;
  body["embeddedLink"] = has_link(entity);
  body["embeddedPhone"] = false;
  body["numberPool"] = false;
  body["ageGated"] = false;
  body["directLending"] = false;
  body["termsAndConditions"] = true;
  body["autoRenewal"] = true;
  return body;
}

json::object campaign_changes(const campaign_filing& filing, const std::string& webhook_url) {
  json::object body;
  put_samples(filing.entity, body);
  put(body, "messageFlow", text_at(filing.entity, "messaging.consent_flow"));
  put(body, "helpMessage", help_text(filing.entity));
  put(body, "webhookURL", webhook_url);
  return body;
}

std::string mark_query(const std::string& mark, std::int64_t submission) {
  return "mark=" + percent_encoded(mark) + "&submission=" + std::to_string(submission);
}

filing_mark mark_in(std::string_view webhook_url) {
  const std::size_t question = webhook_url.find('?');
  if (question == std::string_view::npos) return {};
  const auto fields = parse_form(webhook_url.substr(question + 1));
  if (!fields) return {};
  filing_mark found{.mark = std::string(fields->text("mark"))};
  const std::string_view number = fields->text("submission");
  const char* end = number.data() + number.size();
  const auto [stop, code] = std::from_chars(number.data(), end, found.submission);
  if (code != std::errc{} || stop != end || found.submission < 1) return {};
  return found;
}

}  // namespace dialplane::telnyx
