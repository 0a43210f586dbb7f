// Campaigns in messaging services, and toll-free verifications.
#include <array>

#include "emulators/twilio/twilio_emulator.hpp"

namespace dialplane::emulators::twilio {

namespace {

constexpr std::string_view carrier_error = "30896";

bool is_length(std::string_view text, std::size_t min, std::size_t max) {
  return text.size() >= min && text.size() <= max;
}

// The first thing wrong with a campaign's words; "" for none.
std::string wrong_words(const form_fields& form) {
  if (!is_length(form.text("Description"), 40, 4'096)) {
    return "Description must be 40 to 4096 characters";
  }
  if (!is_length(form.text("MessageFlow"), 40, 2'048)) {
    return "MessageFlow must be 40 to 2048 characters";
  }
  std::size_t samples = 0;
  for (const auto& [name, value] : form.fields) {
    if (name != "MessageSamples") continue;
    ++samples;
    if (!is_length(value, 20, 1'024)) return "MessageSamples must be 20 to 1024 characters each";
  }
  if (samples < 2 || samples > 5) return "2 to 5 MessageSamples are required";
  for (const char* needed : {"HasEmbeddedLinks", "HasEmbeddedPhone"}) {
    if (form.find(needed) == nullptr) return std::string(needed) + " is required";
  }
  return {};
}

void apply_campaign(json::object& row, const form_fields& form) {
  for (const auto& [field, member] :
       {std::pair{"Description", "description"}, {"MessageFlow", "message_flow"},
        {"PrivacyPolicyUrl", "privacy_policy_url"},
        {"TermsAndConditionsUrl", "terms_and_conditions_url"}, {"HelpMessage", "help_message"},
        {"OptInMessage", "opt_in_message"}, {"OptOutMessage", "opt_out_message"}}) {
    if (form.find(field) != nullptr) row[member] = text_or_null(form, field);
  }
  for (const auto& [field, member] :
       {std::pair{"HasEmbeddedLinks", "has_embedded_links"},
        {"HasEmbeddedPhone", "has_embedded_phone"}, {"SubscriberOptIn", "subscriber_opt_in"},
        {"AgeGated", "age_gated"}, {"DirectLending", "direct_lending"}}) {
    if (form.find(field) != nullptr) row[member] = is_true(form.text(field));
  }
  row["message_samples"] = list_of(form, "MessageSamples");
}

}  // namespace

void twilio_emulator::route_campaigns() {
  const std::string all = "/v1/Services/{service}/Compliance/Usa2p";
  add("GET", all + "/Usecases", "use_cases", &twilio_emulator::list_use_cases);
  add("POST", all, "make_campaign", &twilio_emulator::make_campaign);
  add("GET", all, "campaigns", &twilio_emulator::list_campaigns);
  add("GET", all + "/{sid}", "campaign", &twilio_emulator::read_campaign);
  add("POST", all + "/{sid}", "change_campaign", &twilio_emulator::change_campaign);
  add("DELETE", all + "/{sid}", "remove_campaign", &twilio_emulator::remove_campaign);
  const std::string verifications = "/v1/Tollfree/Verifications";
  add("POST", verifications, "make_verification", &twilio_emulator::make_verification);
  add("GET", verifications, "verifications", &twilio_emulator::list_verifications);
  add("GET", verifications + "/{sid}", "verification", &twilio_emulator::read_verification);
  add("POST", verifications + "/{sid}", "change_verification",
      &twilio_emulator::change_verification);
  add("DELETE", verifications + "/{sid}", "remove_verification",
      &twilio_emulator::remove_verification);
}

http_response twilio_emulator::list_use_cases(request asked) {
  if (services_.find(asked.value("service")) == nullptr) return not_found(asked);
  json::array cases;
  for (const char* code : {"2FA", "ACCOUNT_NOTIFICATION", "CUSTOMER_CARE", "MARKETING", "MIXED"}) {
    cases.push_back({{"code", code},
                     {"name", code},
                     {"description", code},
                     {"post_approval_required", false}});
  }
  return found({{"us_app_to_person_usecases", std::move(cases)}});
}

// ---- campaigns ------------------------------------------------------------------------------

json::object twilio_emulator::show_campaign(json::object& row) {
  const std::string status = text_in(row, "campaign_status");
  const bool is_due = row["decides_at_ms"].as_int64() <= time().now().unix_ms;
  std::optional<review> order;
  if (status == "IN_PROGRESS" && is_due) {
    const auto fault = faults().draw("campaign_rejected", "campaign");
    order = next_review({"approve", "reject"});
    if (fault && !order) order = review{.outcome = "reject", .reason = fault->text};
    const bool is_rejected = order && order->outcome == "reject";
    row["campaign_status"] = is_rejected ? "FAILED" : "VERIFIED";
    row["campaign_id"] = "C" + text_in(row, "sid").substr(2, 6);
    if (!is_rejected) order.reset();
  } else if (status == "VERIFIED") {
    order = next_review({"suspend"});
    if (order) row["campaign_status"] = "SUSPENDED";
  } else if (status == "SUSPENDED" && next_review({"reinstate"})) {
    row["campaign_status"] = "VERIFIED";
    row["errors"] = json::array{};
  }
  if (order) {
    json::array fields;
    for (const std::string& one : order->fields) fields.emplace_back(one);
    if (fields.empty()) fields.emplace_back("MESSAGE_FLOW");
    row["errors"] = json::array();
    row["errors"].as_array().push_back({{"error_code", carrier_error},
                                        {"description", order->reason},
                                        {"fields", std::move(fields)},
                                        {"url", "https://www.twilio.com/docs/api/errors/30896"}});
  }
  json::object out = row;
  out.erase("decides_at_ms");
  return out;
}

http_response twilio_emulator::make_campaign(request asked) {
  json::object* service = services_.find(asked.value("service"));
  if (service == nullptr) return not_found(asked);
  const form_fields& form = asked.form();
  json::object* brand = brands_.find(form.text("BrandRegistrationSid"));
  if (brand == nullptr) return failure(400, 20001, "BrandRegistrationSid was not found");
  if (text_in(show_brand(*brand), "status") != "APPROVED") {
    return failure(400, 20001, "The brand is not approved");
  }
  if (const std::string wrong = wrong_words(form); !wrong.empty()) {
    return failure(400, 20001, wrong);
  }
  const std::string service_sid(asked.value("service"));
  bool is_taken = false;
  campaigns_.oldest_first([&](const json::object& one) {
    is_taken = is_taken || text_in(one, "messaging_service_sid") == service_sid;
  });
  if (is_taken) return failure(409, 20409, "The service has a campaign already");
  const std::string sid = new_sid(*tools_.random, "QE");
  const std::string now = iso_date(time().now());
  json::object row{{"sid", sid},
                   {"account_sid", account_sid},
                   {"brand_registration_sid", form.text("BrandRegistrationSid")},
                   {"messaging_service_sid", service_sid},
                   {"us_app_to_person_usecase", form.text("UsAppToPersonUsecase")},
                   {"campaign_status", "IN_PROGRESS"},
                   {"campaign_id", nullptr},
                   {"is_externally_registered", false},
                   {"rate_limits", json::object{}},
                   {"opt_in_keywords", json::array{"START"}},
                   {"opt_out_keywords", json::array{"STOP"}},
                   {"help_keywords", json::array{"HELP"}},
                   {"mock", (*brand)["mock"]},
                   {"errors", json::array{}},
                   {"decides_at_ms", (time().now() + campaign_review_).unix_ms},
                   {"date_created", now},
                   {"date_updated", now},
                   {"url", own_url(asked.http.path + "/" + sid)}};
  apply_campaign(row, form);
  (*service)["us_app_to_person_registered"] = true;
  json::object& kept = campaigns_.add(sid, std::move(row));
  return created(show_campaign(kept));
}

http_response twilio_emulator::list_campaigns(request asked) {
  const std::string service(asked.value("service"));
  if (services_.find(service) == nullptr) return not_found(asked);
  return page_of(
      asked, campaigns_,
      [&](const json::object& row) { return text_in(row, "messaging_service_sid") == service; },
      [this](json::object& row) { return show_campaign(row); }, newer_style("compliance"));
}

http_response twilio_emulator::read_campaign(request asked) {
  json::object* row = campaigns_.find(asked.value("sid"));
  return row == nullptr ? not_found(asked) : found(show_campaign(*row));
}

http_response twilio_emulator::change_campaign(request asked) {
  json::object* row = campaigns_.find(asked.value("sid"));
  if (row == nullptr) return not_found(asked);
  if (const std::string wrong = wrong_words(asked.form()); !wrong.empty()) {
    return failure(400, 20001, wrong);
  }
  apply_campaign(*row, asked.form());
  (*row)["campaign_status"] = "IN_PROGRESS";
  (*row)["errors"] = json::array{};
  (*row)["decides_at_ms"] = (time().now() + campaign_review_).unix_ms;
  (*row)["date_updated"] = iso_date(time().now());
  return found(show_campaign(*row));
}

http_response twilio_emulator::remove_campaign(request asked) {
  return campaigns_.remove(asked.value("sid")) ? no_content() : not_found(asked);
}

// Is the number in the service of an approved campaign, or verified for itself?
bool twilio_emulator::may_text(std::string_view e164) {
  const json::object* number = number_of(e164);
  if (number == nullptr) return false;
  const std::string sid = text_in(*number, "sid");
  bool may = false;
  verifications_.newest_first({}, [&](const std::string&, json::object& row) {
    const bool is_its = text_in(row, "tollfree_phone_number_sid") == sid;
    may = is_its && text_in(show_verification(row), "status") == "TWILIO_APPROVED";
    return !may;
  });
  campaigns_.newest_first({}, [&](const std::string&, json::object& row) {
    if (may) return false;
    const std::string key = text_in(row, "messaging_service_sid") + "/" + sid;
    may = assignments_.find(key) != nullptr &&
          text_in(show_campaign(row), "campaign_status") == "VERIFIED";
    return !may;
  });
  return may;
}

// ---- toll-free ------------------------------------------------------------------------------

json::object twilio_emulator::show_verification(json::object& row) {
  const bool is_due = row["decides_at_ms"].as_int64() <= time().now().unix_ms;
  if (text_in(row, "status") == "PENDING_REVIEW" && is_due) {
    const auto order = next_review({"approve", "reject"});
    const bool is_rejected = order && order->outcome == "reject";
    row["status"] = is_rejected ? "TWILIO_REJECTED" : "TWILIO_APPROVED";
    row["rejection_reason"] = is_rejected ? json::value(order->reason) : json::value(nullptr);
    row["edit_allowed"] = is_rejected;
  }
  json::object out = row;
  out.erase("decides_at_ms");
  return out;
}

namespace {

void apply_verification(json::object& row, const form_fields& form) {
  constexpr std::array members{
      std::pair{"BusinessName", "business_name"},
      std::pair{"BusinessWebsite", "business_website"},
      std::pair{"NotificationEmail", "notification_email"},
      std::pair{"UseCaseSummary", "use_case_summary"},
      std::pair{"ProductionMessageSample", "production_message_sample"},
      std::pair{"OptInType", "opt_in_type"},
      std::pair{"MessageVolume", "message_volume"},
      std::pair{"AdditionalInformation", "additional_information"},
      std::pair{"BusinessStreetAddress", "business_street_address"},
      std::pair{"BusinessCity", "business_city"},
      std::pair{"BusinessStateProvinceRegion", "business_state_province_region"},
      std::pair{"BusinessPostalCode", "business_postal_code"},
      std::pair{"BusinessCountry", "business_country"},
      std::pair{"BusinessContactFirstName", "business_contact_first_name"},
      std::pair{"BusinessContactLastName", "business_contact_last_name"},
      std::pair{"BusinessContactEmail", "business_contact_email"},
      std::pair{"BusinessContactPhone", "business_contact_phone"},
      std::pair{"ExternalReferenceId", "external_reference_id"},
  };
  for (const auto& [field, member] : members) {
    if (form.find(field) != nullptr) row[member] = text_or_null(form, field);
  }
  if (form.find("UseCaseCategories") != nullptr) {
    row["use_case_categories"] = list_of(form, "UseCaseCategories");
  }
  if (form.find("OptInImageUrls") != nullptr) {
    row["opt_in_image_urls"] = list_of(form, "OptInImageUrls");
  }
}

}  // namespace

http_response twilio_emulator::make_verification(request asked) {
  const form_fields& form = asked.form();
  for (const char* needed :
       {"BusinessName", "BusinessWebsite", "NotificationEmail", "UseCaseCategories",
        "UseCaseSummary", "ProductionMessageSample", "OptInImageUrls", "OptInType",
        "MessageVolume", "TollfreePhoneNumberSid"}) {
    if (form.text(needed).empty()) {
      return failure(400, 20001, std::string(needed) + " is required");
    }
  }
  const std::string number_sid(form.text("TollfreePhoneNumberSid"));
  const json::object* number = numbers_.find(number_sid);
  if (number == nullptr || text_in(*number, "type") != "toll-free") {
    return failure(400, 20001, "TollfreePhoneNumberSid is not a toll-free number of this account");
  }
  const std::string sid = new_sid(*tools_.random, "HH");
  const std::string now = iso_date(time().now());
  json::object row{{"sid", sid},
                   {"account_sid", account_sid},
                   {"customer_profile_sid", nullptr},
                   {"trust_product_sid", nullptr},
                   {"regulated_item_sid", nullptr},
                   {"tollfree_phone_number_sid", number_sid},
                   {"tollfree_phone_number", number->at("phone_number")},
                   {"status", "PENDING_REVIEW"},
                   {"rejection_reason", nullptr},
                   {"rejection_reasons", nullptr},
                   {"error_code", nullptr},
                   {"edit_allowed", false},
                   {"edit_expiration", nullptr},
                   {"external_reference_id", nullptr},
                   {"decides_at_ms", (time().now() + campaign_review_).unix_ms},
                   {"date_created", now},
                   {"date_updated", now},
                   {"url", own_url("/v1/Tollfree/Verifications/" + sid)}};
  apply_verification(row, form);
  json::object& kept = verifications_.add(sid, std::move(row));
  return created(show_verification(kept));
}

http_response twilio_emulator::list_verifications(request asked) {
  const std::string number(asked.query().text("TollfreePhoneNumberSid"));
  return page_of(
      asked, verifications_,
      [&](const json::object& row) {
        return number.empty() || text_in(row, "tollfree_phone_number_sid") == number;
      },
      [this](json::object& row) { return show_verification(row); },
      newer_style("verifications"));
}

http_response twilio_emulator::read_verification(request asked) {
  json::object* row = verifications_.find(asked.value("sid"));
  return row == nullptr ? not_found(asked) : found(show_verification(*row));
}

http_response twilio_emulator::change_verification(request asked) {
  json::object* row = verifications_.find(asked.value("sid"));
  if (row == nullptr) return not_found(asked);
  apply_verification(*row, asked.form());
  (*row)["status"] = "PENDING_REVIEW";
  (*row)["decides_at_ms"] = (time().now() + campaign_review_).unix_ms;
  (*row)["date_updated"] = iso_date(time().now());
  return found(show_verification(*row));
}

http_response twilio_emulator::remove_verification(request asked) {
  return verifications_.remove(asked.value("sid")) ? no_content() : not_found(asked);
}

}  // namespace dialplane::emulators::twilio
