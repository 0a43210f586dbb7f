#include "emulators/carrier_emulator.hpp"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <charconv>

#include "base/check.hpp"
#include "base/json_gate.hpp"
#include "base/object_reader.hpp"
#include "emulators/emulated_routes.hpp"

namespace dialplane::emulators {

namespace json = boost::json;

namespace {

constexpr std::size_t webhooks_at_once = 64;
constexpr std::string_view control_prefix = "/_emulator/";

result<emulated_fault> fault_from(const json::object& order) {
  object_reader read(order);
  emulated_fault fault;
  fault.what = read.required_string("what", {.min = 1, .max = 64});
  fault.on = read.optional_string("on", {.max = 64}).value_or("");
  fault.count = read.optional_int("count", 0, 1'000'000).value_or(1);
  if (const json::value* chance = read.optional_value("probability")) {
    if (!chance->is_number()) return bad_field("probability", "Must be a number.");
    fault.probability = chance->to_number<double>();
  }
  fault.delay_ms = read.optional_int("delay_ms", 0, INT64_MAX / 2).value_or(0);
  fault.status = static_cast<int>(read.optional_int("status", 400, 599).value_or(500));
  fault.text = read.optional_string("text", {.max = 500}).value_or("");
  TRY(read.finish());
  return fault;
}

json::object shown(const emulated_fault& fault) {
  return {{"what", fault.what},         {"on", fault.on},
          {"count", fault.count},       {"probability", fault.probability},
          {"delay_ms", fault.delay_ms}, {"status", fault.status},
          {"text", fault.text}};
}

http_response control_failure(const error& why) {
  return json_response(400, json::object{{"error", why.message}, {"field", why.field}});
}

}  // namespace

struct carrier_emulator::core : std::enable_shared_from_this<core> {
  explicit core(const emulator_tools& given) : tools(given) {
    http_client_options options;
    options.loop = tools.loop;
    options.guard = tools.guard;
    options.requests_at_once = webhooks_at_once;
    options.user_agent = "Dialplane-emulator";
    client = std::make_unique<http_client>(std::move(options));
  }

