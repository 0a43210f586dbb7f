// What reviewers reject in a registration that says everything it must.
#include <algorithm>
#include <array>
#include <cctype>

#include "base/utf8.hpp"
#include "domain/e164.hpp"
#include "domain/ein.hpp"
#include "domain/legal_entity_rules.hpp"
#include "domain/registration_text.hpp"

namespace dialplane {

namespace {

constexpr std::string_view irs_source = "IRS, how EINs are assigned and valid prefixes";
constexpr std::string_view content_source =
    "carriers' pages on campaign fields and on rejected campaigns";
constexpr std::string_view ctia_source = "CTIA, Messaging Principles and Best Practices";
constexpr std::string_view conduct_source = "T-Mobile, Code of Conduct";
constexpr std::string_view consent_source = "47 CFR 64.1200 and CTIA, Messaging Principles";

constexpr std::size_t description_min = 40;
constexpr std::size_t sample_min = 20;
constexpr std::size_t sample_max = 1024;
constexpr std::size_t samples_min = 2;
constexpr std::size_t samples_max = 5;
constexpr std::size_t use_cases_max = 5;

bool is_known_use_case(std::string_view name) {
  constexpr std::string_view known[] = {
      "account_notification", "customer_care",     "delivery_notification",
      "fraud_alert",          "higher_education",  "marketing",
      "polling_voting",       "public_service_announcement", "security_alert",
      "two_factor_authentication"};
  return std::find(std::begin(known), std::end(known), name) != std::end(known);
}

bool is_known_content_mark(std::string_view name) {
  constexpr std::string_view known[] = {"links", "phone_numbers", "age_gated", "direct_lending"};
  return std::find(std::begin(known), std::end(known), name) != std::end(known);
}

bool is_digits(std::string_view part) {
  return !part.empty() && std::all_of(part.begin(), part.end(), [](unsigned char c) {
    return std::isdigit(c) != 0;
  });
}

// 94105 or 94105-1234.
bool is_zip_code(std::string_view code) {
  if (code.size() == 10 && code[5] == '-') {
    return is_digits(code.substr(0, 5)) && is_digits(code.substr(6));
  }
  return code.size() == 5 && is_digits(code);
}

bool is_in_us(const registration_text& of) { return of.text("country") == "US"; }

bool is_two_capitals(std::string_view region) {
  return region.size() == 2 && std::all_of(region.begin(), region.end(), [](unsigned char c) {
    return std::isupper(c) != 0;
  });
}

bool lacks_suffix(const registration_text& of) {
  const std::string_view type = of.text("entity_type");
  if (of.lacks("registered_name")) return false;
  const std::string name = lower_case(of.text("registered_name"));
  if (type == "llc") return !says_any(name, {"llc", "l.l.c.", "limited liability company"});
  if (type != "private_corporation" && type != "public_corporation") return false;
  return !says_any(name, {"inc", "inc.", "incorporated", "corp", "corp.", "corporation", "co",
                          "co.", "company", "ltd", "ltd.", "limited"});
}

bool any_length(const registration_text& of, bool (*wrong)(std::size_t)) {
  return std::any_of(of.samples().begin(), of.samples().end(), [&](const std::string& sample) {
    return wrong(count_code_points(sample));
  });
}

// The company's name as people write it, without the legal suffix.
std::string short_name(std::string_view name) {
  std::string lower = lower_case(trim(name));
  for (const std::string_view suffix : {" llc", " inc.", " inc", " corp.", " corp", " ltd"}) {
    if (lower.ends_with(suffix)) lower.resize(lower.size() - suffix.size());
  }
  while (!lower.empty() && (lower.back() == ',' || lower.back() == ' ')) lower.pop_back();
  return lower;
}

bool names_brand(const registration_text& of, const std::string& lower_sample) {
  for (const std::string_view path : {"display_name", "registered_name"}) {
    const std::string name = short_name(of.text(path));
    if (!name.empty() && lower_sample.find(name) != std::string::npos) return true;
  }
  return false;
}

bool has_equal_samples(const registration_text& of) {
  std::vector<std::string> sorted = of.lower_samples();
  std::sort(sorted.begin(), sorted.end());
  return std::adjacent_find(sorted.begin(), sorted.end()) != sorted.end();
}

bool sells(const registration_text& of) {
  return of.any_sample_says({"% off", "discount", "promo", "promo code", "coupon", "sale",
                             "special offer", "limited time", "buy now", "shop now", "deal",
                             "deals"});
}

bool has_shortener(std::string_view words) {
  constexpr std::string_view hosts[] = {"bit.ly/",  "tinyurl.com/", "goo.gl/", "ow.ly/",
                                        "is.gd/",   "t.co/",        "rb.gy/",  "cutt.ly/"};
  return std::any_of(std::begin(hosts), std::end(hosts), [&](std::string_view host) {
    const std::size_t at = words.find(host);
    if (at == std::string_view::npos) return false;
    return at == 0 || std::isalnum(static_cast<unsigned char>(words[at - 1])) == 0;
  });
}

bool uses_shortener(const registration_text& of) {
  if (has_shortener(lower_case(of.text("messaging.link_sample")))) return true;
  return std::any_of(of.lower_samples().begin(), of.lower_samples().end(),
                     [](const std::string& sample) { return has_shortener(sample); });
}

bool is_bad_url(const registration_text& of, std::string_view path) {
  return !of.lacks(path) && !is_https_url_shape(of.text(path));
}

bool is_elsewhere(const registration_text& of, std::string_view path) {
  if (of.lacks(path) || of.lacks("website")) return false;
  return !same_site(host_of(of.text(path)), host_of(of.text("website")));
}

bool is_north_american_mobile(std::string_view number) {
  const auto parsed = e164::parse(number);
  if (!parsed || !parsed->is_nanp()) return false;
  constexpr std::string_view toll_free[] = {"800", "833", "844", "855", "866", "877", "888"};
  return std::find(std::begin(toll_free), std::end(toll_free), parsed->area_code()) ==
         std::end(toll_free);
}

}  // namespace

namespace content_rule_rows {

using enum finding_severity;
using text = const registration_text&;

// clang-format off
constexpr auto rules = std::to_array<lint_rule>({
    {"region_not_a_state", "address.region", error,
     "The registry knows US states by two letters and finds no match otherwise.",
     "Write the state as two capital letters, such as CA.", brand_source,
     [](text of) {
       return is_in_us(of) && !of.lacks("address.region") &&
              !is_two_capitals(of.text("address.region"));
     }},
    {"postal_code_not_a_zip", "address.postal_code", error,
     "The address is compared with the tax record by its ZIP code.",
     "Write five digits, such as 94105.", brand_source,
     [](text of) {
       return is_in_us(of) && !of.lacks("address.postal_code") &&
              !is_zip_code(of.text("address.postal_code"));
     }},
    {"name_without_suffix", "registered_name", warning,
     "Most failures are names that differ from the tax record by their legal suffix.",
     "Write the name as on the EIN letter, with LLC, Inc. and the like.", brand_source,
     lacks_suffix},
    {"ein_prefix_unknown", "ein", error,
     "The IRS issues no EIN with these first two digits.",
     "Check the EIN on the IRS letter.", irs_source,
     [](text of) {
       return of.subject().has_ein && !is_known_ein_prefix(of.subject().ein_prefix);
     }},
    {"ein_looks_made_up", "ein", warning,
     "Seven equal digits after the prefix look made up and will not match a company.",
     "Check the EIN on the IRS letter.", irs_source,
     [](text of) { return of.subject().has_ein && of.subject().ein_looks_made_up; }},
    {"sole_proprietor_with_ein", "ein", error,
     "Whoever has an EIN must register as a company: the sole proprietor's way is refused.",
     "Leave the EIN out, or use the tier standard.", sole_source,
     [](text of) { return of.is_sole_proprietor() && of.subject().has_ein; }},
    {"mobile_not_north_american", "mobile_number", error,
     "The code can be texted to mobiles of the US and Canada only.",
     "Give a +1 mobile number, not a toll-free one.", sole_source,
     [](text of) {
       return of.is_sole_proprietor() && !of.lacks("mobile_number") &&
              !is_north_american_mobile(of.text("mobile_number"));
     }},
    {"company_email_elsewhere", "email", error,
     "A public company confirms by a mail to its own domain.",
     "Give an address on the website's domain.", public_source,
     [](text of) {
       const std::string_view mail = of.text("email");
       return of.is_public_company() && !mail.empty() && !of.lacks("website") &&
              !same_site(lower_case(mail.substr(mail.find('@') + 1)),
                         host_of(of.text("website")));
     }},
    {"website_not_https", "website", error,
     "Reviewers open the site; an address they cannot open safely is a rejection.",
     "Give a well-formed https:// address.", brand_source,
     [](text of) { return is_bad_url(of, "website"); }},
    {"description_short", "messaging.description", error,
     "A description under 40 characters does not tell a reviewer what is sent.",
     "Say in a sentence or two who texts whom, about what, and when.", content_source,
     [](text of) {
       return !of.lacks("messaging.description") &&
              count_code_points(trim(of.text("messaging.description"))) < description_min;
     }},
    {"samples_too_few", "messaging.message_samples", error,
     "Carriers ask for at least two samples.",
     "Give two to five different messages as they will be sent.", content_source,
     [](text of) { return !of.samples().empty() && of.samples().size() < samples_min; }},
    {"samples_too_many", "messaging.message_samples", error,
     "Carriers take at most five samples.",
     "Keep the five that show best what is sent.", content_source,
     [](text of) { return of.samples().size() > samples_max; }},
    {"sample_too_short", "messaging.message_samples", error,
     "A sample under 20 characters shows nothing of a real message.",
     "Write each sample as it will be sent, names and all.", campaign_source,
     [](text of) { return any_length(of, [](std::size_t n) { return n < sample_min; }); }},
    {"sample_too_long", "messaging.message_samples", error,
     "The registry takes samples of up to 1,024 characters.",
     "Shorten the sample.", campaign_source,
     [](text of) { return any_length(of, [](std::size_t n) { return n > sample_max; }); }},
    {"samples_equal", "messaging.message_samples", warning,
     "Reviewers want to see the different kinds of message.",
     "Replace the repeated sample by another kind of message.", content_source,
     has_equal_samples},
    {"sample_without_brand", "messaging.message_samples", error,
     "Recipients must see who writes: the first sample does not name the company.",
     "Begin the first sample with the name customers know.", ctia_source,
     [](text of) {
       return !of.samples().empty() && !names_brand(of, of.lower_samples().front());
     }},
    {"sample_without_opt_out", "messaging.message_samples", error,
     "The first message must say how to stop: the first sample lacks the word STOP.",
     "End the first sample with \"Reply STOP to opt out\".", ctia_source,
     [](text of) {
       return !of.samples().empty() && !says_any(of.lower_samples().front(), {"stop"});
     }},
    {"samples_without_help", "messaging.message_samples", warning,
     "Programs are expected to say how to get help.",
     "Put \"Reply HELP for help\" into one of the samples.", ctia_source,
     [](text of) { return !of.samples().empty() && !of.any_sample_says({"help"}); }},
    {"consent_without_way", "messaging.consent_flow", error,
     "The reviewer must see where and how people agree to be texted.",
     "Say where (web form, checkout, store, keyword) and what they do (tick, sign, text).",
     consent_source,
     [](text of) {
       return !of.lacks("messaging.consent_flow") &&
              !says_any(lower_case(of.text("messaging.consent_flow")),
                        {"opt in", "opt-in", "opts in", "opting in", "opted in", "sign up",
                         "signs up", "signup", "sign-up", "subscribe", "subscribes", "tick",
                         "ticks", "check", "checks", "checkbox", "box", "consent", "consents",
                         "agree", "agrees", "form", "forms", "text", "texts", "keyword",
                         "verbal", "verbally", "paper", "enter", "enters", "register",
                         "registers", "provide", "provides"});
     }},
    {"consent_short", "messaging.consent_flow", warning,
     "A consent flow under 40 characters rarely says both where and how.",
     "Add the page or place, and the words people agree to.", content_source,
     [](text of) {
       return !of.lacks("messaging.consent_flow") &&
              count_code_points(trim(of.text("messaging.consent_flow"))) < description_min;
     }},
    {"consent_bought", "messaging.consent_flow", error,
     "Consent cannot be bought, rented or shared.",
     "Describe consent that people gave to this company itself.", ctia_source,
     [](text of) {
       return says_any(lower_case(of.text("messaging.consent_flow")),
                       {"purchased list", "purchased lists", "bought list", "bought lists",
                        "rented list", "rented lists", "lead list", "lead lists",
                        "third-party list", "third party list", "third-party lists",
                        "third party lists"});
     }},
    {"link_not_declared", "messaging.includes", error,
     "A sample has a link, and the registration does not say that texts have links.",
     "Add \"links\" to messaging.includes and give messaging.link_sample.", content_source,
     [](text of) {
       return of.any_sample_has_link() && !of.has_item("messaging.includes", "links");
     }},
    {"link_sample_missing", "messaging.link_sample", error,
     "Links are declared, and the reviewer has none to look at.",
     "Give one full https:// link as it will be sent.", content_source,
     [](text of) {
       return of.has_item("messaging.includes", "links") && of.lacks("messaging.link_sample");
     }},
    {"link_sample_undeclared", "messaging.includes", warning,
     "A link sample is given, but links are not declared.",
     "Add \"links\" to messaging.includes, or remove the sample.", content_source,
     [](text of) {
       return !of.lacks("messaging.link_sample") &&
              !of.has_item("messaging.includes", "links");
     }},
    {"link_sample_elsewhere", "messaging.link_sample", warning,
     "Links on other domains than the company's are filtered more.",
     "Use a domain of the company's own.", ctia_source,
     [](text of) { return is_elsewhere(of, "messaging.link_sample"); }},
    {"public_shortener", "messaging.message_samples", error,
     "Carriers block links of public shorteners.",
     "Use a full link, or a short domain of the company's own.", ctia_source,
     uses_shortener},
    {"phone_number_not_declared", "messaging.includes", error,
     "A sample has a telephone number, and the registration does not say so.",
     "Add \"phone_numbers\" to messaging.includes.", content_source,
     [](text of) {
       return of.any_sample_has_phone_number() &&
              !of.has_item("messaging.includes", "phone_numbers");
     }},
    {"phone_number_without_sample", "messaging.message_samples", warning,
     "Telephone numbers are declared, and no sample shows one.",
     "Show one in a sample, or remove \"phone_numbers\".", content_source,
     [](text of) {
       return of.has_item("messaging.includes", "phone_numbers") &&
              !of.any_sample_has_phone_number();
     }},
    {"include_unknown", "messaging.includes", error,
     "Carriers know links, phone_numbers, age_gated and direct_lending.",
     "Use these words only.", content_source,
     [](text of) {
       const auto all = of.items("messaging.includes");
       return !std::all_of(all.begin(), all.end(), is_known_content_mark);
     }},
    {"age_gated_not_declared", "messaging.includes", error,
     "A sample is about alcohol or tobacco, which must be declared and age-gated.",
     "Add \"age_gated\" to messaging.includes.", conduct_source,
     [](text of) {
       return of.any_sample_says({"alcohol", "beer", "wine", "whiskey", "vodka", "tobacco",
                                  "cigar", "cigars", "vape"}) &&
              !of.has_item("messaging.includes", "age_gated");
     }},
    {"lending_not_declared", "messaging.includes", error,
     "A sample is about loans, which must be declared.",
     "Add \"direct_lending\" to messaging.includes, if the company lends itself.",
     conduct_source,
     [](text of) {
       return of.any_sample_says({"loan", "loans", "mortgage", "refinance"}) &&
              !of.has_item("messaging.includes", "direct_lending");
     }},
    {"forbidden_content", "messaging.message_samples", error,
     "Carriers refuse this content whatever the consent.",
     "Remove it: cannabis, gambling, firearms, payday loans and debt relief are not carried.",
     conduct_source,
     [](text of) {
       return of.any_sample_says({"cannabis", "marijuana", "cbd", "thc", "casino", "gambling",
                                  "betting", "firearm", "firearms", "ammunition", "payday loan",
                                  "payday loans", "debt relief", "debt collection"});
     }},
    {"use_case_unknown", "messaging.use_cases", error,
     "The registry has a fixed list of use cases, and this is none of them.",
     "Use names such as customer_care, account_notification, marketing.", campaign_source,
     [](text of) {
       const auto all = of.items("messaging.use_cases");
       return !std::all_of(all.begin(), all.end(), is_known_use_case);
     }},
    {"use_cases_too_many", "messaging.use_cases", error,
     "A campaign has at most five use cases.",
     "Keep those that the samples show.", campaign_source,
     [](text of) { return of.items("messaging.use_cases").size() > use_cases_max; }},
    {"codes_with_marketing", "messaging.message_samples", error,
     "A campaign for sign-in codes may send nothing else, and a sample sells something.",
     "Remove the offer, or register marketing apart.", campaign_source,
     [](text of) { return of.has_use_case("two_factor_authentication") && sells(of); }},
    {"codes_without_code", "messaging.message_samples", warning,
     "The campaign is for sign-in codes, and no sample shows one.",
     "Show a sample such as \"123456 is your code\".", campaign_source,
     [](text of) {
       return of.has_use_case("two_factor_authentication") && !of.samples().empty() &&
              !of.any_sample_says({"code", "codes", "passcode", "verification", "verify"});
     }},
    {"marketing_not_registered", "messaging.use_cases", warning,
     "A sample sells something, and marketing is not among the use cases.",
     "Add marketing to messaging.use_cases, or remove the offer.", campaign_source,
     [](text of) {
       return sells(of) && !of.has_use_case("marketing") &&
              !of.has_use_case("two_factor_authentication");
     }},
    {"volume_unknown", "messaging.volume", error,
     "Carriers know two volumes.",
     "Say low (up to 2,000 segments a day to T-Mobile) or high.", content_source,
     [](text of) {
       const std::string_view volume = of.text("messaging.volume");
       return !volume.empty() && volume != "low" && volume != "high";
     }},
    {"privacy_policy_not_https", "messaging.privacy_policy_url", error,
     "Reviewers open the privacy policy.",
     "Give a well-formed https:// address.", content_source,
     [](text of) { return is_bad_url(of, "messaging.privacy_policy_url"); }},
    {"terms_not_https", "messaging.terms_and_conditions_url", error,
     "Reviewers open the terms.",
     "Give a well-formed https:// address.", content_source,
     [](text of) { return is_bad_url(of, "messaging.terms_and_conditions_url"); }},
    {"link_sample_not_https", "messaging.link_sample", error,
     "Reviewers open the link.",
     "Give a well-formed https:// address.", content_source,
     [](text of) { return is_bad_url(of, "messaging.link_sample"); }},
    {"privacy_policy_elsewhere", "messaging.privacy_policy_url", warning,
     "A privacy policy on another domain looks like another company's.",
     "Publish it on the company's own site.", content_source,
     [](text of) { return is_elsewhere(of, "messaging.privacy_policy_url"); }},
    {"policies_equal", "messaging.terms_and_conditions_url", warning,
     "Privacy policy and terms are the same page.",
     "Give each its own address.", content_source,
     [](text of) {
       return !of.lacks("messaging.terms_and_conditions_url") &&
              of.text("messaging.terms_and_conditions_url") ==
                  of.text("messaging.privacy_policy_url");
     }},
});
// clang-format on

}  // namespace content_rule_rows

std::span<const lint_rule> content_rules() noexcept { return content_rule_rows::rules; }

}  // namespace dialplane
