// Messaging services, and the numbers in them.
#include "emulators/twilio/twilio_emulator.hpp"

namespace dialplane::emulators::twilio {

void twilio_emulator::route_services() {
  const std::string all = "/v1/Services";
  add("POST", all, "make_service", &twilio_emulator::make_service);
  add("GET", all, "services", &twilio_emulator::list_services);
  add("GET", all + "/{service}", "service", &twilio_emulator::read_service);
  add("POST", all + "/{service}", "change_service", &twilio_emulator::change_service);
  add("DELETE", all + "/{service}", "remove_service", &twilio_emulator::remove_service);
  const std::string numbers = all + "/{service}/PhoneNumbers";
  add("POST", numbers, "attach", &twilio_emulator::add_to_service);
  add("GET", numbers, "attachments", &twilio_emulator::list_in_service);
  add("GET", numbers + "/{sid}", "attachment", &twilio_emulator::read_in_service);
  add("DELETE", numbers + "/{sid}", "detach", &twilio_emulator::remove_from_service);
}

namespace {

void apply_service(json::object& row, const form_fields& form) {
  for (const auto& [field, member] :
       {std::pair{"FriendlyName", "friendly_name"}, {"InboundRequestUrl", "inbound_request_url"},
        {"InboundMethod", "inbound_method"}, {"FallbackUrl", "fallback_url"},
        {"FallbackMethod", "fallback_method"}, {"StatusCallback", "status_callback"},
        {"Usecase", "usecase"}}) {
    if (form.find(field) != nullptr) row[member] = text_or_null(form, field);
  }
  for (const auto& [field, member] :
       {std::pair{"StickySender", "sticky_sender"}, {"SmartEncoding", "smart_encoding"},
        {"MmsConverter", "mms_converter"}, {"AreaCodeGeomatch", "area_code_geomatch"},
        {"UseInboundWebhookOnNumber", "use_inbound_webhook_on_number"}}) {
    if (form.find(field) != nullptr) row[member] = is_true(form.text(field));
  }
}

}  // namespace

http_response twilio_emulator::make_service(request asked) {
  if (asked.form().text("FriendlyName").empty()) {
    return failure(400, 20001, "FriendlyName is required");
  }
  const std::string sid = new_sid(*tools_.random, "MG");
  const std::string now = iso_date(time().now());
  const std::string url = own_url("/v1/Services/" + sid);
  json::object row{{"sid", sid},
                   {"account_sid", account_sid},
                   {"inbound_request_url", nullptr},
                   {"inbound_method", "POST"},
                   {"fallback_url", nullptr},
                   {"fallback_method", "POST"},
                   {"status_callback", nullptr},
                   {"usecase", "undeclared"},
                   {"sticky_sender", true},
                   {"mms_converter", true},
                   {"smart_encoding", true},
                   {"scan_message_content", "inherit"},
                   {"fallback_to_long_code", true},
                   {"area_code_geomatch", true},
                   {"synchronous_validation", false},
                   {"validity_period", 36'000},
                   {"use_inbound_webhook_on_number", false},
                   {"us_app_to_person_registered", false},
                   {"date_created", now},
                   {"date_updated", now},
                   {"url", url},
                   {"links", {{"phone_numbers", url + "/PhoneNumbers"},
                              {"us_app_to_person", url + "/Compliance/Usa2p"}}}};
  apply_service(row, asked.form());
  return created(services_.add(sid, std::move(row)));
}

http_response twilio_emulator::list_services(request asked) {
  return page_of(
      asked, services_, [](const json::object&) { return true; },
      [](json::object& row) { return row; }, newer_style("services"));
}

http_response twilio_emulator::read_service(request asked) {
  const json::object* row = services_.find(asked.value("service"));
  return row == nullptr ? not_found(asked) : found(*row);
}

http_response twilio_emulator::change_service(request asked) {
  json::object* row = services_.find(asked.value("service"));
  if (row == nullptr) return not_found(asked);
  apply_service(*row, asked.form());
  (*row)["date_updated"] = iso_date(time().now());
  return found(*row);
}

http_response twilio_emulator::remove_service(request asked) {
  return services_.remove(asked.value("service")) ? no_content() : not_found(asked);
}

json::object* twilio_emulator::service_of_number(std::string_view number_sid) {
  json::object* found_service = nullptr;
  services_.newest_first({}, [&](const std::string& sid, json::object& row) {
    if (assignments_.find(sid + "/" + std::string(number_sid)) == nullptr) return true;
    found_service = &row;
    return false;
  });
  return found_service;
}

http_response twilio_emulator::add_to_service(request asked) {
  const std::string service(asked.value("service"));
  if (services_.find(service) == nullptr) return not_found(asked);
  const std::string number(asked.form().text("PhoneNumberSid"));
  const json::object* owned = numbers_.find(number);
  if (owned == nullptr) return failure(404, 21701, "The phone number does not exist");
  if (const json::object* holder = service_of_number(number)) {
    const bool is_here = text_in(*holder, "sid") == service;
    return is_here ? failure(409, 21710, "Phone Number is already in the Messaging Service")
                   : failure(409, 21712, "Phone Number is in another Messaging Service");
  }
  const std::string now = iso_date(time().now());
  const json::object row{{"sid", number},
                         {"account_sid", account_sid},
                         {"service_sid", service},
                         {"phone_number", owned->at("phone_number")},
                         {"country_code", "US"},
                         {"capabilities", json::array{"SMS", "MMS", "Voice"}},
                         {"date_created", now},
                         {"date_updated", now},
                         {"url", own_url("/v1/Services/" + service + "/PhoneNumbers/" + number)}};
  // It is taken, and then the networks do not take it.
  if (!faults().draw("attachment_fails", "attach")) {
    assignments_.add(service + "/" + number, row);
  }
  return created(row);
}

http_response twilio_emulator::list_in_service(request asked) {
  const std::string service(asked.value("service"));
  if (services_.find(service) == nullptr) return not_found(asked);
  return page_of(
      asked, assignments_,
      [&](const json::object& row) { return text_in(row, "service_sid") == service; },
      [](json::object& row) { return row; }, newer_style("phone_numbers"));
}

http_response twilio_emulator::read_in_service(request asked) {
  const json::object* row = assignments_.find(std::string(asked.value("service")) + "/" +
                                              std::string(asked.value("sid")));
  return row == nullptr ? not_found(asked) : found(*row);
}

http_response twilio_emulator::remove_from_service(request asked) {
  const bool was_there = assignments_.remove(std::string(asked.value("service")) + "/" +
                                             std::string(asked.value("sid")));
  return was_there ? no_content() : not_found(asked);
}

}  // namespace dialplane::emulators::twilio
