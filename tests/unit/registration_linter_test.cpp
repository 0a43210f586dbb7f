// Every rule of the linter has an example that it finds and one that it leaves alone; a rule
// without either fails here.
#include "domain/registration_linter.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <functional>
#include <map>
#include <set>
#include <string>

#include "server/demo_company.hpp"

namespace dialplane {

namespace {

namespace json = boost::json;

using change = std::function<void(lint_subject&)>;

// A company that nothing is wrong with.
lint_subject sound() {
  lint_subject subject;
  subject.record = demo_company();
  subject.has_ein = true;
  subject.ein_prefix = "12";
  return subject;
}

json::object& part(lint_subject& of, std::string_view name) {
  return of.record[name].as_object();
}

change sets(std::string_view path, json::value value) {
  return [path = std::string(path), value](lint_subject& of) {
    const std::size_t dot = path.find('.');
    if (dot == std::string::npos) {
      of.record[path] = value;
    } else {
      part(of, path.substr(0, dot))[path.substr(dot + 1)] = value;
    }
  };
}

change both(change one, change other) {
  return [one = std::move(one), other = std::move(other)](lint_subject& of) {
    one(of);
    other(of);
  };
}

// The first sample, followed by the company's second.
change first_sample(std::string_view text) {
  return sets("messaging.message_samples",
              json::array{json::value(text),
                          "Bluebird Supply: we have refunded your order. Reply HELP for help."});
}

change samples(std::initializer_list<json::value_ref> texts) {
  return sets("messaging.message_samples", json::array(texts));
}

change includes(std::initializer_list<json::value_ref> words) {
  return sets("messaging.includes", json::array(words));
}

change use_cases(std::initializer_list<json::value_ref> words) {
  return sets("messaging.use_cases", json::array(words));
}

const change no_change = [](lint_subject&) {};
const change is_public =
    both(sets("entity_type", "public_corporation"),
         both(sets("registered_name", "Bluebird Supply Inc."),
              both(sets("stock_symbol", "BLUE"), sets("stock_exchange", "nasdaq"))));
const change is_sole = [](lint_subject& of) {
  of.record["entity_type"] = "sole_proprietor";
  of.tier = registration_tier::sole_proprietor;
  of.has_ein = false;
};

struct examples {
  change passes;
  change fails;
};

constexpr std::string_view fine = "Bluebird Supply: your order leaves today. Reply STOP to end.";

change with_text(std::string_view words) {
  return first_sample(std::string(fine) + " " + std::string(words));
}

using example_table = std::map<std::string, examples, std::less<>>;

void add_missing_fields(example_table& all) {
  const auto missing = [&](std::string rule, std::string path) {
    all[std::move(rule)] = {no_change, sets(path, nullptr)};
  };
  const auto add = [&](std::string rule, change passes, change fails) {
    all[std::move(rule)] = {std::move(passes), std::move(fails)};
  };
  missing("missing_entity_type", "entity_type");
  missing("missing_registered_name", "registered_name");
  missing("missing_display_name", "display_name");
  missing("missing_country", "country");
  missing("missing_address_line", "address.line1");
  missing("missing_address_locality", "address.locality");
  missing("missing_address_region", "address.region");
  missing("missing_address_postal_code", "address.postal_code");
  missing("missing_contact_first_name", "contact.first_name");
  missing("missing_contact_last_name", "contact.last_name");
  missing("missing_contact_email", "contact.email");
  missing("missing_contact_phone_number", "contact.phone_number");
  missing("missing_contact_title", "contact.title");
  missing("missing_website", "website");
  missing("missing_industry", "industry");
  add("missing_regions", no_change, sets("regions_of_operation", json::array{}));
  add("missing_ein", is_sole, [](lint_subject& of) { of.has_ein = false; });
  add("missing_mobile_number", is_sole, both(is_sole, sets("mobile_number", nullptr)));
  add("missing_company_email", is_public, both(is_public, sets("email", nullptr)));
  add("missing_stock_symbol", is_public, both(is_public, sets("stock_symbol", nullptr)));
  add("missing_stock_exchange", is_public, both(is_public, sets("stock_exchange", nullptr)));
  missing("missing_description", "messaging.description");
  missing("missing_consent_flow", "messaging.consent_flow");
  add("missing_samples", no_change, samples({}));
  add("missing_use_case", no_change, use_cases({}));
  missing("missing_volume", "messaging.volume");
  missing("missing_privacy_policy", "messaging.privacy_policy_url");
  missing("missing_terms", "messaging.terms_and_conditions_url");
}

void add_wrong_values(example_table& all) {
  const auto add = [&](std::string rule, change passes, change fails) {
    all[std::move(rule)] = {std::move(passes), std::move(fails)};
  };

  add("region_not_a_state", both(sets("country", "CA"), sets("address.region", "Ontario")),
      sets("address.region", "California"));
  add("postal_code_not_a_zip", sets("address.postal_code", "94105-1234"),
      sets("address.postal_code", "941"));
  add("name_without_suffix", sets("registered_name", "Bluebird Supply, L.L.C."),
      sets("registered_name", "Bluebird Supply"));
  add("ein_prefix_unknown", [](lint_subject& of) { of.ein_prefix = "99"; },
      [](lint_subject& of) { of.ein_prefix = "07"; });
  add("ein_looks_made_up", no_change, [](lint_subject& of) { of.ein_looks_made_up = true; });
  add("sole_proprietor_with_ein", is_sole,
      both(is_sole, [](lint_subject& of) { of.has_ein = true; }));
  add("mobile_not_north_american", is_sole,
      both(is_sole, sets("mobile_number", "+18005550111")));
  add("company_email_elsewhere", is_public,
      both(is_public, sets("email", "bluebird@mail.example")));
  add("website_not_https", no_change, sets("website", "http://bluebird.example"));
  add("description_short",
      sets("messaging.description", json::string(40, 'x')),
      sets("messaging.description", json::string(39, 'x')));
  add("samples_too_few", no_change, samples({json::string(fine)}));
  add("samples_too_many", no_change,
      [](lint_subject& of) {
        json::array six;
        for (int i = 0; i < 6; ++i) six.push_back(json::value(std::string(fine) + char('0' + i)));
        part(of, "messaging")["message_samples"] = six;
      });
  add("sample_too_short", with_text(""),
      samples({json::string(fine), "Your order left."}));
  add("sample_too_long", with_text(std::string(1024 - fine.size() - 1, 'x')),
      with_text(std::string(1024 - fine.size(), 'x')));
  add("samples_equal", no_change, samples({json::string(fine), json::string(fine)}));
  add("sample_without_brand", first_sample("Hi from BLUEBIRD SUPPLY! Reply STOP to end texts."),
      first_sample("Your order leaves today. Reply STOP to end."));
  add("sample_without_opt_out", first_sample("Bluebird Supply: it left. Text stop to opt out."),
      first_sample("Bluebird Supply: our doors never close nor do we stopover."));
  add("samples_without_help", no_change,
      samples({json::string(fine), "Bluebird Supply: we have refunded your order today."}));
  add("consent_without_way",
      sets("messaging.consent_flow", "People opt in at the counter of our only store, on a card."),
      sets("messaging.consent_flow", "We have texted our customers ever since we were founded."));
  add("consent_short", no_change, sets("messaging.consent_flow", "A form on our site."));
  add("consent_bought", no_change,
      sets("messaging.consent_flow",
           "We send to people on purchased lists who ticked a box somewhere."));
}

void add_wrong_contents(example_table& all) {
  const auto add = [&](std::string rule, change passes, change fails) {
    all[std::move(rule)] = {std::move(passes), std::move(fails)};
  };
  add("link_not_declared",
      both(with_text("https://bluebird.example/o"),
           both(includes({"links"}),
                sets("messaging.link_sample", "https://bluebird.example/o"))),
      with_text("https://bluebird.example/o"));
  add("link_sample_missing",
      both(includes({"links"}), sets("messaging.link_sample", "https://bluebird.example/o")),
      includes({"links"}));
  add("link_sample_undeclared",
      both(includes({"links"}), sets("messaging.link_sample", "https://bluebird.example/o")),
      sets("messaging.link_sample", "https://bluebird.example/o"));
  add("link_sample_elsewhere",
      both(includes({"links"}), sets("messaging.link_sample", "https://shop.bluebird.example/")),
      both(includes({"links"}), sets("messaging.link_sample", "https://notbluebird.example/")));
  add("public_shortener",
      both(includes({"links"}), sets("messaging.link_sample", "https://orbit.ly.example/x")),
      both(includes({"links"}), sets("messaging.link_sample", "https://bit.ly/x")));
  add("phone_number_not_declared",
      both(with_text("Call (415) 555-0142."), includes({"phone_numbers"})),
      with_text("Call (415) 555-0142."));
  add("phone_number_without_sample",
      both(with_text("Call (415) 555-0142."), includes({"phone_numbers"})),
      includes({"phone_numbers"}));
  add("include_unknown", includes({"age_gated"}), includes({"pictures"}));
  add("age_gated_not_declared", both(with_text("Beer is in."), includes({"age_gated"})),
      with_text("Beer is in."));
  add("lending_not_declared", both(with_text("Your loan is paid."), includes({"direct_lending"})),
      with_text("Your loan is paid."));
  add("forbidden_content", with_text("Visit our cascading waterfall."),
      with_text("Visit our casino."));
  add("use_case_unknown", use_cases({"marketing"}), use_cases({"advertising"}));
  add("use_cases_too_many",
      use_cases({"marketing", "customer_care", "fraud_alert", "security_alert",
                 "account_notification"}),
      use_cases({"marketing", "customer_care", "fraud_alert", "security_alert",
                 "account_notification", "polling_voting"}));
  add("codes_with_marketing",
      both(use_cases({"two_factor_authentication"}), with_text("123456 is your code.")),
      both(use_cases({"two_factor_authentication"}), with_text("Get 20% off with code A.")));
  add("codes_without_code",
      both(use_cases({"two_factor_authentication"}), with_text("123456 is your code.")),
      use_cases({"two_factor_authentication"}));
  add("marketing_not_registered",
      both(use_cases({"marketing"}), with_text("Big sale on Friday.")),
      with_text("Big sale on Friday."));
  add("volume_unknown", sets("messaging.volume", "high"), sets("messaging.volume", "medium"));
  add("privacy_policy_not_https", no_change,
      sets("messaging.privacy_policy_url", "https://bluebird.example/our policy"));
  add("terms_not_https", no_change,
      sets("messaging.terms_and_conditions_url", "bluebird.example/terms"));
  add("link_sample_not_https",
      both(includes({"links"}), sets("messaging.link_sample", "https://bluebird.example/o")),
      both(includes({"links"}), sets("messaging.link_sample", "http://bluebird.example/o")));
  add("privacy_policy_elsewhere",
      sets("messaging.privacy_policy_url", "https://www.bluebird.example/privacy"),
      sets("messaging.privacy_policy_url", "https://policies.example/bluebird"));
  add("policies_equal", no_change,
      sets("messaging.terms_and_conditions_url", "https://bluebird.example/privacy"));
}

example_table all_examples() {
  example_table all;
  add_missing_fields(all);
  add_wrong_values(all);
  add_wrong_contents(all);
  return all;
}

std::vector<lint_rule> all_rules() {
  std::vector<lint_rule> all;
  for (const auto rules : {missing_field_rules(), content_rules()}) {
    all.insert(all.end(), rules.begin(), rules.end());
  }
  return all;
}

bool finds(const change& how, std::string_view rule) {
  lint_subject subject = sound();
  how(subject);
  const auto found = lint_registration(subject);
  return std::any_of(found.begin(), found.end(),
                     [&](const finding& each) { return each.rule == rule; });
}

}  // namespace

TEST_CASE("linter: the demo company passes, without a warning") {
  const auto found = lint_registration(sound());
  for (const finding& each : found) MESSAGE(each.rule);
  CHECK(found.empty());
}

TEST_CASE("linter: every rule finds its failing example and leaves its passing one alone") {
  const auto examples_of = all_examples();
  for (const lint_rule& rule : all_rules()) {
    CAPTURE(std::string(rule.id));
    const auto own = examples_of.find(rule.id);
    REQUIRE(own != examples_of.end());
    REQUIRE(own->second.passes);
    REQUIRE(own->second.fails);
    CHECK(finds(own->second.fails, rule.id));
    CHECK_FALSE(finds(own->second.passes, rule.id));
  }
  CHECK(examples_of.size() == all_rules().size());
}

TEST_CASE("linter: every rule says what, why, what instead and by whom, and its id is its own") {
  std::set<std::string_view> ids;
  for (const lint_rule& rule : all_rules()) {
    CAPTURE(std::string(rule.id));
    CHECK(ids.insert(rule.id).second);
    CHECK_FALSE(rule.field.empty());
    CHECK(rule.message.ends_with("."));
    CHECK(rule.fix.ends_with("."));
    CHECK(rule.source.size() > 3);
    const bool has_check = rule.broken != nullptr;
    CHECK(has_check);
  }
}

TEST_CASE("linter: an empty record is all missing, and nothing is said about what is not there") {
  lint_subject empty;
  const auto found = lint_registration(empty);
  CHECK(found.size() > 20);
  for (const finding& each : found) {
    CAPTURE(each.rule);
    CHECK(each.rule.starts_with("missing_"));
  }
  CHECK(found.front().severity == finding_severity::error);
  CHECK(found.back().severity == finding_severity::warning);
}

TEST_CASE("linter: members of the wrong kind are as good as missing, never a crash") {
  lint_subject odd;
  odd.record = {{"entity_type", 5}, {"address", "somewhere"}, {"contact", nullptr},
                {"messaging", json::object{{"message_samples", json::array{1, nullptr, "x"}},
                                           {"use_cases", "marketing"},
                                           {"includes", json::object{}}}}};
  CHECK_FALSE(lint_registration(odd).empty());
}

TEST_CASE("findings are stored and read back, and damage is left out") {
  const auto found = lint_registration(lint_subject{});
  CHECK(parse_findings(to_json(found)) == found);
  CHECK(parse_findings("").empty());
  CHECK(parse_findings("{}").empty());
  CHECK(parse_findings("[1, null]").empty());
  const auto named = findings_of_fields({"messaging.description"}, "Too vague.");
  REQUIRE(named.size() == 1);
  CHECK(named[0].rule.empty());
  CHECK(named[0].message == "Too vague.");
  CHECK(has_errors(named));
  CHECK_FALSE(has_errors({}));
}

}  // namespace dialplane
