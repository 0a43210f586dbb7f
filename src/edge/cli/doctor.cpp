// dialplane doctor: looks at everything that could keep a number from working, in the order in
// which to mend it, and says what to do. Reads only, but for --send-test.
#include "edge/cli/doctor.hpp"

#include <boost/json/array.hpp>
#include <cstdio>
#include <ctime>

#include "base/clock.hpp"
#include "edge/cli/client_call.hpp"

namespace dialplane::cli {

namespace {

namespace json = boost::json;

constexpr std::chrono::milliseconds clock_warning{5'000};
constexpr std::chrono::milliseconds clock_failure{60'000};

// What was looked at, and how it is: ok, warning, failed, or skipped.
class diagnosis {
 public:
  explicit diagnosis(client_call& call) : call_(call) {}

  void look() {
    if (!look_at_server()) return;
    look_at_clock();
    if (!look_at_key()) return;
    look_at_sending();
    look_at_carriers();
    look_at_agreement();
    look_at_webhooks();
    look_at_inbox();
  }

  json::object told() const { return {{"well", !failed_}, {"checks", checks_}}; }
  bool failed() const noexcept { return failed_; }

 private:
  void note(std::string_view what, std::string_view status, std::string says, std::string todo) {
    failed_ = failed_ || status == "failed";
    checks_.push_back(json::object{{"check", what},
                                   {"status", status},
                                   {"says", std::move(says)},
                                   {"do", todo.empty() ? json::value() : json::value(todo)}});
  }

  // The answer's body, or null after a note: some things only an operator key may see.
  const json::value* read(std::string_view what, const std::string& target) {
    answer_ = call_.api->ask({.method = "GET", .target = target});
    if (!answer_) {
      note(what, "failed", answer_.error().message, answer_.error().hint);
      return nullptr;
    }
    if (answer_->status == 403) {
      note(what, "skipped", "Only an operator key may see this.", "");
      return nullptr;
    }
    if (answer_->status == 404) {
      note(what, "skipped", "This server does not have it.", "");
      return nullptr;
    }
    if (answer_->status != 200) {
      const command_error why = error_of(*answer_, false);
      note(what, "failed", why.message, why.hint);
      return nullptr;
    }
    return &answer_->body;
  }

  bool look_at_server();
  void look_at_clock();
  bool look_at_key();
  void look_at_sending();
  void look_at_carriers();
  void look_at_agreement();
  void look_at_webhooks();
  void look_at_inbox();
  void send_test(const std::string& id, const std::string& url);

  client_call& call_;
  api_result answer_ = api_answer{};
  json::array checks_;
  std::string date_;
  bool failed_ = false;
};

std::size_t count_at(const json::value& from, std::string_view path) {
  const json::value& found = value_at(from, path);
  return found.is_array() ? found.get_array().size() : 0;
}

bool diagnosis::look_at_server() {
  answer_ = call_.api->ask({.method = "GET", .target = "/health/ready"});
  if (!answer_) {
    note("server", "failed", answer_.error().message,
         "Start one with `dialplane serve`, or say where it is with --server.");
    return false;
  }
  date_ = answer_->date;
  const json::value& body = answer_->body;
  const std::string version = text_at(body, "version");
  if (version.empty()) {
    note("server", "failed", "What answers at " + call_.to.server + " is no Dialplane.",
         "Is the address right?");
    return false;
  }
  const bool same = version == DIALPLANE_VERSION;
  const std::string_view end = same ? "." : ", this is " DIALPLANE_VERSION ".";
  note("server", same ? "ok" : "warning",
       call_.to.server + " runs version " + version + std::string(end),
       same ? "" : "Use the same version on both sides.");
  const bool stores = text_at(body, "store") == "ok";
  note("database", stores ? "ok" : "failed",
       stores ? "It answers." : "It does not answer in time.",
       stores ? "" : "Look at the server's log and its disk.");
  const bool works = text_at(body, "runner") == "ok";
  note("operations", works ? "ok" : "failed",
       works ? "They are being worked on." : "Nobody looked at the queue lately.",
       works ? "" : "Restart the server; its log says what it was busy with.");
  return true;
}

void diagnosis::look_at_clock() {
  std::tm parts{};
  if (strptime(date_.c_str(), "%a, %d %b %Y %H:%M:%S GMT", &parts) == nullptr) {
    return note("clock", "skipped", "The server does not say what time it is.", "");
  }
  const auto difference = std::chrono::abs(
      std::chrono::milliseconds(system_clock().now().unix_ms -
                                static_cast<std::int64_t>(timegm(&parts)) * 1000));
  const auto seconds = std::to_string(difference.count() / 1000);
  if (difference < clock_warning) return note("clock", "ok", "Both clocks agree.", "");
  note("clock", difference < clock_failure ? "warning" : "failed",
       "The clocks here and at the server differ by " + seconds + " s.",
       "Set the clock of both machines (NTP): signatures and codes of carriers expire by it.");
}

bool diagnosis::look_at_key() {
  if (call_.to.key.empty()) {
    note("key", "failed", "There is no key for " + call_.to.server + ".",
         "`dialplane login --server " + call_.to.server + "` keeps one.");
    return false;
  }
  answer_ = call_.api->ask({.method = "GET", .target = "/v1/usage?limit=1"});
  if (answer_ && answer_->status == 200) {
    note("key", "ok", "It works; the balance is " +
                          plain_text(value_at(answer_->body, "balance")) + " credits.", "");
    return true;
  }
  if (!answer_) {
    note("key", "failed", answer_.error().message, "");
    return false;
  }
  const command_error why = error_of(*answer_, false);
  note("key", "failed", why.message, "`dialplane login` takes another one.");
  return false;
}

void diagnosis::look_at_sending() {
  const json::value* body = read("registration", "/v1/phone/status");
  if (body == nullptr) return;
  const std::string next = text_at(*body, "next_step");
  const bool ready = next == "none";
  note("registration", ready ? "ok" : "warning",
       ready ? "Numbers may send." : "Numbers may not send yet: " + next + ".",
       ready ? "" : "`dialplane phone status` says what is missing, in words.");
}

void diagnosis::look_at_carriers() {
  const json::value* body = read("carriers", "/v1/carriers");
  if (body == nullptr) return;
  const json::value& rows = value_at(*body, "carriers");
  if (!rows.is_array()) return;
  for (const json::value& row : rows.get_array()) {
    const std::string name = text_at(row, "name");
    const bool active = text_at(row, "state") == "active";
    note("carrier " + name, active ? "ok" : "failed", text_at(row, "sentence"),
         active ? "" : "`dialplane carriers check " + name + "` asks the carrier.");
  }
}

void diagnosis::look_at_agreement() {
  const json::value* body = read("agreement", "/v1/reconcile");
  if (body == nullptr) return;
  if (!value_at(*body, "purchases_paused_since").is_null()) {
    note("agreement", "failed", "Purchases are paused until carriers and books were compared.",
         "`dialplane reconcile` compares them.");
  }
  const std::size_t findings = count_at(*body, "findings");
  note("agreement", findings == 0 ? "ok" : "warning",
       findings == 0 ? "Carriers and books agree, as far as they were compared."
                     : std::to_string(findings) + " things differ between carriers and books.",
       findings == 0 ? "" : "`dialplane reconcile show` lists them.");
}

void diagnosis::send_test(const std::string& id, const std::string& url) {
  api_request test{.method = "POST", .target = "/v1/webhooks/" + id + "/test", .body = "{}"};
  test.idempotency_key = new_idempotency_key();
  answer_ = call_.api->ask(test);
  const bool asked = answer_ && answer_->status < 300;
  note("webhook " + url, asked ? "ok" : "failed",
       asked ? "A test event is on its way." : "A test event could not be sent.",
       "`dialplane webhooks deliveries " + id + "` shows how it went.");
}

void diagnosis::look_at_webhooks() {
  const json::value* body = read("webhooks", "/v1/webhooks");
  if (body == nullptr) return;
  const json::value rows = value_at(*body, "webhooks");
  if (!rows.is_array() || rows.get_array().empty()) {
    return note("webhooks", "ok", "There are none.", "");
  }
  for (const json::value& row : rows.get_array()) {
    const std::string id = text_at(row, "id"), url = text_at(row, "url");
    if (call_.given.has("--send-test")) {
      send_test(id, url);
      continue;
    }
    const json::value* last = read("webhook " + url, "/v1/webhooks/" + id + "/deliveries?limit=1");
    if (last == nullptr) continue;
    const json::value& list = value_at(*last, "deliveries");
    const bool any = list.is_array() && !list.get_array().empty();
    const std::string status = any ? text_at(list.get_array()[0], "status") : "";
    const std::string wrong = any ? text_at(list.get_array()[0], "last_error") : "";
    const bool bad = status == "dead" || (status == "pending" && !wrong.empty());
    note("webhook " + url, bad ? "warning" : "ok",
         !any  ? "Nothing was sent there yet."
         : bad ? "The last delivery did not arrive: " + wrong
               : "The last delivery: " + status + ".",
         bad ? "`dialplane webhooks deliveries " + id + "` says why; --send-test tries it now."
             : "");
  }
}

void diagnosis::look_at_inbox() {
  const json::value* body = read("inbox", "/v1/inbox?limit=20");
  if (body == nullptr) return;
  const std::size_t count = count_at(*body, "entries");
  note("inbox", count == 0 ? "ok" : "warning",
       count == 0 ? "Every webhook of a carrier was understood."
                  : std::to_string(count) + " webhooks of carriers were set aside.",
       count == 0 ? "" : "`dialplane inbox` shows them, `dialplane inbox retry ID` tries again.");
}

}  // namespace

int run_doctor(client_call& call) {
  diagnosis found(call);
  found.look();
  const int printed = call.succeed(found.told());
  return found.failed() ? 1 : printed;
}

}  // namespace dialplane::cli
