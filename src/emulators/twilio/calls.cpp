// Calls: those that come in and ask for a plan, and those that are placed.
#include "base/object_reader.hpp"
#include "emulators/twilio/twilio_emulator.hpp"

namespace dialplane::emulators::twilio {

namespace {

constexpr milliseconds ring_time{50};
constexpr milliseconds talk_time{100};
constexpr std::size_t plans_max = 8;

// The value of the first attribute of that name, with its entities resolved.
std::string attribute_in(std::string_view markup, std::string_view name) {
  const std::string key = " " + std::string(name) + "=\"";
  const std::size_t at = markup.find(key);
  if (at == std::string_view::npos) return {};
  const std::size_t begin = at + key.size();
  std::string value(markup.substr(begin, markup.find('"', begin) - begin));
  for (std::size_t amp = value.find("&amp;"); amp != std::string::npos;
       amp = value.find("&amp;", amp + 1)) {
    value.replace(amp, 5, "&");
  }
  return value;
}

}  // namespace

void twilio_emulator::route_calls() {
  const std::string core = "/2010-04-01/Accounts/{account}";
  add("POST", core + "/Calls.json", "call", &twilio_emulator::place_call);
  add("GET", core + "/Calls.json", "calls", &twilio_emulator::list_calls);
  add("GET", core + "/Calls/{sid}.json", "call_state", &twilio_emulator::read_call);
  add("POST", core + "/Calls/{sid}.json", "change_call", &twilio_emulator::change_call);
}

json::object twilio_emulator::make_call(std::string_view from, std::string_view to,
                                        std::string_view direction) {
  const std::string sid = new_sid(*tools_.random, "CA");
  const std::string now = mail_date(time().now());
  return {{"sid", sid},
          {"account_sid", account_sid},
          {"from", from},
          {"to", to},
          {"direction", direction},
          {"status", direction == "inbound" ? "ringing" : "queued"},
          {"duration", nullptr},
          {"start_time", nullptr},
          {"end_time", nullptr},
          {"price", nullptr},
          {"price_unit", "USD"},
          {"parent_call_sid", nullptr},
          {"api_version", "2010-04-01"},
          {"date_created", now},
          {"date_updated", now},
          {"ends", "completed"},
          {"leg_ends", "completed"},
          {"report_to", ""},
          {"answers", json::array{}},
          {"uri", "/2010-04-01/Accounts/" + std::string(account_sid) + "/Calls/" + sid +
                      ".json"},
          {"subresource_uris", json::object{}}};
}

namespace {

json::object shown_call(const json::object& row) {
  json::object out = row;
  for (const char* own : {"ends", "leg_ends", "report_to", "answers"}) out.erase(own);
  return out;
}

}  // namespace

form_fields twilio_emulator::call_form(const json::object& row) const {
  form_fields form;
  form.add("CallSid", text_in(row, "sid"));
  form.add("AccountSid", text_in(row, "account_sid"));
  form.add("From", text_in(row, "from"));
  form.add("To", text_in(row, "to"));
  form.add("CallStatus", text_in(row, "status"));
  form.add("ApiVersion", "2010-04-01");
  form.add("Direction", text_in(row, "direction"));
  form.add("FromCountry", "US");
  form.add("ToCountry", "US");
  return form;
}

// Posts to a voice address; what it answers is the plan.
void twilio_emulator::ask_for_plan(const std::string& sid, const std::string& url,
                                   form_fields form) {
  const json::object* row = calls_.find(sid);
  if (row == nullptr) return;
  if (url.empty()) return end_call(sid, "failed");
  const json::object* number = number_of(text_in(*row, "to"));
  std::string fallback;
  if (number != nullptr && url == text_in(*number, "voice_url")) {
    fallback = text_in(*number, "voice_fallback_url");
  }
  post_webhook({.event = "call",
                .url = url,
                .content_type = "application/x-www-form-urlencoded",
                .body = form_text(form),
                .fallback_url = fallback,
                .answered = [this, sid](const http_answer& got) {
                  const bool is_plan = got.status >= 200 && got.status < 300;
                  is_plan ? take_plan(sid, got.body) : end_call(sid, "failed");
                }});
}

void twilio_emulator::take_plan(const std::string& sid, const std::string& plan) {
  json::object* row = calls_.find(sid);
  if (row == nullptr) return;
  json::array& answers = (*row)["answers"].as_array();
  answers.emplace_back(plan);
  const bool goes_on = plan.find("<Connect") != std::string::npos ||
                       plan.find("<Dial") != std::string::npos;
  if (!goes_on || answers.size() > plans_max) {
    const std::string ends = text_in(*row, "ends");
    time().after(talk_time, [this, sid, ends] { end_call(sid, ends); });
    return;
  }
  if (plan.find("<Stream") != std::string::npos) return connect_stream(sid, plan);
  dial_leg(sid, plan);
}

void twilio_emulator::connect_stream(const std::string& sid, const std::string& plan) {
  (*calls_.find(sid))["status"] = "in-progress";
  const std::string report_to = attribute_in(plan, "statusCallback");
  const bool is_refused = faults().draw("stream_fails", "call").has_value();
  if (!report_to.empty()) {
    const std::string stream = new_sid(*tools_.random, "MZ");
    for (const char* event : {is_refused ? "stream-error" : "stream-started", "stream-stopped"}) {
      form_fields form;
      form.add("AccountSid", std::string(account_sid));
      form.add("CallSid", sid);
      form.add("StreamSid", stream);
      form.add("StreamEvent", event);
      if (std::string_view(event) == "stream-error") form.add("StreamError", "Refused");
      form.add("Timestamp", iso_date(time().now()));
      post_webhook({.event = "stream",
                    .url = report_to,
                    .content_type = "application/x-www-form-urlencoded",
                    .body = form_text(form)});
    }
  }
  time().after(talk_time, [this, sid, action = attribute_in(plan, "action")] {
    go_on_after(sid, action, {});
  });
}

// A leg rings at once and is answered, or not, a moment later. It tells of itself at the address in
// its own element; the caller's call goes on ringing until then where the plan says so.
void twilio_emulator::dial_leg(const std::string& sid, const std::string& plan) {
  json::object& row = *calls_.find(sid);
  const bool waits = attribute_in(plan, "answerOnBridge") == "true";
  row["status"] = waits ? "ringing" : "in-progress";
  const std::string report_to = attribute_in(plan, "statusCallback");
  const std::string leg = new_sid(*tools_.random, "CA");
  report_leg(sid, leg, report_to, "initiated", 0);
  report_leg(sid, leg, report_to, "ringing", 1);
  time().after(talk_time, [this, sid, leg, report_to, action = attribute_in(plan, "action")] {
    json::object* call = calls_.find(sid);
    if (call == nullptr) return;
    const std::string ends = text_in(*call, "leg_ends");
    if (ends == "completed") {
      (*call)["status"] = "in-progress";
      report_leg(sid, leg, report_to, "in-progress", 2);
    }
    report_leg(sid, leg, report_to, ends, 3);
    go_on_after(sid, action,
                {{"DialCallStatus", ends},
                 {"DialCallSid", leg},
                 {"DialCallDuration", ends == "completed" ? "12" : "0"}});
  });
}

void twilio_emulator::report_leg(const std::string& sid, const std::string& leg,
                                 const std::string& url, std::string_view status, int sequence) {
  const json::object* row = calls_.find(sid);
  if (row == nullptr || url.empty()) return;
  form_fields form;
  form.add("CallSid", leg);
  form.add("ParentCallSid", sid);
  form.add("AccountSid", text_in(*row, "account_sid"));
  form.add("From", text_in(*row, "from"));
  form.add("To", "sip:leg@edge.example");
  form.add("CallStatus", std::string(status));
  form.add("ApiVersion", "2010-04-01");
  form.add("Direction", "outbound-dial");
  form.add("Timestamp", mail_date(time().now()));
  form.add("CallbackSource", "call-progress-events");
  form.add("SequenceNumber", std::to_string(sequence));
  if (sequence == 3) form.add("CallDuration", status == "completed" ? "12" : "0");
  post_webhook({.event = "leg_status",
                .url = url,
                .content_type = "application/x-www-form-urlencoded",
                .body = form_text(form)});
}

// The stream or the leg is over: the plan's next address says what comes then.
void twilio_emulator::go_on_after(const std::string& sid, const std::string& action,
                                  std::vector<std::pair<std::string, std::string>> more) {
  const json::object* call = calls_.find(sid);
  if (call == nullptr) return;
  if (action.empty()) return end_call(sid, text_in(*call, "ends"));
  form_fields form = call_form(*call);
  for (auto& [name, value] : more) form.add(name, value);
  ask_for_plan(sid, action, std::move(form));
}

void twilio_emulator::end_call(const std::string& sid, std::string_view status) {
  json::object* row = calls_.find(sid);
  if (row == nullptr) return;
  (*row)["status"] = status;
  (*row)["duration"] = status == "completed" ? "12" : "0";
  (*row)["end_time"] = mail_date(time().now());
  std::string report_to = text_in(*row, "report_to");
  if (report_to.empty()) {
    if (const json::object* number = number_of(text_in(*row, "to"))) {
      report_to = text_in(*number, "status_callback");
    }
  }
  // Reports repeat and cross.
  report_call(sid, report_to, status, 3);
  report_call(sid, report_to, "in-progress", 2);
  report_call(sid, report_to, status, 3);
}

void twilio_emulator::report_call(const std::string& sid, const std::string& url,
                                  std::string_view status, int sequence) {
  const json::object* row = calls_.find(sid);
  if (row == nullptr || url.empty()) return;
  json::object then = *row;
  then["status"] = status;
  form_fields form = call_form(then);
  form.add("Timestamp", mail_date(time().now()));
  form.add("CallbackSource", "call-progress-events");
  form.add("SequenceNumber", std::to_string(sequence));
  if (sequence == 3) form.add("CallDuration", text_in(*row, "duration"));
  post_webhook({.event = "call_status",
                .url = url,
                .content_type = "application/x-www-form-urlencoded",
                .body = form_text(form)});
}

// ---- placed ---------------------------------------------------------------------------------

http_response twilio_emulator::place_call(request asked) {
  const form_fields& form = asked.form();
  const std::string from(form.text("From"));
  const std::string to(form.text("To"));
  const bool is_test = account_in(asked) == test_account_sid;
  if (from == "+15005550001") return failure(400, 21212, "Invalid 'From' phone number");
  if (is_test && from != "+15005550006") return failure(400, 21210, "'From' is not verified");
  for (const auto& [number, code] : {std::pair{"+15005550001", 21217}, {"+15005550002", 21214},
                                     {"+15005550003", 21215}, {"+15005550004", 21216}}) {
    if (to == number) return failure(400, code, "The 'To' number cannot be called");
  }
  if (to.empty()) return failure(400, 21201, "No 'To' number is specified");
  const bool has_plan = !form.text("Url").empty() || !form.text("Twiml").empty() ||
                        !form.text("ApplicationSid").empty();
  if (!has_plan) return failure(400, 21205, "Url, Twiml or ApplicationSid is required");
  if (!is_test && from != "+15005550006" && number_of(from) == nullptr) {
    return failure(400, 21210, "'From' is not verified");
  }
  json::object row = make_call(from, to, "outbound-api");
  row["report_to"] = form.text("StatusCallback");
  const std::string sid = text_in(row, "sid");
  if (is_test) return created(shown_call(row));
  calls_.add(sid, row);
  const std::string url(form.text("Url"));
  const std::string plan(form.text("Twiml"));
  time().after(ring_time, [this, sid, url, plan] {
    json::object* call = calls_.find(sid);
    if (call == nullptr || text_in(*call, "status") != "queued") return;
    report_call(sid, text_in(*call, "report_to"), "ringing", 1);
    (*call)["status"] = "in-progress";
    url.empty() ? take_plan(sid, plan) : ask_for_plan(sid, url, call_form(*call));
  });
  return created(shown_call(row));
}

http_response twilio_emulator::change_call(request asked) {
  json::object* row = calls_.find(asked.value("sid"));
  if (row == nullptr) return not_found(asked);
  const std::string_view status = asked.form().text("Status");
  if (status == "canceled" || status == "completed") end_call(text_in(*row, "sid"), status);
  return found(shown_call(*row));
}

http_response twilio_emulator::read_call(request asked) {
  const json::object* row = calls_.find(asked.value("sid"));
  return row == nullptr ? not_found(asked) : found(shown_call(*row));
}

http_response twilio_emulator::list_calls(request asked) {
  const std::string to(asked.query().text("To"));
  const std::string from(asked.query().text("From"));
  return page_of(
      asked, calls_,
      [&](const json::object& row) {
        return (to.empty() || text_in(row, "to") == to) &&
               (from.empty() || text_in(row, "from") == from);
      },
      [](json::object& row) { return shown_call(row); }, {.rows = "calls"});
}

result<json::object> twilio_emulator::control_calls(std::string_view method,
                                                    const json::object& order) {
  if (method == "GET") {
    json::array all;
    calls_.oldest_first([&](const json::object& row) { all.push_back(row); });
    return json::object{{"calls", std::move(all)}};
  }
  object_reader read(order);
  const std::string from = read.required_string("from", {.min = 1, .max = 64});
  const std::string to = read.required_string("to", {.min = 8, .max = 16});
  const auto ends = read.optional_string("ends", {.max = 32});
  const auto leg_ends = read.optional_string("leg_ends", {.max = 32});
  TRY(read.finish());
  const json::object* number = number_of(to);
  if (number == nullptr) return refused(error_code::not_found, "There is no such number.");
  json::object row = make_call(from, to, "inbound");
  if (ends) row["ends"] = *ends;
  if (leg_ends) row["leg_ends"] = *leg_ends;
  const std::string sid = text_in(row, "sid");
  const form_fields form = call_form(row);
  calls_.add(sid, std::move(row));
  const bool is_elsewhere = !number->at("voice_application_sid").is_null() ||
                            !number->at("trunk_sid").is_null();
  ask_for_plan(sid, is_elsewhere ? "" : text_in(*number, "voice_url"), form);
  return json::object{{"sid", sid}};
}

}  // namespace dialplane::emulators::twilio
