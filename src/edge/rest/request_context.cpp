#include "edge/rest/request_context.hpp"

#include <algorithm>

#include "app/delivery_tracker.hpp"
#include "app/replay.hpp"
#include "base/check.hpp"
#include "base/log.hpp"
#include "base/utf8.hpp"
#include "edge/rest/error_table.hpp"
#include "edge/rest/identity.hpp"
#include "edge/rest/rest_service.hpp"
#include "edge/rest/stored_answer.hpp"

namespace dialplane {

namespace {

namespace json = boost::json;

constexpr std::string_view sealed_purpose = "answer";

// "application/json", alone or with parameters of which only charset=utf-8 means something.
bool is_json_media_type(std::string_view value) {
  const auto next_part = [&value] {
    const std::size_t end = std::min(value.find(';'), value.size());
    const std::string_view part = trim(value.substr(0, end));
    value.remove_prefix(std::min(end + 1, value.size()));
    return part;
  };
  if (!equal_ignoring_case(next_part(), "application/json")) return false;
  while (!value.empty()) {
    const std::string_view parameter = next_part();
    const std::size_t equals = std::min(parameter.find('='), parameter.size());
    if (!equal_ignoring_case(parameter.substr(0, equals), "charset")) continue;
    const std::string_view charset = parameter.substr(std::min(equals + 1, parameter.size()));
    const bool utf8 = equal_ignoring_case(charset, "utf-8") ||
                      equal_ignoring_case(charset, "\"utf-8\"");
    if (!utf8) return false;
  }
  return true;
}

struct outcome {
  rest_answer answer;
  bool replayed = false;
};

// What an earlier equal request was answered, if there was one.
result<std::optional<rest_answer>> earlier_answer(session& work, const app_environment& env,
                                                  const request_identity& identity) {
  if (!identity.is_remembered()) return std::optional<rest_answer>();
  TRY_ASSIGN(const auto earlier, find_replay(work, env, identity));
  if (!earlier) return std::optional<rest_answer>();
  if (earlier->sealed_answer.empty()) {
    return internal_fault("an answer was not stored with its request");
  }
  TRY_ASSIGN(const std::string text, env.seals.open(earlier->sealed_answer, sealed_purpose));
  TRY_ASSIGN(rest_answer answer, parse_stored_answer(text));
  return std::optional<rest_answer>(std::move(answer));
}

result<void> remember_answer(session& work, const app_environment& env,
                             const request_identity& identity, const rest_answer& answer) {
  if (!identity.is_remembered()) return {};
  replayed_request became;
  became.sealed_answer = env.seals.seal(stored_answer_text(answer), sealed_purpose);
  return remember_request(work, env, identity, became);
}

}  // namespace

rest_answer json_answer(int status, const json::value& body) {
  return {.status = status, .body = json::serialize(body)};
}

request_context::request_context(rest_service& service, http_request request, responder to)
    : service_(service),
      request_(std::move(request)),
      to_(std::move(to)),
      request_id_(uuid_text(service.env().ids().next())) {}

request_context::~request_context() {
  if (!answered_) fail(internal_fault("a request was dropped unanswered"));
}

app_environment& request_context::env() const { return service_.env(); }

const actor& request_context::who() const {
  CHECK(who_.has_value());
  return *who_;
}

std::string_view request_context::path_parameter(std::string_view name) const {
  for (const auto& [present, value] : path_parameters_) {
    if (present == name) return value;
  }
  CHECK(false);
}

std::optional<std::string> request_context::query(std::string_view name) const {
  const std::string* value = query_.find(name);
  if (value == nullptr) return std::nullopt;
  return *value;
}

result<std::optional<user_id>> request_context::asked_user() const {
  std::optional<std::string_view> text;
  for (const auto& [name, value] : path_parameters_) {
    if (name == "user_id") text = value;
  }
  if (!text) {
    const std::string* header = request_.header("x-naive-user-id");
    if (header == nullptr) return std::optional<user_id>();
    text = *header;
  }
  const auto parsed = user_id::parse(*text);
  if (!parsed) return refused(error_code::not_found, "There is no such user.");
  return parsed;
}

// The cartesia dialect knows no users.
std::optional<user_id> request_context::subject_hint() const {
  if (speaks_ == wire_dialect::cartesia) return std::nullopt;
  const auto asked = asked_user();
  return asked ? *asked : std::nullopt;
}

result<const json::object*> request_context::body(bool may_be_empty) {
  if (body_) return &*body_;
  if (request_.body.empty()) {
    if (!may_be_empty) {
      return refused(error_code::invalid_json, "A JSON object is required as body.");
    }
    return &body_.emplace();
  }
  const std::string* type = request_.header("content-type");
  if (type == nullptr || request_.count_of("content-type") > 1 || !is_json_media_type(*type)) {
    return refused(error_code::unsupported_media_type, "The body must be application/json.");
  }
  TRY_ASSIGN(body_, parse_json_object(request_.body, service_.settings().body));
  return &*body_;
}

request_identity request_context::identity() const {
  request_identity mine =
      identify(request_, who(), subject_hint(), body_ ? &*body_ : nullptr, request_id_);
  mine.delivery = delivery_;
  return mine;
}

void request_context::settle_earlier(unique_function<void()> then) {
  delivery_tracker* tracker = service_.hooks().answers;
  const bool tracks = tracker != nullptr && request_.tracks_delivery && !delivery_;
  if (!tracks || request_.header("idempotency-key") != nullptr) return then();
  // What is wrong with a body, the handler says.
  if (!request_.body.empty() && !body()) return then();
  delivery_ = tracker->begin(tracked_fingerprint(request_, identity()), to_.connection(),
                             request_.received_at);
  tracker->settle_earlier(delivery_, std::move(then));
}

error_style request_context::style() const {
  error_style style{.dialect = speaks_,
                    .version = version_,
                    .request_id = request_id_,
                    .now = env().now()};
  if (speaks_ == wire_dialect::mcp) {
    style.resource_metadata =
        service_.base_url(request_) + "/.well-known/oauth-protected-resource/mcp";
  }
  return style;
}

http_response request_context::response_of(rest_answer what) {
  CHECK(!answered_);
  answered_ = true;
  http_response response;
  response.status = what.status;
  if (what.status != 204) response.content_type = std::move(what.content_type);
  response.body = std::move(what.body);
  response.headers = std::move(what.headers);
  response.headers.reserve(response.headers.size() + extra_headers_.size() + 2);
  response.headers.push_back({"X-Request-Id", request_id_});
  for (http_header& header : extra_headers_) response.headers.push_back(std::move(header));
  if (speaks_ == wire_dialect::cartesia) {
    response.headers.push_back({"Cartesia-Version", std::string(name_of_value(version_))});
  }
  response.delivered = std::move(report_);
  if (delivery_) response.delivered = service_.hooks().answers->report_of(delivery_);
  service_.told(*this, what.status);
  return response;
}

void request_context::send(rest_answer what) { to_.respond(response_of(std::move(what))); }

http_stream request_context::stream(rest_answer head, unique_function<void()> closed) {
  return to_.stream(response_of(std::move(head)), std::move(closed));
}

void request_context::answer(rest_answer what) { send(std::move(what)); }

void request_context::answer_replayed(rest_answer what) {
  what.headers.push_back({"Idempotent-Replayed", "true"});
  send(std::move(what));
}

void request_context::fail(const error& why) {
  rest_answer answer = render_error(why, style());
  if (answer.status >= 500 || !why.internal.empty()) {
    log_error(answer.status >= 500 ? log_level::error : log_level::warn, "request failed", why,
              {{"request", request_id_}});
  }
  send(std::move(answer));
}

void request_context::fail_replayed(const error& why) {
  answer_replayed(render_error(why, style()));
}

void request_context::mutate(unique_function<result<rest_answer>(session&)> act) {
  auto self = shared_from_this();
  env().database().write<outcome>(
      [self, identity = identity(), act = std::move(act)](session& work) mutable
      -> result<outcome> {
        TRY_ASSIGN(auto earlier, earlier_answer(work, self->env(), identity));
        if (earlier) return outcome{std::move(*earlier), true};
        TRY_ASSIGN(rest_answer answer, act(work));
        TRY(remember_answer(work, self->env(), identity, answer));
        return outcome{std::move(answer), false};
      },
      [self](result<outcome> done) {
        if (!done) return self->fail(done.error());
        if (done->replayed) return self->answer_replayed(std::move(done->answer));
        self->answer(std::move(done->answer));
      });
}

void request_context::query_store(unique_function<result<rest_answer>(session&)> act) {
  env().database().read<rest_answer>(std::move(act),
                                     [self = shared_from_this()](result<rest_answer> done) {
                                       if (!done) return self->fail(done.error());
                                       self->answer(*std::move(done));
                                     });
}

// Everything a list depends on besides the store: what was asked, and who may see what. The key
// itself is no part of it.
std::string request_context::list_key() const {
  std::string key;
  key.reserve(256);
  const auto add = [&key](std::string_view part) {
    key.append(std::to_string(part.size())).append(":").append(part);
  };
  const auto add_id = [&add](const uuid_bytes& id) {
    add({reinterpret_cast<const char*>(id.data()), id.size()});
  };
  const std::string* user = request_.header("x-naive-user-id");
  add(request_.path);
  add(request_.query);
  add(user != nullptr ? std::string_view(*user) : std::string_view());
  add(name_of_value(who().role));
  add_id(who().organization.bytes);
  add_id(who().user.value_or(user_id{}).bytes);
  add_id(who().agent.value_or(agent_id{}).bytes);
  return key;
}

void request_context::query_list(unique_function<result<rest_answer>(session&)> act) {
  // Taken before the list is read: whatever changes from here on makes what is kept useless.
  const auto version = env().database().list_version(who().organization);
  if (!version) return query_store(std::move(act));
  std::string key = list_key();
  if (const kept_lists::text kept = service_.lists().find(key, *version)) {
    return answer({.status = 200, .body = *kept});
  }
  env().database().read<rest_answer>(
      std::move(act), [self = shared_from_this(), version = *version,
                       key = std::move(key)](result<rest_answer> done) mutable {
        if (!done) return self->fail(done.error());
        const bool plain = done->status == 200 && done->headers.empty();
        if (plain) self->service_.lists().keep(std::move(key), version, done->body);
        self->answer(*std::move(done));
      });
}

void request_context::act_once(unique_function<void()> act) {
  const request_identity mine = identity();
  if (!mine.is_remembered()) return act();
  auto self = shared_from_this();
  // A write, because finding a marked request counts the retry.
  env().database().write<std::optional<rest_answer>>(
      [self, mine](session& work) { return earlier_answer(work, self->env(), mine); },
      [self, act = std::move(act)](result<std::optional<rest_answer>> earlier) mutable {
        if (!earlier) return self->fail(earlier.error());
        if (*earlier) return self->answer_replayed(std::move(**earlier));
        act();
      });
}

void request_context::answer_remembered(rest_answer what) {
  const request_identity mine = identity();
  if (!mine.is_remembered()) return answer(std::move(what));
  auto self = shared_from_this();
  env().database().write<rest_answer>(
      [self, mine, what = std::move(what)](session& work) mutable -> result<rest_answer> {
        TRY(remember_answer(work, self->env(), mine, what));
        return std::move(what);
      },
      [self](result<rest_answer> done) {
        if (!done) return self->fail(done.error());
        self->answer(*std::move(done));
      });
}

}  // namespace dialplane
