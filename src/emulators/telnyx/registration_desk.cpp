#include "emulators/telnyx/registration_desk.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "emulators/telnyx/numbers_desk.hpp"
#include "emulators/telnyx/registration_forms.hpp"

namespace dialplane::emulators::telnyx {

namespace {

namespace json = boost::json;

constexpr milliseconds code_lasts{24 * 3'600'000};

// The way of a campaign that nobody objects to.
constexpr auto steps = std::to_array<std::string_view>(
    {"TCR_ACCEPTED", "TELNYX_ACCEPTED", "MNO_PENDING", "MNO_PROVISIONED"});

}  // namespace

void registration_desk::open(const route_adder& add) {
  for (const std::string base : {"/v2/10dlc", "/v2/v2/10dlc"}) {
    open_brands(add, base);
    open_codes(add, base);
    open_campaigns(add, base);
    open_assignments(add, base + "/phone_number_campaigns");
    open_assignments(add, base + "/phoneNumberCampaign");
  }
  open_toll_free(add);
}

void registration_desk::set_pace(std::optional<std::int64_t> brand,
                                 std::optional<std::int64_t> campaign,
                                 std::optional<std::int64_t> assignment) {
  if (brand) brand_review_ = milliseconds(*brand);
  if (campaign) campaign_step_ = milliseconds(*campaign);
  if (assignment) assignment_takes_ = milliseconds(*assignment);
}

played_brand* registration_desk::brand(std::string_view id) { return by_id(brands_, id); }
played_campaign* registration_desk::campaign(std::string_view id) {
  return by_id(campaigns_, id);
}
played_verification* registration_desk::verification(std::string_view id) {
  return by_id(verifications_, id);
}
played_assignment* registration_desk::assignment(std::string_view e164) {
  for (played_assignment& each : assignments_) {
    if (each.e164 == e164) return &each;
  }
  return nullptr;
}

bool registration_desk::may_send(const std::string& e164) const {
  for (const played_assignment& each : assignments_) {
    if (each.e164 != e164 || each.status != "ASSIGNED") continue;
    const played_campaign* under = by_id(campaigns_, each.campaign);
    return under != nullptr && under->state == "MNO_PROVISIONED";
  }
  return false;
}

void registration_desk::suspend_all(const std::string& reason) {
  for (played_campaign& each : campaigns_) {
    if (each.state == "MNO_PROVISIONED") set_campaign(each, "TCR_SUSPENDED", reason);
  }
}

// ---- brands -----------------------------------------------------------------------------------

void registration_desk::open_brands(const route_adder& add, const std::string& base) {
  const std::string path = base + "/brand";
  add("POST", path, "create_brand", [this](const auto& r) { return create_brand(r); });
  add("GET", path, "list_brands", [this](const auto& r) {
    const std::string_view name = r.query().text("displayName");
    const bool all = filter_is_ignored(books_, r);
    json::array rows;
    for (const played_brand& each : brands_) {
      const bool fits = name.empty() || text_of(each.members, "displayName") == name;
      if (all || fits) rows.push_back(listed_form(each));
    }
    return record_page(r, rows);
  });
  add("GET", path + "/feedback/{id}", "brand_feedback", [this](const auto& r) {
    const played_brand* found = brand(r.value("id"));
    return found == nullptr ? not_found("brand") : json_response(200, feedback_form(*found));
  });
  add("GET", path + "/{id}", "show_brand", [this](const auto& r) {
    const played_brand* found = brand(r.value("id"));
    return found == nullptr ? not_found("brand") : json_response(200, whole_form(*found));
  });
  add("PUT", path + "/{id}", "update_brand", [this](const auto& r) {
    played_brand* found = brand(r.value("id"));
    if (found == nullptr) return not_found("brand");
    for (const auto& member : r.json()) found->members[member.key()] = member.value();
    return json_response(200, whole_form(*found));
  });
  add("PUT", path + "/{id}/revet", "revet_brand", [this](const auto& r) {
    played_brand* found = brand(r.value("id"));
    if (found == nullptr) return not_found("brand");
    found->status = "REGISTRATION_PENDING";
    found->identity = "SELF_DECLARED";
    found->reason.clear();
    review_brand(found->id);
    return json_response(200, whole_form(*found));
  });
  add("DELETE", path + "/{id}", "delete_brand", [this](const auto& r) {
    const std::string id(r.value("id"));
    const auto gone = std::erase_if(brands_, [&](const auto& each) { return each.id == id; });
    return gone == 0 ? not_found("brand") : http_response{204, "", "", {}};
  });
}

http_response registration_desk::create_brand(const emulated_request& request) {
  const json::object& body = request.json();
  for (const char* member : {"entityType", "displayName", "country", "vertical"}) {
    if (text_of(body, member).empty()) return missing(member);
  }
  const bool is_sole = text_of(body, "entityType") == "SOLE_PROPRIETOR";
  if (is_sole && text_of(body, "mobilePhone").empty()) return missing("mobilePhone");
  if (is_sole && !text_of(body, "ein").empty()) {
    return unprocessable("A sole proprietor has no ein.");
  }
  if (!is_sole && text_of(body, "ein").empty()) return missing("ein");
  played_brand made;
  made.id = new_uuid(books_.random);
  made.members = body;
  made.members["createdAt"] = rfc3339(books_.time.now());
  made.members["updatedAt"] = rfc3339(books_.time.now());
  brands_.push_back(std::move(made));
  const std::string id = brands_.back().id;
  review_brand(id);
  return json_response(200, whole_form(*brand(id)));
}

void registration_desk::review_brand(const std::string& id) {
  books_.time.after(brand_review_, [this, id] {
    played_brand* found = brand(id);
    if (found == nullptr || found->status != "REGISTRATION_PENDING") return;
    decide_brand(*found);
    const std::string url = text_of(found->members, "webhookURL");
    const bool failed = found->status == "REGISTRATION_FAILED";
    emulated_webhook out;
    out.event = "brand_update";
    out.url = url;
    out.body = json_text({{"type", "REGISTRATION"},
                          {"status", failed ? "failed" : "success"},
                          {"brandId", id},
                          {"brandName", text_of(found->members, "displayName")}});
    books_.post(std::move(out));
  });
}

void registration_desk::decide_brand(played_brand& found) {
  const auto order = books_.draw_review({"brand_fails"});
  const auto fault = books_.faults.draw("brand_fails", "create_brand");
  if (order || fault) {
    found.status = "REGISTRATION_FAILED";
    found.identity = "UNVERIFIED";
    found.reason = order ? order->reason : fault->text;
    if (found.reason.empty()) {
      found.reason = "The legal name does not match the tax record of the EIN.";
    }
    return;
  }
  found.status = "OK";
  const bool is_sole = text_of(found.members, "entityType") == "SOLE_PROPRIETOR";
  found.identity = is_sole ? "SELF_DECLARED" : "VERIFIED";
}

std::string registration_desk::new_code() {
  std::string code;
  while (code.size() < 6) code += static_cast<char>('0' + books_.random.below(10));
  return code;
}

void registration_desk::open_codes(const route_adder& add, const std::string& base) {
  const std::string path = base + "/brand/{id}/smsOtp";
  add("POST", path, "text_code", [this](const auto& r) {
    played_brand* found = brand(r.value("id"));
    if (found == nullptr) return not_found("brand");
    if (text_of(found->members, "entityType") != "SOLE_PROPRIETOR") {
      return unprocessable("Only a sole proprietor's brand is confirmed by a code.");
    }
    if (found->status != "OK") return unprocessable("The brand is not registered yet.");
    if (found->code_confirmed_at) return unprocessable("The brand is confirmed already.");
    if (text_of(r.json(), "pinSms").find("@OTP_PIN@") == std::string::npos) {
      return unprocessable("pinSms must have @OTP_PIN@ in it.");
    }
    found->code = new_code();
    found->code_sent_at = books_.time.now();
    return json_response(200, json::object{{"brandId", found->id}, {"referenceId", found->id}});
  });
  add("GET", path, "show_code", [this](const auto& r) {
    const played_brand* found = brand(r.value("id"));
    if (found == nullptr || !found->code_sent_at) return not_found("one-time code");
    return json_response(200, code_form(*found));
  });
  add("PUT", path, "verify_code", [this](const auto& r) { return verify_code(r); });
}

http_response registration_desk::verify_code(const emulated_request& request) {
  played_brand* found = brand(request.value("id"));
  if (found == nullptr || !found->code_sent_at) return not_found("one-time code");
  if (books_.time.now() - *found->code_sent_at > code_lasts) {
    return failure(400, "10015", "Bad Request", "The one-time code has expired.");
  }
  if (text_of(request.json(), "otpPin") != found->code) {
    return failure(400, "10015", "Bad Request", "The one-time code is wrong.");
  }
  found->code_confirmed_at = books_.time.now();
  found->identity = "VERIFIED";
  return {200, "application/json", "", {}};
}

// ---- campaigns --------------------------------------------------------------------------------

void registration_desk::open_campaigns(const route_adder& add, const std::string& base) {
  const std::string path = base + "/campaign";
  add("GET", base + "/campaignBuilder/brand/{brand}/usecase/{usecase}", "qualify",
      [this](const auto& r) {
        if (brand(r.value("brand")) == nullptr) return not_found("brand");
        return json_response(200, qualification_form(r.value("usecase")));
      });
  add("POST", base + "/campaignBuilder", "create_campaign",
      [this](const auto& r) { return create_campaign(r); });
  add("GET", path, "list_campaigns", [this](const auto& r) {
    const bool all = filter_is_ignored(books_, r);
    json::array rows;
    for (const played_campaign& each : campaigns_) {
      const bool fits = text_of(each.members, "brandId") == r.query().text("brandId");
      if (all || fits) rows.push_back(whole_form(each));
    }
    return record_page(r, rows);
  });
  add("GET", path + "/{id}", "show_campaign", [this](const auto& r) {
    const played_campaign* found = campaign(r.value("id"));
    return found == nullptr ? not_found("campaign") : json_response(200, whole_form(*found));
  });
  add("PUT", path + "/{id}", "update_campaign",
      [this](const auto& r) { return update_campaign(r); });
  add("DELETE", path + "/{id}", "end_campaign", [this](const auto& r) {
    played_campaign* found = campaign(r.value("id"));
    if (found == nullptr) return not_found("campaign");
    set_campaign(*found, "TCR_EXPIRED", "Deactivated.");
    return json_response(200, json::object{{"time", books_.time.now().unix_ms / 1'000},
                                           {"record_type", "campaign"},
                                           {"message", "deactivated"}});
  });
  add("POST", path + "/{id}/appeal", "appeal", [this](const auto& r) { return appeal(r); });
  add("GET", path + "/{id}/mnoMetadata", "mno_metadata", [this](const auto& r) {
    if (campaign(r.value("id")) == nullptr) return not_found("campaign");
    return json_response(200, qualification_form(""));
  });
  add("GET", path + "/{id}/operationStatus", "operation_status", [this](const auto& r) {
    const played_campaign* found = campaign(r.value("id"));
    if (found == nullptr) return not_found("campaign");
    const bool is_ready = found->state == "MNO_PROVISIONED";
    return json_response(200, json::object{{"10017", is_ready ? "APPROVED" : "REVIEW"},
                                           {"10035", is_ready ? "APPROVED" : "REVIEW"}});
  });
}

http_response registration_desk::create_campaign(const emulated_request& request) {
  const json::object& body = request.json();
  for (const char* member : {"brandId", "usecase", "description"}) {
    if (text_of(body, member).empty()) return missing(member);
  }
  const played_brand* owner = brand(text_of(body, "brandId"));
  if (owner == nullptr) return not_found("brand");
  if (owner->status != "OK" || owner->identity == "UNVERIFIED") {
    return unprocessable("The brand is not verified.");
  }
  const bool is_sole = text_of(owner->members, "entityType") == "SOLE_PROPRIETOR";
  if (is_sole && !owner->code_confirmed_at) {
    return unprocessable("The brand has not been confirmed by its code.");
  }
  const std::string reference = text_of(body, "referenceId");
  for (const played_campaign& each : campaigns_) {
    if (!reference.empty() && text_of(each.members, "referenceId") == reference) {
      return failure(409, "10012", "Conflict", "The referenceId is taken.");
    }
  }
  played_campaign made;
  made.id = new_uuid(books_.random);
  made.members = body;
  made.members["createDate"] = rfc3339(books_.time.now());
  campaigns_.push_back(std::move(made));
  const std::string id = campaigns_.back().id;
  books_.time.after(campaign_step_, [this, id] { review_campaign(id, 0, 0); });
  return json_response(200, whole_form(campaigns_.back()));
}

http_response registration_desk::update_campaign(const emulated_request& request) {
  played_campaign* found = campaign(request.value("id"));
  if (found == nullptr) return not_found("campaign");
  for (const char* fixed : {"usecase", "description", "brandId"}) {
    if (request.json().contains(fixed)) {
      return unprocessable("A campaign's " + std::string(fixed) + " cannot be changed.");
    }
  }
  for (const auto& member : request.json()) found->members[member.key()] = member.value();
  return json_response(200, whole_form(*found));
}

http_response registration_desk::appeal(const emulated_request& request) {
  played_campaign* found = campaign(request.value("id"));
  if (found == nullptr) return not_found("campaign");
  if (text_of(request.json(), "appeal_reason").empty()) return missing("appeal_reason");
  if (found->state != "TELNYX_FAILED" && found->state != "MNO_REJECTED") {
    return unprocessable("Only a rejected campaign can be appealed for.");
  }
  set_campaign(*found, "TCR_ACCEPTED", "");
  ++found->round;
  books_.time.after(campaign_step_, [this, id = found->id, round = found->round] {
    review_campaign(id, round, 1);
  });
  return json_response(200, json::object{{"appealed_at", rfc3339(books_.time.now())}});
}

void registration_desk::review_campaign(const std::string& id, std::int64_t round,
                                        std::size_t step) {
  played_campaign* found = campaign(id);
  if (found == nullptr || found->round != round || found->state == "TCR_EXPIRED") return;
  std::string_view state = steps[step];
  std::string reason;
  const auto reject = [&](std::string_view outcome, std::string_view failed) {
    auto order = books_.draw_review({outcome});
    const auto fault = outcome == "reject"
                           ? books_.faults.draw("campaign_rejected", "create_campaign")
                           : std::optional<emulated_fault>();
    if (!order && !fault) return;
    state = failed;
    reason = order ? order->reason : fault->text;
    if (reason.empty()) reason = "The message flow does not say how people agree.";
  };
  if (step == 0) reject("reject_tcr", "TCR_FAILED");
  if (step == 1) reject("reject", "TELNYX_FAILED");
  if (step == 3) reject("reject_mno", "MNO_REJECTED");
  set_campaign(*found, std::string(state), reason);
  if (!reason.empty()) return;
  if (step + 1 < steps.size()) {
    books_.time.after(campaign_step_, [this, id, round, next = step + 1] {
      review_campaign(id, round, next);
    });
    return;
  }
  const auto order = books_.draw_review({"suspend"});
  const auto fault = books_.faults.draw("campaign_suspended", "create_campaign");
  if (!order && !fault) return;
  const std::string why = order ? order->reason : fault->text;
  books_.time.after(campaign_step_, [this, id, why] {
    if (played_campaign* now = campaign(id)) set_campaign(*now, "TCR_SUSPENDED", why);
  });
}

void registration_desk::set_campaign(played_campaign& found, std::string state,
                                     std::string reason) {
  found.state = std::move(state);
  found.reason = std::move(reason);
  const bool is_bad = !found.reason.empty();
  emulated_webhook out;
  out.event = "campaign_update";
  out.url = text_of(found.members, "webhookURL");
  out.body = json_text({{"type", update_type(found.state)},
                        {"status", is_bad ? "REJECTED" : "ACCEPTED"},
                        {"campaignId", found.id},
                        {"brandId", text_of(found.members, "brandId")},
                        {"description", found.reason}});
  books_.post(std::move(out));
}

// ---- numbers on campaigns ---------------------------------------------------------------------

void registration_desk::open_assignments(const route_adder& add, const std::string& path) {
  add("POST", path, "assign", [this](const auto& r) { return assign(r, false); });
  add("PUT", path + "/{number}", "reassign", [this](const auto& r) { return assign(r, true); });
  add("GET", path, "list_assignments", [this](const auto& r) {
    json::array rows;
    for (const played_assignment& each : assignments_) rows.push_back(whole_form(each));
    return record_page(r, rows);
  });
  add("GET", path + "/{number}", "show_assignment", [this](const auto& r) {
    const played_assignment* found = assignment(r.value("number"));
    return found == nullptr ? not_found("assignment") : json_response(200, whole_form(*found));
  });
  add("DELETE", path + "/{number}", "unassign", [this](const auto& r) {
    const played_assignment* found = assignment(r.value("number"));
    if (found == nullptr) return not_found("assignment");
    json::object row = whole_form(*found);
    row["assignmentStatus"] = "PENDING_UNASSIGNMENT";
    const std::string e164 = found->e164;
    std::erase_if(assignments_, [&](const auto& each) { return each.e164 == e164; });
    return json_response(200, row);
  });
}

http_response registration_desk::assign(const emulated_request& request, bool may_move) {
  const std::string e164 = text_of(request.json(), "phoneNumber");
  const std::string id = text_of(request.json(), "campaignId");
  if (e164.empty()) return missing("phoneNumber");
  if (books_.shown_number(e164) == nullptr) return unprocessable("The number is not yours.");
  const played_campaign* under = campaign(id);
  if (under == nullptr) return not_found("campaign");
  const bool is_over = under->state == "TCR_EXPIRED" || under->state == "TCR_SUSPENDED" ||
                       under->state == "TCR_FAILED" || under->state == "TELNYX_FAILED" ||
                       under->state == "MNO_REJECTED";
  if (is_over) return unprocessable("The campaign takes no numbers in state " + under->state + ".");
  played_assignment* found = assignment(e164);
  if (found != nullptr && !may_move) {
    return failure(409, "10012", "Conflict", "The number is on a campaign already.");
  }
  if (found == nullptr) {
    assignments_.push_back({});
    found = &assignments_.back();
    found->e164 = e164;
    found->created_at = books_.time.now();
  }
  found->campaign = id;
  found->status = "PENDING_ASSIGNMENT";
  found->reason.clear();
  review_assignment(e164);
  return json_response(200, whole_form(*found));
}

void registration_desk::review_assignment(const std::string& e164) {
  books_.time.after(assignment_takes_, [this, e164] {
    played_assignment* found = assignment(e164);
    if (found == nullptr || found->status != "PENDING_ASSIGNMENT") return;
    const auto order = books_.draw_review({"attachment_fails"});
    const auto fault = books_.faults.draw("attachment_fails", "assign");
    found->status = order || fault ? "FAILED_ASSIGNMENT" : "ASSIGNED";
    if (order) found->reason = order->reason;
    if (fault) found->reason = fault->text;
  });
}

// ---- toll-free --------------------------------------------------------------------------------

void registration_desk::open_toll_free(const route_adder& add) {
  const std::string path = "/v2/messaging_tollfree/verification/requests";
  add("POST", path, "file_toll_free",
      [this](const auto& r) { return file_toll_free(r, nullptr); });
  add("GET", path, "list_toll_free", [this](const auto& r) {
    json::array rows;
    for (const played_verification& each : verifications_) rows.push_back(whole_form(each));
    return toll_free_page(r, rows);
  });
  add("GET", path + "/{id}", "show_toll_free", [this](const auto& r) {
    const played_verification* found = verification(r.value("id"));
    return found == nullptr ? not_found("request") : json_response(200, whole_form(*found));
  });
  add("PATCH", path + "/{id}", "update_toll_free", [this](const auto& r) {
    played_verification* found = verification(r.value("id"));
    return found == nullptr ? not_found("request") : file_toll_free(r, found);
  });
  add("DELETE", path + "/{id}", "delete_toll_free", [this](const auto& r) {
    const played_verification* found = verification(r.value("id"));
    if (found == nullptr) return not_found("request");
    if (found->state != "Rejected") {
      return failure(400, "10015", "Bad Request", "Only a rejected request can be deleted.");
    }
    const std::string id = found->id;
    std::erase_if(verifications_, [&](const auto& each) { return each.id == id; });
    return json_response(200, json::object{});
  });
}

http_response registration_desk::file_toll_free(const emulated_request& request,
                                                played_verification* again) {
  if (text_of(request.json(), "businessName").empty()) return missing("businessName");
  const json::value* numbers = request.json().if_contains("phoneNumbers");
  if (numbers == nullptr || !numbers->is_array()) return missing("phoneNumbers");
  if (again == nullptr) {
    verifications_.push_back({});
    again = &verifications_.back();
    again->id = new_uuid(books_.random);
  }
  again->members = request.json();
  again->state = "Waiting For Vendor";
  again->reason.clear();
  ++again->round;
  books_.time.after(campaign_step_ * 2, [this, id = again->id, round = again->round] {
    review_toll_free(id, round);
  });
  return json_response(200, whole_form(*again));
}

void registration_desk::review_toll_free(const std::string& id, std::int64_t round) {
  played_verification* found = verification(id);
  if (found == nullptr || found->round != round) return;
  const auto order = books_.draw_review({"reject"});
  found->state = order ? "Rejected" : "Verified";
  if (order) found->reason = order->reason.empty() ? "No opt-in is shown." : order->reason;
}

void registration_desk::describe(json::object& state) const {
  json::array codes;
  json::array brands;
  for (const played_brand& each : brands_) {
    brands.push_back(json::object{{"id", each.id}, {"status", each.status}});
    if (!each.code_sent_at || each.code_confirmed_at) continue;
    codes.push_back(json::object{{"brandId", each.id},
                                 {"mobilePhone", text_of(each.members, "mobilePhone")},
                                 {"code", each.code}});
  }
  json::array campaigns;
  for (const played_campaign& each : campaigns_) {
    campaigns.push_back(json::object{{"id", each.id}, {"status", each.state}});
  }
  state["brands"] = std::move(brands);
  state["codes"] = std::move(codes);
  state["campaigns"] = std::move(campaigns);
  state["toll_free_verifications"] = verifications_.size();
}

}  // namespace dialplane::emulators::telnyx
