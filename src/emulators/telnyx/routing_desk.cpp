#include "emulators/telnyx/routing_desk.hpp"

#include <algorithm>
#include <utility>

#include "emulators/telnyx/numbers_desk.hpp"

namespace dialplane::emulators::telnyx {

namespace {

namespace json = boost::json;

constexpr milliseconds call_lasts{5'000};
constexpr std::size_t calls_max = 10'000;

json::object shown_object(const configured_object& object, std::string_view record_type) {
  json::object row = object.members;
  row["id"] = object.id;
  row["record_type"] = record_type;
  return row;
}

json::object messaging_settings(const owned_number& number) {
  json::object row{{"id", number.id},
                   {"record_type", "messaging_settings"},
                   {"phone_number", number.e164},
                   {"type", stock::is_toll_free(number.e164) ? "tollfree" : "longcode"},
                   {"country_code", "US"},
                   {"messaging_product", "A2P"},
                   {"traffic_type", "A2P"}};
  row["messaging_profile_id"] =
      number.profile.empty() ? json::value() : json::value(number.profile);
  return row;
}

json::object voice_settings(const owned_number& number) {
  json::object row{{"id", number.id},
                   {"record_type", "voice_settings"},
                   {"phone_number", number.e164},
                   {"customer_reference", number.mark},
                   {"tech_prefix_enabled", false},
                   {"usage_payment_method", "pay-per-minute"}};
  row["connection_id"] = number.connection.empty() ? json::value() : json::value(number.connection);
  return row;
}

// The value of an attribute in XML, its entities undone.
std::string attribute_in(std::string_view xml, std::string_view name) {
  const std::string begin = " " + std::string(name) + "=\"";
  const std::size_t at = xml.find(begin);
  if (at == std::string_view::npos) return {};
  const std::size_t from = at + begin.size();
  std::string value(xml.substr(from, xml.find('"', from) - from));
  for (std::size_t amp = value.find("&amp;"); amp != std::string::npos;
       amp = value.find("&amp;", amp + 1)) {
    value.replace(amp, 5, "&");
  }
  return value;
}

}  // namespace

void routing_desk::open(const route_adder& add) {
  open_settings(add);
  open_objects(add, "/v2/messaging_profiles", "profile",
               {&books::profiles, "messaging_profile", "name", "whitelisted_destinations", false});
  open_objects(add, "/v2/texml_applications", "application",
               {&books::applications, "texml_application", "friendly_name", "voice_url", true});
}

void routing_desk::open_objects(const route_adder& add, const std::string& path,
                                const std::string& call, kind which) {
  const auto find = [this, which](const emulated_request& request) {
    auto& all = books_.*which.list;
    return std::find_if(all.begin(), all.end(), [&](const configured_object& each) {
      return each.id == request.value("id");
    });
  };
  add("POST", path, "create_" + call, [this, which](const auto& r) { return create(r, which); });
  add("GET", path, "list_" + call + "s", [this, which](const auto& r) { return list(r, which); });
  add("GET", path + "/{id}", "show_" + call, [this, which, find](const auto& r) {
    const auto found = find(r);
    if (found == (books_.*which.list).end()) return not_found(which.record_type);
    return data_answer(shown_object(*found, which.record_type));
  });
  add("PATCH", path + "/{id}", "update_" + call, [this, which, find](const auto& r) {
    const auto found = find(r);
    if (found == (books_.*which.list).end()) return not_found(which.record_type);
    for (const auto& member : r.json()) found->members[member.key()] = member.value();
    return data_answer(shown_object(*found, which.record_type));
  });
  add("DELETE", path + "/{id}", "delete_" + call, [this, which, find](const auto& r) {
    const auto found = find(r);
    if (found == (books_.*which.list).end()) return not_found(which.record_type);
    json::object row = shown_object(*found, which.record_type);
    (books_.*which.list).erase(found);
    return data_answer(std::move(row));
  });
}

http_response routing_desk::create(const emulated_request& request, kind which) {
  const json::object& body = request.json();
  if (text_of(body, which.name_member).empty()) return missing(which.name_member);
  const json::value* needed = body.if_contains(which.needed_member);
  const json::array* list = needed == nullptr ? nullptr : needed->if_array();
  const bool is_there = !text_of(body, which.needed_member).empty() ||
                        (list != nullptr && !list->empty());
  if (!is_there) return missing(which.needed_member);
  configured_object made;
  made.id = which.has_numeric_id ? new_number_id(books_.random) : new_uuid(books_.random);
  made.members = body;
  made.members["created_at"] = rfc3339(books_.time.now());
  made.members["updated_at"] = rfc3339(books_.time.now());
  (books_.*which.list).push_back(std::move(made));
  return data_answer(shown_object((books_.*which.list).back(), which.record_type));
}

http_response routing_desk::list(const emulated_request& request, kind which) {
  const bool all = filter_is_ignored(books_, request);
  const std::string_view name = filter_of(request, which.name_member);
  json::array rows;
  for (const configured_object& each : books_.*which.list) {
    const std::string has = text_of(each.members, which.name_member);
    // The name is looked for inside, as Telnyx does: it is no test of equality.
    const bool fits = name.empty() || has.find(name) != std::string::npos;
    if (all || fits) rows.push_back(shown_object(each, which.record_type));
  }
  return data_page(request, rows);
}

// ---- which of them a number uses ---------------------------------------------------------------

void routing_desk::open_settings(const route_adder& add) {
  add("GET", "/v2/phone_numbers/messaging", "list_messaging", [this](const auto& r) {
    json::array rows;
    for (const owned_number* each : books_.bought_order) rows.push_back(messaging_settings(*each));
    return data_page(r, rows);
  });
  add("GET", "/v2/phone_numbers/voice", "list_voice", [this](const auto& r) {
    json::array rows;
    for (const owned_number* each : books_.bought_order) rows.push_back(voice_settings(*each));
    return data_page(r, rows);
  });
  add("GET", "/v2/phone_numbers/{id}/messaging", "show_messaging", [this](const auto& r) {
    const owned_number* number = books_.number_by_id(r.value("id"));
    return number == nullptr ? not_found("number") : data_answer(messaging_settings(*number));
  });
  add("GET", "/v2/phone_numbers/{id}/voice", "show_voice", [this](const auto& r) {
    const owned_number* number = books_.number_by_id(r.value("id"));
    return number == nullptr ? not_found("number") : data_answer(voice_settings(*number));
  });
  add("PATCH", "/v2/phone_numbers/{id}/messaging", "set_messaging",
      [this](const auto& r) { return set_messaging(r); });
  add("PATCH", "/v2/phone_numbers/{id}/voice", "set_voice",
      [this](const auto& r) { return set_voice(r); });
  add("GET", "/v2/messaging_profiles/{id}/phone_numbers", "list_profile_numbers",
      [this](const auto& r) {
        json::array rows;
        for (const owned_number* each : books_.bought_order) {
          if (each->profile == r.value("id")) rows.push_back(messaging_settings(*each));
        }
        return data_page(r, rows);
      });
}

http_response routing_desk::set_messaging(const emulated_request& request) {
  owned_number* number = books_.number_by_id(request.value("id"));
  if (number == nullptr) return not_found("phone number");
  if (request.json().contains("connection_id")) {
    return unprocessable("connection_id is set through /phone_numbers/{id}/voice.");
  }
  const json::value* given = request.json().if_contains("messaging_profile_id");
  if (given != nullptr && given->is_string()) {  // null keeps what there is
    const std::string profile = text_of(request.json(), "messaging_profile_id");
    if (!profile.empty() && books_.profile(profile) == nullptr) {
      return unprocessable("There is no such messaging_profile_id.");
    }
    number->profile = profile;
  }
  return data_answer(messaging_settings(*number));
}

http_response routing_desk::set_voice(const emulated_request& request) {
  owned_number* number = books_.number_by_id(request.value("id"));
  if (number == nullptr) return not_found("phone number");
  if (request.json().contains("messaging_profile_id")) {
    return unprocessable("messaging_profile_id is set through /phone_numbers/{id}/messaging.");
  }
  if (request.json().contains("connection_id")) {
    const std::string connection = text_of(request.json(), "connection_id");
    if (!connection.empty() && books_.application(connection) == nullptr) {
      return unprocessable("There is no such connection_id.");
    }
    number->connection = connection;
  }
  return data_answer(voice_settings(*number));
}

// ---- calls ------------------------------------------------------------------------------------

result<std::string> routing_desk::call_in(const std::string& from, const std::string& to) {
  const owned_number* number = books_.shown_number(to);
  if (number == nullptr) return bad_field("to", "Must be a number of the account.");
  const configured_object* application = books_.application(number->connection);
  if (application == nullptr) return bad_field("to", "Must have a TeXML application.");
  if (books_.calls.size() >= calls_max) return bad_field("to", "Too many calls were played.");
  played_call call;
  call.id = "v3:" + new_uuid(books_.random);
  call.from = from;
  call.to = to;
  call.created_at = books_.time.now();
  books_.calls.push_back(call);
  form_fields more;
  more.add("CallStatus", "ringing");
  post_form(call, text_of(application->members, "voice_url"), std::move(more), true);
  return call.id;
}

void routing_desk::post_form(const played_call& call, const std::string& url, form_fields more,
                             bool keeps_answer) {
  const owned_number* number = books_.shown_number(call.to);
  form_fields form;
  form.add("AccountSid", "f5586561-8ff0-4291-a51b-c7dfe4139ff9");
  form.add("CallSid", call.id);
  form.add("CallSidLegacy", call.id);
  form.add("From", call.from);
  form.add("To", call.to);
  form.add("Direction", "inbound");
  form.add("ConnectionId", number == nullptr ? "" : number->connection);
  for (auto& [name, value] : more.fields) form.add(name, value);
  emulated_webhook out;
  out.event = "call";
  out.url = url;
  out.content_type = "application/x-www-form-urlencoded";
  out.body = form_text(form);
  if (keeps_answer) {
    out.answered = [this, id = call.id](const http_answer& answer) {
      played_call* found = find_call(id);
      if (found == nullptr) return;
      found->answer = answer.body;
      found->answer_status = answer.status;
      go_on_after_answer(id);
    };
  }
  books_.post(std::move(out));
}

// The plan is played in short: a stream or a dialled leg lasts a while, then its `action` is asked;
// without one, or after hanging up, the call is over.
void routing_desk::go_on_after_answer(const std::string& id) {
  played_call* call = find_call(id);
  if (call == nullptr) return;
  const std::string action = attribute_in(call->answer, "action");
  const bool dials = call->answer.find("<Dial") != std::string::npos;
  const bool streams = call->answer.find("<Stream") != std::string::npos;
  if (!dials && !streams) return report_call(id, "completed", 2);
  if (call->status == "ringing") report_call(id, "in-progress", 1);
  const bool leg_fails = books_.faults.draw("leg_fails", "call").has_value();
  books_.time.after(call_lasts, [this, id, action, dials, leg_fails] {
    played_call* now = find_call(id);
    if (now == nullptr) return;
    if (action.empty()) return report_call(id, "completed", 2);
    form_fields more;
    more.add("CallStatus", "in-progress");
    if (dials) more.add("DialCallStatus", leg_fails ? "no-answer" : "completed");
    now->answer.clear();
    post_form(*now, action, std::move(more), true);
  });
}

void routing_desk::report_call(const std::string& id, const std::string& status, int sequence) {
  played_call* call = find_call(id);
  if (call == nullptr) return;
  call->status = status;
  const owned_number* number = books_.shown_number(call->to);
  const configured_object* application =
      number == nullptr ? nullptr : books_.application(number->connection);
  if (application == nullptr) return;
  form_fields more;
  more.add("CallStatus", status);
  more.add("CallbackSource", "call-progress-events");
  more.add("SequenceNumber", std::to_string(sequence));
  more.add("Timestamp", rfc3339(books_.time.now()));
  if (status == "completed") {
    const milliseconds lasted = books_.time.now() - call->created_at;
    more.add("CallDuration", std::to_string(lasted.count() / 1'000));
    more.add("HangupCause", "normal_clearing");
  }
  post_form(*call, text_of(application->members, "status_callback"), std::move(more), false);
}

played_call* routing_desk::find_call(const std::string& id) {
  for (played_call& each : books_.calls) {
    if (each.id == id) return &each;
  }
  return nullptr;
}

json::array routing_desk::shown_calls() const {
  json::array rows;
  for (const played_call& each : books_.calls) {
    rows.push_back(json::object{{"id", each.id},
                                {"from", each.from},
                                {"to", each.to},
                                {"status", each.status},
                                {"answer", each.answer},
                                {"answer_status", each.answer_status}});
  }
  return rows;
}

}  // namespace dialplane::emulators::telnyx
