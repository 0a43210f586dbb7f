// The trust hub: customer profiles and trust products, what is in them, and their review.
#include <algorithm>
#include <set>

#include "base/json_gate.hpp"
#include "emulators/twilio/twilio_emulator.hpp"

namespace dialplane::emulators::twilio {

namespace {

// What a bundle of a policy must hold.
struct requirement {
  std::string_view type;                    // of an end user or document
  std::vector<std::string_view> attributes; // that must not be empty
};
std::vector<requirement> requirements_of(std::string_view policy) {
  if (policy == "RNdfbf3fae0e1107f8aded0e7cead80bf5") {
    return {{"customer_profile_business_information",
             {"business_name", "business_registration_number", "business_type",
              "business_industry", "website_url"}},
            {"authorized_representative_1", {"first_name", "last_name", "email", "phone_number"}},
            {"customer_profile_address", {"address_sids"}}};
  }
  if (policy == "RN806dd6cd175f314e1f96a9727ee271f4") {
    return {{"starter_customer_profile_information", {"first_name", "last_name", "email"}},
            {"customer_profile_address", {"address_sids"}}};
  }
  if (policy == "RNb0d4771c2c98518d916a3d4cd70a8f8b") {
    return {{"us_a2p_messaging_profile_information", {"company_type"}}};
  }
  if (policy == "RN670d5d2e282a6130ae063b234b6019c8") {
    return {{"sole_proprietor_information", {"brand_name", "mobile_phone_number"}}};
  }
  return {};
}

}  // namespace

void twilio_emulator::route_trust_hub() {
  route_bundles("CustomerProfiles");
  route_bundles("TrustProducts");
  route_objects("/v1/EndUsers", "IT");
  route_objects("/v1/SupportingDocuments", "RD");
}

void twilio_emulator::route_bundles(const std::string& kind) {
  const std::string all = "/v1/" + kind;
  route("POST", all, "make_bundle",
        [this, kind](request asked) { return make_bundle(asked, kind); });
  route("GET", all, "bundles", [this, kind](request asked) {
    const std::string name(asked.query().text("FriendlyName"));
    const bool ignores_filters = faults().draw("filter_ignored", "bundles").has_value();
    return page_of(
        asked, bundles_,
        [&](const json::object& row) {
          const bool fits =
              name.empty() || ignores_filters || text_in(row, "friendly_name") == name;
          return text_in(row, "kind") == kind && fits;
        },
        [this](json::object& row) { return show_bundle(row); }, newer_style("results"));
  });
  const std::string one = all + "/{bundle}";
  add("GET", one, "bundle", &twilio_emulator::read_bundle);
  add("POST", one, "change_bundle", &twilio_emulator::change_bundle);
  add("DELETE", one, "remove_bundle", &twilio_emulator::remove_bundle);
  add("POST", one + "/EntityAssignments", "assign", &twilio_emulator::assign);
  add("GET", one + "/EntityAssignments", "assignments", &twilio_emulator::list_assignments);
  add("DELETE", one + "/EntityAssignments/{sid}", "unassign",
      &twilio_emulator::remove_assignment);
  add("POST", one + "/Evaluations", "evaluate", &twilio_emulator::evaluate);
}

void twilio_emulator::add_primary_profile() {
  const std::string sid(primary_profile_sid);
  bundles_.add(sid, {{"sid", sid},
                     {"kind", "CustomerProfiles"},
                     {"account_sid", account_sid},
                     {"friendly_name", "Primary profile"},
                     {"policy_sid", "RN6433641899984f951173ef1738c3bdd0"},
                     {"email", "operator@example.test"},
                     {"status", "twilio-approved"},
                     {"decides_at_ms", 0},
                     {"date_created", iso_date(time().now())},
                     {"date_updated", iso_date(time().now())}});
}

// ---- bundles --------------------------------------------------------------------------------

json::object twilio_emulator::show_bundle(json::object& row) {
  const bool is_due = row["decides_at_ms"].as_int64() <= time().now().unix_ms;
  if (text_in(row, "status") == "pending-review" && is_due) {
    const auto order = next_review({"bundle_rejected"});
    row["status"] = order ? "twilio-rejected" : "twilio-approved";
    row["errors"] = json::array{};
    if (order) row["errors"].as_array().push_back({{"code", 22221}, {"message", order->reason}});
  }
  json::object out = row;
  out.erase("kind");
  out.erase("decides_at_ms");
  out["valid_until"] = nullptr;
  out["status_callback"] = nullptr;
  out["url"] = own_url("/v1/" + text_in(row, "kind") + "/" + text_in(row, "sid"));
  out["links"] = json::object{};
  return out;
}

http_response twilio_emulator::make_bundle(request asked, const std::string& kind) {
  const form_fields& form = asked.form();
  for (const char* needed : {"FriendlyName", "Email", "PolicySid"}) {
    if (form.text(needed).empty()) {
      return failure(400, 20001, std::string(needed) + " is required");
    }
  }
  const std::string sid = new_sid(*tools_.random, "BU");
  const std::string now = iso_date(time().now());
  json::object& row = bundles_.add(sid, {{"sid", sid},
                                         {"kind", kind},
                                         {"account_sid", account_sid},
                                         {"friendly_name", form.text("FriendlyName")},
                                         {"policy_sid", form.text("PolicySid")},
                                         {"email", form.text("Email")},
                                         {"status", "draft"},
                                         {"decides_at_ms", 0},
                                         {"date_created", now},
                                         {"date_updated", now}});
  return created(show_bundle(row));
}

http_response twilio_emulator::read_bundle(request asked) {
  json::object* row = bundles_.find(asked.value("bundle"));
  return row == nullptr ? not_found(asked) : found(show_bundle(*row));
}

http_response twilio_emulator::change_bundle(request asked) {
  json::object* row = bundles_.find(asked.value("bundle"));
  if (row == nullptr) return not_found(asked);
  const form_fields& form = asked.form();
  if (!form.text("FriendlyName").empty()) (*row)["friendly_name"] = form.text("FriendlyName");
  if (!form.text("Email").empty()) (*row)["email"] = form.text("Email");
  const std::string_view status = form.text("Status");
  if (status == "pending-review") {
    (*row)["status"] = status;
    (*row)["decides_at_ms"] = (time().now() + bundle_review_).unix_ms;
  } else if (!status.empty() && status != "draft") {
    return failure(400, 20001, "Status cannot be set to " + std::string(status));
  }
  (*row)["date_updated"] = iso_date(time().now());
  return found(show_bundle(*row));
}

http_response twilio_emulator::remove_bundle(request asked) {
  return bundles_.remove(asked.value("bundle")) ? no_content() : not_found(asked);
}

// ---- what is in them ------------------------------------------------------------------------

http_response twilio_emulator::assign(request asked) {
  const std::string bundle(asked.value("bundle"));
  const json::object* row = bundles_.find(bundle);
  if (row == nullptr) return not_found(asked);
  const std::string object(asked.form().text("ObjectSid"));
  const bool exists = objects_.find(object) != nullptr || bundles_.find(object) != nullptr;
  if (!exists) return failure(404, 20404, "ObjectSid was not found");
  const std::string status = text_in(*row, "status");
  if (status != "draft" && status != "twilio-rejected") {
    return failure(400, 20001, "The bundle is not open for changes");
  }
  const std::string sid = new_sid(*tools_.random, "BV");
  return created(assignments_.add(
      sid, {{"sid", sid},
            {"bundle", bundle},
            {"customer_profile_sid", bundle},
            {"trust_product_sid", bundle},
            {"account_sid", account_sid},
            {"object_sid", object},
            {"date_created", iso_date(time().now())},
            {"url", own_url(asked.http.path + "/" + sid)}}));
}

http_response twilio_emulator::list_assignments(request asked) {
  const std::string bundle(asked.value("bundle"));
  if (bundles_.find(bundle) == nullptr) return not_found(asked);
  return page_of(
      asked, assignments_,
      [&](const json::object& row) { return text_in(row, "bundle") == bundle; },
      [](json::object& row) { return row; }, newer_style("results"));
}

http_response twilio_emulator::remove_assignment(request asked) {
  return assignments_.remove(asked.value("sid")) ? no_content() : not_found(asked);
}

http_response twilio_emulator::evaluate(request asked) {
  const std::string bundle(asked.value("bundle"));
  const json::object* row = bundles_.find(bundle);
  if (row == nullptr) return not_found(asked);
  const std::string policy(asked.form().text("PolicySid"));
  std::map<std::string, json::object> present;  // by type
  assignments_.oldest_first([&](const json::object& one) {
    if (text_in(one, "bundle") != bundle) return;
    const json::object* object = objects_.find(text_in(one, "object_sid"));
    if (object == nullptr) return;
    present[text_in(*object, "type")] = object->at("attributes").as_object();
  });
  json::array results;
  bool complies = true;
  for (const requirement& one : requirements_of(policy)) {
    json::array invalid;
    const auto given = present.find(std::string(one.type));
    for (const std::string_view attribute : one.attributes) {
      const bool is_there =
          given != present.end() && !text_in(given->second, attribute).empty();
      if (is_there) continue;
      invalid.push_back({{"object_field", attribute},
                         {"friendly_name", attribute},
                         {"failure_reason", "A value is required"},
                         {"error_code", 22214}});
    }
    complies = complies && invalid.empty();
    results.push_back({{"requirement_friendly_name", one.type},
                       {"requirement_name", one.type},
                       {"passed", invalid.empty()},
                       {"object_type", one.type},
                       {"valid", json::array{}},
                       {"invalid", std::move(invalid)}});
  }
  const std::string sid = new_sid(*tools_.random, "EL");
  return created({{"sid", sid},
                  {"account_sid", account_sid},
                  {"policy_sid", policy},
                  {"customer_profile_sid", bundle},
                  {"trust_product_sid", bundle},
                  {"status", complies ? "compliant" : "noncompliant"},
                  {"results", std::move(results)},
                  {"date_created", iso_date(time().now())},
                  {"url", own_url(asked.http.path + "/" + sid)}});
}

void twilio_emulator::route_objects(const std::string& path, const std::string& letters) {
  const auto attributes_in = [](const form_fields& form) {
    auto read = parse_json_object(form.text("Attributes"));
    return read ? *std::move(read) : json::object{};
  };
  const std::string call = letters == "IT" ? "end_user" : "document";
  route("POST", path, "make_" + call, [this, path, letters, attributes_in](request asked) {
    const form_fields& form = asked.form();
    if (form.text("FriendlyName").empty() || form.text("Type").empty()) {
      return failure(400, 20001, "FriendlyName and Type are required");
    }
    const std::string sid = new_sid(*tools_.random, letters);
    const std::string now = iso_date(time().now());
    json::object row{{"sid", sid},
                     {"account_sid", account_sid},
                     {"friendly_name", form.text("FriendlyName")},
                     {"type", form.text("Type")},
                     {"attributes", attributes_in(form)},
                     {"date_created", now},
                     {"date_updated", now},
                     {"url", own_url(path + "/" + sid)}};
    if (letters == "RD") row["status"] = "draft";
    return created(objects_.add(sid, std::move(row)));
  });
  route("GET", path, call + "s", [this, letters](request asked) {
    return page_of(
        asked, objects_,
        [&](const json::object& row) { return text_in(row, "sid").starts_with(letters); },
        [](json::object& row) { return row; }, newer_style("results"));
  });
  route("GET", path + "/{sid}", call, [this](request asked) {
    const json::object* row = objects_.find(asked.value("sid"));
    return row == nullptr ? not_found(asked) : found(*row);
  });
  route("POST", path + "/{sid}", "change_" + call, [this, attributes_in](request asked) {
    json::object* row = objects_.find(asked.value("sid"));
    if (row == nullptr) return not_found(asked);
    if (asked.form().find("Attributes") != nullptr) {
      (*row)["attributes"] = attributes_in(asked.form());
    }
    return found(*row);
  });
  route("DELETE", path + "/{sid}", "remove_" + call, [this](request asked) {
    return objects_.remove(asked.value("sid")) ? no_content() : not_found(asked);
  });
}

}  // namespace dialplane::emulators::twilio
