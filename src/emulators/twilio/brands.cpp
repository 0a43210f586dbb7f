// Brands at the campaign registry, and what was ordered of every kind of reviewer.
#include <algorithm>

#include "base/object_reader.hpp"
#include "emulators/twilio/twilio_emulator.hpp"

namespace dialplane::emulators::twilio {

namespace {

constexpr std::size_t reviews_max = 64;
constexpr std::int64_t year_ms = 366LL * 24 * 3'600'000;

}  // namespace

void twilio_emulator::route_brands() {
  const std::string all = "/v1/a2p/BrandRegistrations";
  add("POST", all, "make_brand", &twilio_emulator::make_brand);
  add("GET", all, "brands", &twilio_emulator::list_brands);
  add("GET", all + "/{sid}", "brand", &twilio_emulator::read_brand);
  add("POST", all + "/{sid}", "change_brand", &twilio_emulator::change_brand);
  add("POST", all + "/{sid}/SmsOtp", "send_code", &twilio_emulator::send_code);
  add("POST", all + "/{sid}/Vettings", "make_vetting", &twilio_emulator::make_vetting);
}

json::object twilio_emulator::show_brand(json::object& row) {
  const bool is_due = row["decides_at_ms"].as_int64() <= time().now().unix_ms;
  const bool waits_for_code = text_in(row, "brand_type") == "SOLE_PROPRIETOR" &&
                              !row["code_answered"].as_bool();
  if (text_in(row, "status") == "PENDING" && is_due && !waits_for_code) {
    const auto fault = faults().draw("brand_fails", "brand");
    auto order = next_review({"brand_fails"});
    if (fault && !order) order = review{.outcome = "brand_fails", .reason = fault->text};
    row["status"] = order ? "FAILED" : "APPROVED";
    row["identity_status"] = order ? "UNVERIFIED" : "VERIFIED";
    row["failure_reason"] = nullptr;
    row["brand_feedback"] = json::array{};
    if (order) {
      row["failure_reason"] = order->reason;
      for (const std::string& one : order->fields) {
        row["brand_feedback"].as_array().emplace_back(one);
      }
    } else {
      row["tcr_id"] = "B" + text_in(row, "sid").substr(2, 6);
    }
  }
  json::object out = row;
  out.erase("decides_at_ms");
  out.erase("code_answered");
  return out;
}

http_response twilio_emulator::make_brand(request asked) {
  const form_fields& form = asked.form();
  for (const char* name : {"CustomerProfileBundleSid", "A2PProfileBundleSid"}) {
    json::object* bundle = bundles_.find(form.text(name));
    if (bundle == nullptr) return failure(400, 20001, std::string(name) + " was not found");
    if (text_in(show_bundle(*bundle), "status") != "twilio-approved") {
      return failure(400, 20001, std::string(name) + " is not approved");
    }
  }
  const bool is_sole = form.text("BrandType") == "SOLE_PROPRIETOR";
  if (is_sole && is_true(form.text("Mock"))) {
    return failure(400, 20001, "Sole proprietor brands cannot be mock");
  }
  const std::string sid = new_sid(*tools_.random, "BN");
  const std::string now = iso_date(time().now());
  const std::string url = own_url("/v1/a2p/BrandRegistrations/" + sid);
  const json::object& row = brands_.add(
      sid, {{"sid", sid},
            {"account_sid", account_sid},
            {"customer_profile_bundle_sid", form.text("CustomerProfileBundleSid")},
            {"a2p_profile_bundle_sid", form.text("A2PProfileBundleSid")},
            {"brand_type", is_sole ? "SOLE_PROPRIETOR" : "STANDARD"},
            {"status", "PENDING"},
            {"tcr_id", nullptr},
            {"failure_reason", nullptr},
            {"errors", json::array{}},
            {"brand_score", nullptr},
            {"brand_feedback", json::array{}},
            {"identity_status", "SELF_DECLARED"},
            {"russell_3000", false},
            {"government_entity", false},
            {"tax_exempt_status", ""},
            {"skip_automatic_sec_vet", is_true(form.text("SkipAutomaticSecVet"))},
            {"mock", is_true(form.text("Mock"))},
            {"code_answered", false},
            {"decides_at_ms", (time().now() + brand_review_).unix_ms},
            {"date_created", now},
            {"date_updated", now},
            {"url", url},
            {"links", {{"brand_vettings", url + "/Vettings"},
                       {"brand_registration_otps", url + "/SmsOtp"}}}});
  json::object shown = row;  // as it was made: nobody has looked at it yet
  shown.erase("decides_at_ms");
  shown.erase("code_answered");
  return created(shown);
}

http_response twilio_emulator::list_brands(request asked) {
  return page_of(
      asked, brands_, [](const json::object&) { return true; },
      [this](json::object& row) { return show_brand(row); }, newer_style("data"));
}

http_response twilio_emulator::read_brand(request asked) {
  json::object* row = brands_.find(asked.value("sid"));
  return row == nullptr ? not_found(asked) : found(show_brand(*row));
}

http_response twilio_emulator::change_brand(request asked) {
  json::object* row = brands_.find(asked.value("sid"));
  if (row == nullptr) return not_found(asked);
  if (text_in(show_brand(*row), "status") != "FAILED") {
    return failure(400, 20001, "Only a failed brand can be handed in again");
  }
  (*row)["status"] = "PENDING";
  (*row)["decides_at_ms"] = (time().now() + brand_review_).unix_ms;
  (*row)["date_updated"] = iso_date(time().now());
  return found(show_brand(*row));
}

http_response twilio_emulator::send_code(request asked) {
  json::object* row = brands_.find(asked.value("sid"));
  if (row == nullptr) return not_found(asked);
  const bool waits = text_in(*row, "brand_type") == "SOLE_PROPRIETOR" &&
                     text_in(*row, "status") == "PENDING";
  if (!waits) return failure(400, 20001, "The brand waits for no code");
  return created({{"account_sid", account_sid},
                  {"brand_registration_sid", row->at("sid")}});
}

http_response twilio_emulator::make_vetting(request asked) {
  json::object* row = brands_.find(asked.value("sid"));
  if (row == nullptr) return not_found(asked);
  return created({{"account_sid", account_sid},
                  {"brand_sid", row->at("sid")},
                  {"brand_vetting_sid", new_sid(*tools_.random, "VT")},
                  {"vetting_id", asked.form().text("VettingId")},
                  {"vetting_class", "STANDARD"},
                  {"vetting_provider", asked.form().text("VettingProvider")},
                  {"vetting_status", "PENDING"},
                  {"date_created", iso_date(time().now())},
                  {"date_updated", iso_date(time().now())},
                  {"url", own_url(asked.http.path)}});
}

// ---- reviewers ------------------------------------------------------------------------------

std::optional<twilio_emulator::review> twilio_emulator::next_review(
    std::initializer_list<std::string_view> outcomes) {
  for (auto one = reviews_.begin(); one != reviews_.end(); ++one) {
    if (std::find(outcomes.begin(), outcomes.end(), one->outcome) == outcomes.end()) continue;
    review taken = *one;
    if (--one->count <= 0) reviews_.erase(one);
    return taken;
  }
  return std::nullopt;
}

result<json::object> twilio_emulator::control_reviews(std::string_view method,
                                                      const json::object& order) {
  if (method == "DELETE") {
    reviews_.clear();
    return json::object{};
  }
  object_reader read(order);
  review wanted;
  wanted.outcome = read.optional_string("outcome", {.max = 32}).value_or("");
  wanted.reason = read.optional_string("reason", {.max = 500}).value_or("Not acceptable.");
  wanted.fields = read.optional_string_list("fields", 16, {.max = 64})
                      .value_or(std::vector<std::string>());
  wanted.count = read.optional_int("count", 1, 1'000'000).value_or(1);
  const auto bundle_ms = read.optional_int("bundle_ms", 0, year_ms);
  const auto brand_ms = read.optional_int("brand_ms", 0, year_ms);
  const auto campaign_ms = read.optional_int("campaign_ms", 0, year_ms);
  TRY(read.finish());
  if (bundle_ms) bundle_review_ = milliseconds(*bundle_ms);
  if (brand_ms) brand_review_ = milliseconds(*brand_ms);
  if (campaign_ms) campaign_review_ = milliseconds(*campaign_ms);
  if (wanted.outcome.empty()) return json::object{};
  if (reviews_.size() >= reviews_max) {
    return bad_field("outcome", "Too many reviews are ordered already.");
  }
  reviews_.push_back(std::move(wanted));
  return json::object{};
}

result<json::object> twilio_emulator::control_codes(const json::object& order) {
  object_reader read(order);
  const std::string sid = read.required_string("brand", {.min = 1, .max = 64});
  TRY(read.finish());
  json::object* row = brands_.find(sid);
  if (row == nullptr) return refused(error_code::not_found, "There is no such brand.");
  (*row)["code_answered"] = true;
  return json::object{};
}

}  // namespace dialplane::emulators::twilio