  const emulator_tools tools;
  emulated_routes routes;
  std::unique_ptr<http_client> client;
  std::map<std::string, std::int64_t> calls;     // by name, as they came in
  std::map<std::string, std::int64_t> webhooks;  // by event, as they were accepted
  std::int64_t webhooks_given_up = 0;
};

carrier_emulator::carrier_emulator(emulator_tools tools)
    : tools_(std::move(tools)),
      time_(std::make_unique<virtual_time>(*tools_.real_time, *tools_.loop)),
      faults_(*tools_.random),
      core_(std::make_shared<core>(tools_)) {
  CHECK(tools_.loop != nullptr && tools_.guard != nullptr);
}

// The loop has ended by now. Webhooks under way end with their connections, and what waited for
// them finds nobody.
carrier_emulator::~carrier_emulator() {
  const std::unique_ptr<http_client> client = std::move(core_->client);
  core_.reset();
  client->stop();
}

void carrier_emulator::route(std::string method, std::string pattern, std::string call,
                             handler act) {
  core_->routes.add({std::move(method), std::move(pattern), std::move(call), std::move(act)});
}

// ---- one request ----------------------------------------------------------------------------

namespace {

// What becomes of an answer on its way to the caller.
struct way_back {
  bool cuts = false;
  std::optional<milliseconds> commits_after = {};
  std::optional<int> status = {};
  milliseconds delay{0};
  bool garbage = false;
  bool truncated = false;
};

way_back draw_way_back(fault_book& faults, const std::string& call) {
  way_back way;
  way.cuts = faults.draw("lose_answer", call).has_value();
  if (const auto fault = faults.draw("late_commit", call)) {
    way.commits_after = milliseconds(fault->delay_ms);
  }
  if (const auto fault = faults.draw("error_after", call)) way.status = fault->status;
  if (const auto fault = faults.draw("slow", call)) way.delay = milliseconds(fault->delay_ms);
  way.garbage = faults.draw("garbage", call).has_value();
  way.truncated = faults.draw("truncated", call).has_value();
  return way;
}

http_response spoiled(http_response answer, const way_back& way) {
  if (way.garbage) return {answer.status, "text/html", "<html>Bad gateway</html>", {}};
  if (way.truncated) answer.body.resize(answer.body.size() / 2);
  return answer;
}

}  // namespace

void carrier_emulator::handle(http_request request, responder to) {
  if (request.path.starts_with(control_prefix)) return handle_control(request, std::move(to));
  const auto kept = std::make_shared<http_request>(std::move(request));
  const emulated_routes::row* row = nullptr;
  auto asked = std::make_shared<emulated_request>(core_->routes.match(*kept, row));
  if (row == nullptr) return to.respond(no_such_route(*kept));
  const std::string& call = asked->call;
  ++core_->calls[call];
  if (faults_.draw("lose_request", call)) return;  // dropping `to` cuts the connection
  if (faults_.draw("rate_limited", call)) return to.respond(rate_limited_answer());
  if (const auto fault = faults_.draw("error_before", call)) {
    return to.respond(error_answer(fault->status));
  }
  if (auto refusal = refuse_entry(*asked)) return to.respond(*std::move(refusal));
  const way_back way = draw_way_back(faults_, call);
  if (way.commits_after) {
    time_->after(*way.commits_after, [kept, asked, act = row->act] { act(*asked); });
    return;
  }
  http_response answer = row->act(*asked);
  if (way.cuts) return;
  if (way.status) answer = error_answer(*way.status);
  answer = spoiled(std::move(answer), way);
  if (way.delay.count() == 0) return to.respond(std::move(answer));
  tools_.loop->post_after(way.delay,
                          [to = std::move(to), answer = std::move(answer)]() mutable {
                            to.respond(std::move(answer));
                          });
}

void carrier_emulator::handle_control(const http_request& request, responder to) {
  const std::string what = request.path.substr(control_prefix.size());
  json::object order;
  if (!request.body.empty()) {
    auto read = parse_json_object(request.body);
    if (!read) return to.respond(control_failure(read.error()));
    order = *std::move(read);
  } else if (const auto query = parse_form(request.query); query) {
    for (const auto& [name, value] : query->fields) order[name] = value;
  }
  auto done = control(request.method, what, order);
  to.respond(done ? json_response(200, *done) : control_failure(done.error()));
}

// ---- webhooks out ---------------------------------------------------------------------------

void carrier_emulator::post_webhook(emulated_webhook webhook) {
  if (webhook.url.empty()) return;
  if (faults_.draw("webhook_never", webhook.event)) return;
  const bool broken = faults_.draw("webhook_bad_signature", webhook.event).has_value();
  const bool twice = faults_.draw("webhook_twice", webhook.event).has_value();
  const auto late = faults_.draw("webhook_late", webhook.event);
  const milliseconds delay(late ? late->delay_ms : 0);
  const int copies = twice ? 2 : 1;
  for (int copy = 0; copy < copies; ++copy) {
    time_->after(delay, [this, webhook, broken] { send_webhook(webhook, broken, 0); });
  }
}

void carrier_emulator::send_webhook(emulated_webhook webhook, bool broken, std::size_t tries) {
  emulated_webhook sent = webhook;
  if (tries % 2 == 1 && !webhook.fallback_url.empty()) sent.url = webhook.fallback_url;
  const auto to = parse_http_url(sent.url);
  if (!to) return;
  outgoing_request request;
  request.to = *to;
  request.headers = sign(sent, broken);
  request.headers.push_back({"content-type", webhook.content_type});
  request.body = webhook.body;
  core_->client->send(
      std::move(request), [this, weak = std::weak_ptr(core_), webhook = std::move(webhook), broken,
                           tries](exchange_result outcome) mutable {
        if (!weak.lock()) return;
        if (outcome && webhook.answered) {
          webhook.answered(*outcome);
          webhook.answered = nullptr;
        }
        if (outcome && outcome->status >= 200 && outcome->status < 300) {
          ++core_->webhooks[webhook.event];
          return;
        }
        const auto pauses = webhook_pauses();
        if (tries >= pauses.size()) {
          ++core_->webhooks_given_up;
          return;
        }
        time_->after(pauses[tries], [this, webhook = std::move(webhook), broken, tries] {
          send_webhook(webhook, broken, tries + 1);
        });
      });
}

// ---- control --------------------------------------------------------------------------------

result<json::object> carrier_emulator::control(std::string_view method, std::string_view what,
                                               const json::object& order) {
  if (what == "state" && method == "GET") return state();
  if (what == "faults" && method == "GET") {
    json::array waiting;
    for (const emulated_fault& one : faults_.waiting()) waiting.push_back(shown(one));
    return json::object{{"faults", std::move(waiting)}};
  }
  if (what == "faults" && method == "DELETE") {
    faults_.clear();
    return json::object{};
  }
  if (what == "faults" && method == "POST") {
    TRY_ASSIGN(emulated_fault fault, fault_from(order));
    TRY(faults_.order(std::move(fault)));
    return json::object{};
  }
  if (what == "time" && method == "POST") {
    object_reader read(order);
    const std::int64_t by = read.required_int("advance_ms", 0, 366LL * 24 * 3'600'000);
    TRY(read.finish());
    time_->advance(milliseconds(by));
    return json::object{{"now", to_rfc3339(time_->now())}};
  }
  return refused(error_code::not_found,
                 "There is no such control here: " + std::string(method) + " " +
                     std::string(what) + ".");
}

json::object carrier_emulator::state() const {
  json::object shown_state{{"now", to_rfc3339(time_->now())}};
  json::object calls;
  for (const auto& [name, count] : core_->calls) calls[name] = count;
  json::object webhooks;
  for (const auto& [event, count] : core_->webhooks) webhooks[event] = count;
  shown_state["calls"] = std::move(calls);
  shown_state["webhooks"] = std::move(webhooks);
  shown_state["webhooks_given_up"] = core_->webhooks_given_up;
  describe(shown_state);
  return shown_state;
}

http_response json_response(int status, const json::value& body) {
  return {status, "application/json", json::serialize(body), {}};
}

std::string_view emulated_request::value(std::string_view name) const {
  const auto found = path_values.find(name);
  return found == path_values.end() ? std::string_view() : std::string_view(found->second);
}

}  // namespace dialplane::emulators
