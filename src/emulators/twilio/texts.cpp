// Texts: taken, moved along, reported; and those that come in.
#include <array>

#include "base/object_reader.hpp"
#include "emulators/twilio/twilio_emulator.hpp"

namespace dialplane::emulators::twilio {

namespace {

constexpr milliseconds sent_after{50};
constexpr milliseconds ended_after{100};

struct magic {
  std::string_view number;
  int code;
  std::string_view words;
};
constexpr std::array magic_senders{
    magic{"+15005550001", 21212, "The 'From' number is not a valid phone number"},
    magic{"+15005550007", 21606, "The 'From' number is not a Twilio number that can send"},
    magic{"+15005550008", 21611, "The queue of this 'From' number is full"},
};
constexpr std::array magic_recipients{
    magic{"+15005550001", 21211, "The 'To' number is not a valid phone number"},
    magic{"+15005550002", 21612, "The 'To' number is not reachable from this 'From'"},
    magic{"+15005550003", 21408, "Permission to send to this region is not enabled"},
    magic{"+15005550004", 21610, "Attempt to send to an unsubscribed recipient"},
    magic{"+15005550009", 21614, "The 'To' number is not a mobile number"},
};

template <std::size_t N>
std::optional<http_response> magic_refusal(const std::array<magic, N>& table,
                                           std::string_view number) {
  for (const magic& one : table) {
    if (one.number == number) return failure(400, one.code, one.words);
  }
  return std::nullopt;
}

std::int64_t segments_of(std::string_view body) {
  return std::max<std::int64_t>(1, (static_cast<std::int64_t>(body.size()) + 159) / 160);
}

json::object error_code_of(std::string_view code) {
  if (code.empty()) return {{"error_code", nullptr}, {"error_message", nullptr}};
  return {{"error_code", std::stoi("0" + std::string(code.substr(0, 8)))},
          {"error_message", "Emulated failure"}};
}

// What the carrier's own handling of keywords makes of a text.
std::string_view keyword_in(std::string_view body) {
  for (const std::string_view word : {"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT"}) {
    if (equal_ignoring_case(body, word)) return "STOP";
  }
  for (const std::string_view word : {"START", "UNSTOP", "YES"}) {
    if (equal_ignoring_case(body, word)) return "START";
  }
  for (const std::string_view word : {"HELP", "INFO"}) {
    if (equal_ignoring_case(body, word)) return "HELP";
  }
  return {};
}

}  // namespace

void twilio_emulator::route_texts() {
  const std::string core = "/2010-04-01/Accounts/{account}";
  add("POST", core + "/Messages.json", "send", &twilio_emulator::send);
  add("GET", core + "/Messages.json", "texts", &twilio_emulator::list_texts);
  add("GET", core + "/Messages/{sid}.json", "text", &twilio_emulator::read_text);
}

json::object twilio_emulator::make_text(std::string_view from, std::string_view to,
                                        std::string_view body, const json::array& media,
                                        bool inbound) {
  const std::string sid = new_sid(*tools_.random, media.empty() ? "SM" : "MM");
  const std::string now = mail_date(time().now());
  return {{"sid", sid},
          {"account_sid", account_sid},
          {"api_version", "2010-04-01"},
          {"body", body},
          {"from", from},
          {"to", to},
          {"direction", inbound ? "inbound" : "outbound-api"},
          {"status", inbound ? "received" : "queued"},
          {"num_segments", std::to_string(segments_of(body))},
          {"num_media", std::to_string(media.size())},
          {"media", media},
          {"messaging_service_sid", nullptr},
          {"price", nullptr},
          {"price_unit", "USD"},
          {"error_code", nullptr},
          {"error_message", nullptr},
          {"date_created", now},
          {"date_updated", now},
          {"date_sent", now},
          {"unix_ms", time().now().unix_ms},
          {"uri", "/2010-04-01/Accounts/" + std::string(account_sid) + "/Messages/" + sid +
                      ".json"},
          {"subresource_uris", json::object{}}};
}

namespace {

// Without what only the emulator keeps.
json::object shown_text(const json::object& row) {
  json::object out = row;
  for (const char* own : {"media", "unix_ms", "report_to"}) out.erase(own);
  return out;
}

}  // namespace

std::optional<http_response> twilio_emulator::refuse_text(request asked,
                                                          const std::string& from) {
  const std::string to(asked.form().text("To"));
  const bool is_test = account_in(asked) == test_account_sid;
  if (auto refusal = magic_refusal(magic_senders, from)) return refusal;
  if (auto refusal = magic_refusal(magic_recipients, to)) return refusal;
  if (is_test && from != "+15005550006") {
    return failure(400, 21606, "The 'From' number is not a Twilio number that can send");
  }
  if (to.size() < 8 || to[0] != '+') return failure(400, 21211, "Invalid 'To' Phone Number");
  if (asked.form().text("Body").empty() && asked.form().text("MediaUrl").empty()) {
    return failure(400, 21602, "Message body is required");
  }
  if (is_test) return std::nullopt;
  if (faults().draw("no_funds", "send")) return failure(403, 20005, "Account not active");
  if (faults().draw("queue_full", "send")) {
    return failure(429, 21611, "The queue of this 'From' number is full");
  }
  if (from != "+15005550006" && number_of(from) == nullptr) {
    return failure(400, 21606, "The 'From' number is not a Twilio number that can send");
  }
  if (opted_out_.contains({from, to})) {
    return failure(400, 21610, "Attempt to send to an unsubscribed recipient");
  }
  return std::nullopt;
}

http_response twilio_emulator::send(request asked) {
  const form_fields& form = asked.form();
  std::string from(form.text("From"));
  const std::string service(form.text("MessagingServiceSid"));
  if (from.empty() && !service.empty()) {
    // Any number of the service.
    numbers_.oldest_first([&](const json::object& row) {
      const std::string sid = text_in(row, "sid");
      if (assignments_.find(service + "/" + sid) != nullptr) from = text_in(row, "phone_number");
    });
    if (from.empty()) return failure(400, 21704, "The Messaging Service contains no numbers");
  }
  if (auto refusal = refuse_text(asked, from)) return *std::move(refusal);
  json::object row = make_text(from, form.text("To"), form.text("Body"),
                               list_of(form, "MediaUrl"), false);
  row["date_sent"] = nullptr;
  row["account_sid"] = account_in(asked);
  row["report_to"] = form.text("StatusCallback");
  if (!service.empty()) row["messaging_service_sid"] = service;
  if (!service.empty()) row["status"] = "accepted";
  const std::string sid = text_in(row, "sid");
  if (account_in(asked) == test_account_sid) return created(shown_text(row));
  const auto fault = faults().draw("text_fails", "send");
  std::string code = fault ? (fault->text.empty() ? "30008" : fault->text) : "";
  if (code.empty() && strict_registration_ && !may_text(from)) {
    code = stock::is_toll_free(std::string_view(from).substr(2, 3)) ? "30032" : "30034";
  }
  texts_.add(sid, row);
  time().after(sent_after, [this, sid] { move_text(sid, "sent", ""); });
  time().after(ended_after, [this, sid, code] {
    move_text(sid, code.empty() ? "delivered" : "undelivered", code);
    // Reports repeat and cross: what was said before comes once more.
    report_text(sid, "sent");
    const json::object* row_now = texts_.find(sid);
    if (row_now != nullptr) report_text(sid, text_in(*row_now, "status"));
  });
  return created(shown_text(row));
}

void twilio_emulator::move_text(const std::string& sid, std::string_view status,
                                std::string_view code) {
  json::object* row = texts_.find(sid);
  if (row == nullptr) return;
  (*row)["status"] = status;
  (*row)["date_updated"] = mail_date(time().now());
  (*row)["date_sent"] = (*row)["date_updated"];
  for (const auto& [name, value] : error_code_of(code)) (*row)[name] = value;
  report_text(sid, status);
}

void twilio_emulator::report_text(const std::string& sid, std::string_view status) {
  const json::object* row = texts_.find(sid);
  if (row == nullptr) return;
  form_fields form;
  form.add("SmsSid", sid);
  form.add("SmsStatus", std::string(status));
  form.add("MessageStatus", std::string(status));
  form.add("To", text_in(*row, "to"));
  form.add("MessageSid", sid);
  form.add("AccountSid", text_in(*row, "account_sid"));
  form.add("From", text_in(*row, "from"));
  form.add("ApiVersion", "2010-04-01");
  if (!text_in(*row, "messaging_service_sid").empty()) {
    form.add("MessagingServiceSid", text_in(*row, "messaging_service_sid"));
  }
  const bool is_failure = status == "undelivered" || status == "failed";
  if (is_failure) form.add("ErrorCode", std::to_string(row->at("error_code").as_int64()));
  post_webhook({.event = "text_status",
                .url = text_in(*row, "report_to"),
                .content_type = "application/x-www-form-urlencoded",
                .body = form_text(form)});
}

http_response twilio_emulator::list_texts(request asked) {
  const bool ignores_filters = faults().draw("filter_ignored", "texts").has_value();
  const form_fields none;
  const form_fields& query = ignores_filters ? none : asked.query();
  const std::string from(query.text("From"));
  const std::string to(query.text("To"));
  const std::string account = account_in(asked);
  std::string_view since = query.text("DateSent>");
  std::int64_t since_ms = 0;
  if (!since.empty()) {
    const std::string full = since.size() == 10 ? std::string(since) + "T00:00:00Z"
                                                : std::string(since);
    if (const auto at = parse_rfc3339(full)) since_ms = at->unix_ms;
  }
  return page_of(
      asked, texts_,
      [&](const json::object& row) {
        return text_in(row, "account_sid") == account &&
               (from.empty() || text_in(row, "from") == from) &&
               (to.empty() || text_in(row, "to") == to) &&
               row.at("unix_ms").as_int64() >= since_ms;
      },
      [](json::object& row) { return shown_text(row); }, {.rows = "messages"});
}

http_response twilio_emulator::read_text(request asked) {
  const json::object* row = texts_.find(asked.value("sid"));
  return row == nullptr ? not_found(asked) : found(shown_text(*row));
}

// ---- in -------------------------------------------------------------------------------------

void twilio_emulator::deliver_inbound(const json::object& row, std::string_view opt_out) {
  const json::object* number = number_of(text_in(row, "to"));
  if (number == nullptr) return;
  std::string url = text_in(*number, "sms_url");
  std::string fallback = text_in(*number, "sms_fallback_url");
  std::string service_sid;
  if (json::object* service = service_of_number(text_in(*number, "sid"))) {
    service_sid = text_in(*service, "sid");
    const bool keeps_own = service->at("use_inbound_webhook_on_number").as_bool();
    const std::string inbound = text_in(*service, "inbound_request_url");
    if (!keeps_own && !inbound.empty()) {
      url = inbound;
      fallback = text_in(*service, "fallback_url");
    }
  }
  form_fields form;
  const std::string sid = text_in(row, "sid");
  form.add("ToCountry", "US");
  form.add("SmsMessageSid", sid);
  form.add("NumMedia", text_in(row, "num_media"));
  form.add("SmsSid", sid);
  form.add("SmsStatus", "received");
  form.add("Body", text_in(row, "body"));
  form.add("FromCountry", "US");
  form.add("To", text_in(row, "to"));
  if (!service_sid.empty()) form.add("MessagingServiceSid", service_sid);
  form.add("NumSegments", text_in(row, "num_segments"));
  form.add("MessageSid", sid);
  form.add("AccountSid", text_in(row, "account_sid"));
  form.add("From", text_in(row, "from"));
  form.add("ApiVersion", "2010-04-01");
  if (!opt_out.empty()) form.add("OptOutType", std::string(opt_out));
  std::size_t at = 0;
  for (const json::value& media : row.at("media").as_array()) {
    form.add("MediaUrl" + std::to_string(at), std::string(media.as_string()));
    form.add("MediaContentType" + std::to_string(at++), "image/jpeg");
  }
  post_webhook({.event = "text",
                .url = std::move(url),
                .content_type = "application/x-www-form-urlencoded",
                .body = form_text(form),
                .fallback_url = std::move(fallback)});
}

result<json::object> twilio_emulator::control_texts(std::string_view method,
                                                    const json::object& order) {
  if (method == "GET") {
    json::array all;
    texts_.oldest_first([&](const json::object& row) { all.push_back(shown_text(row)); });
    return json::object{{"texts", std::move(all)}};
  }
  object_reader read(order);
  const std::string from = read.required_string("from", {.min = 1, .max = 64});
  const std::string to = read.required_string("to", {.min = 8, .max = 16});
  const auto body = read.optional_string("body", {.max = 1'600, .allow_line_breaks = true});
  const auto urls = read.optional_string_list("media_urls", 10, {.max = 2'048});
  const bool silent = read.optional_bool("silent").value_or(false);
  TRY(read.finish());
  json::array media;
  for (const std::string& url : urls.value_or(std::vector<std::string>())) {
    media.emplace_back(url);
  }
  const std::string_view opt_out = keyword_in(body.value_or(""));
  if (opt_out == "STOP") opted_out_.insert({to, from});
  if (opt_out == "START") opted_out_.erase({to, from});
  if (silent) return json::object{};
  const json::object row = make_text(from, to, body.value_or(""), media, true);
  texts_.add(text_in(row, "sid"), row);
  deliver_inbound(row, opt_out);
  return json::object{{"sid", row.at("sid")}};
}

}  // namespace dialplane::emulators::twilio
