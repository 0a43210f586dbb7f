#include "edge/rest/rest_service.hpp"

#include "base/check.hpp"
#include "base/log.hpp"
#include "edge/rest/error_table.hpp"
#include "edge/rest/identity.hpp"

namespace dialplane {

namespace {

constexpr std::chrono::milliseconds runner_silence_max{10'000};
constexpr std::chrono::milliseconds probe_time_max{2'000};

bool changes_something(std::string_view method) { return method != "GET" && method != "HEAD"; }

// invalid_version, or the version asked for; the default where none is.
result<cartesia_version> version_of(const http_request& request) {
  const std::string* text = request.header("cartesia-version");
  if (text == nullptr) return cartesia_version::v2026_03_01;
  const auto known = value_named<cartesia_version>(*text);
  if (!known || request.count_of("cartesia-version") > 1) {
    return bad_field("Cartesia-Version",
                     "Cartesia-Version must be one of 2024-06-10, 2024-11-13, 2025-04-16, "
                     "2026-03-01, 2026-08-14.",
                     error_code::invalid_version);
  }
  return *known;
}

void add_rate_headers(std::vector<http_header>& headers, const rate_verdict& verdict,
                      timestamp now) {
  const std::int64_t reset_ms = now.unix_ms + verdict.full_after.count();
  headers.push_back({"X-RateLimit-Limit", std::to_string(verdict.limit)});
  headers.push_back({"X-RateLimit-Remaining", std::to_string(verdict.remaining)});
  headers.push_back({"X-RateLimit-Reset", std::to_string((reset_ms + 999) / 1000)});
}

error rate_refusal(const rate_verdict& verdict) {
  error refusal = not_done(error_code::rate_limited,
                           "This key may make " + std::to_string(verdict.limit) +
                               " requests a minute; try again later.",
                           {});
  refusal.details["retry_after_ms"] = verdict.retry_after.count();
  return refusal;
}

// One probe in flight: whoever comes first, the store or the time limit, answers.
struct pending_probe {
  unique_function<void(readiness)> done;
  readiness seen;
  void finish() {
    if (done) std::exchange(done, nullptr)(seen);
  }
};

}  // namespace

rest_service::rest_service(app_environment& env, metrics_registry& metrics,
                           rest_settings settings, rest_hooks hooks)
    : env_(env),
      metrics_(metrics),
      settings_(std::move(settings)),
      hooks_(std::move(hooks)),
      router_(all_endpoints()),
      keys_(env.database(), env.work.time, settings_.keys),
      rates_(settings_.requests_per_minute),
      figures_(metrics, all_endpoints()) {}

void rest_service::handle(http_request request, responder to) {
  begin(std::move(request), std::move(to), std::nullopt);
}

void rest_service::handle_admitted(http_request request, responder to, const actor& who) {
  begin(std::move(request), std::move(to), who);
}

std::string rest_service::base_url(const http_request& request) const {
  if (!settings_.public_url.empty()) return settings_.public_url;
  const std::string* host = request.header("host");
  return (request.tls ? "https://" : "http://") + (host != nullptr ? *host : std::string());
}

void rest_service::begin(http_request request, responder to, std::optional<actor> admitted) {
  auto context =
      std::make_shared<request_context>(*this, std::move(request), std::move(to));
  const http_request& asked = context->request_;
  route_match match = router_.match(asked.method, asked.path);
  context->matched_ = match.found;
  context->path_parameters_ = std::move(match.parameters);
  context->speaks_ = match.found != nullptr ? match.found->speaks : dialect_of_path(asked.path);
  if (context->speaks_ == wire_dialect::cartesia) {
    // A bad one is refused later, in the default's shape.
    if (const auto version = version_of(asked)) context->version_ = *version;
  }
  if (context->speaks_ == wire_dialect::mcp) {
    const auto ours = judge_origin(asked, settings_.origins);
    if (!ours) return context->fail(ours.error());
  }
  if (match.found == nullptr) {
    if (match.allow.empty()) {
      return context->fail(refused(error_code::not_found, "There is nothing at this path."));
    }
    error refusal = refused(error_code::method_not_allowed,
                            "This path does not take that method; it takes " + match.allow + ".");
    refusal.details["allow"] = match.allow;
    return context->fail(refusal);
  }
  context->who_ = std::move(admitted);
  const bool let_in = context->who_.has_value() || match.found->needs == access::anyone;
  if (let_in) return judge_form(std::move(context));
  authenticate(std::move(context));
}

void rest_service::authenticate(rest_context context) {
  const auto key = key_in(context->request_);
  if (!key) return context->fail(key.error());
  const auto at = context->request_.received_at;
  keys_.authenticate(hash_of_key(*key), at, [this, context](result<actor> who) {
    if (!who) return context->fail(who.error());
    context->who_ = *std::move(who);
    judge_rate(context);
  });
}

void rest_service::judge_rate(rest_context context) {
  if (context->speaks_ == wire_dialect::cartesia) {
    const auto version = version_of(context->request_);
    if (!version) return context->fail(version.error());
  }
  const rate_verdict verdict = rates_.take(context->who_->key, context->request_.received_at);
  if (verdict.limit > 0) add_rate_headers(context->extra_headers_, verdict, env_.now());
  if (verdict.allowed) return judge_form(std::move(context));
  admit_known_retry(std::move(context), rate_refusal(verdict));
}

// A client that repeats a purchase whose answer it lost must reach the purchase it already made,
// or it would give up on a number it pays for.
void rest_service::admit_known_retry(rest_context context, error otherwise) {
  const bool may_be_known = changes_something(context->request_.method) &&
                            retry_count_of(context->request_).value_or(0) > 0 &&
                            context->body(true).has_value();
  if (!may_be_known) return context->fail(otherwise);
  const request_identity identity = context->identity();
  const timestamp since = env_.now() + -std::chrono::milliseconds(env_.rules().marked_replay_kept);
  env_.database().read<bool>(
      [identity, since](session& work) -> result<bool> {
        if (identity.key) {
          TRY_ASSIGN(const auto row, work.replays().find_keyed(*identity.key));
          return row.has_value();
        }
        TRY_ASSIGN(const auto rows, work.replays().find_marked(*identity.fingerprint, since));
        for (const marked_request& row : rows) {
          if (row.highest_retry_count < identity.retry_count) return true;
        }
        return false;
      },
      [this, context, otherwise = std::move(otherwise)](result<bool> known) {
        if (!known) return context->fail(known.error());
        if (!*known) return context->fail(otherwise);
        judge_form(context);
      });
}

void rest_service::judge_form(rest_context context) {
  const endpoint& asked = *context->matched_;
  if (asked.needs == access::anyone && asked.speaks == wire_dialect::cartesia) {
    const auto version = version_of(context->request_);
    if (!version) return context->fail(version.error());
  }
  if (asked.needs == access::operator_only && !context->who_->is_operator()) {
    return context->fail(refused(error_code::forbidden, "Only an operator key may do this."));
  }
  if (changes_something(context->request_.method)) {
    const auto key = idempotency_key_of(context->request_);
    if (!key) return context->fail(key.error());
  }
  auto query = parse_query(context->request_.query);
  if (!query) return context->fail(query.error());
  context->query_ = *std::move(query);
  if (!changes_something(context->request_.method)) return asked.handle(std::move(context));
  context->settle_earlier([&asked, context] { asked.handle(context); });
}

void rest_service::told(const request_context& context, int status) {
  const http_request& asked = context.request_;
  const auto took = std::chrono::steady_clock::now() - asked.received_at;
  figures_.count(context.matched_, asked.method, status, took);
  if (!settings_.log_requests || !log_enabled(log_level::info)) return;
  const double ms = std::chrono::duration<double, std::milli>(took).count();
  const std::string key = context.who_ ? context.who_->key.uuid() : std::string();
  const std::string_view route =
      context.matched_ != nullptr ? context.matched_->pattern : std::string_view("unmatched");
  log_line(log_level::info, "request",
           {{"method", asked.method},
            {"route", route},
            {"status", status},
            {"ms", ms},
            {"key", key},
            {"request", context.request_id_}});
}

http_response rest_service::refusal(const http_refusal& why) {
  const std::string id = uuid_text(env_.ids().next());
  const error as_error = refused(why.code, why.message);
  rest_answer answer = render_error(as_error, {.dialect = dialect_of_path(why.path),
                                               .request_id = id,
                                               .now = env_.now()});
  http_response response;
  response.status = why.status;
  response.content_type = std::move(answer.content_type);
  response.body = std::move(answer.body);
  response.headers = std::move(answer.headers);
  response.headers.push_back({"X-Request-Id", id});
  figures_.count(nullptr, "refused", why.status, std::chrono::nanoseconds(0));
  if (settings_.log_requests) {
    log_line(log_level::info, "request refused",
             {{"status", why.status}, {"code", name_of(why.code)}, {"request", id}});
  }
  return response;
}

void rest_service::probe(unique_function<void(readiness)> done) {
  if (hooks_.probe) return hooks_.probe(std::move(done));
  auto pending = std::make_shared<pending_probe>();
  pending->done = std::move(done);
  pending->seen.runner = env_.operations.since_last_look() < runner_silence_max;
  if (event_loop* loop = event_loop::current()) {
    loop->post_after(probe_time_max, [pending] { pending->finish(); });
  }
  env_.database().read<std::optional<std::string>>(
      [](session& work) { return work.organizations().setting("installation_id"); },
      [pending](result<std::optional<std::string>> answer) {
        pending->seen.store = answer.has_value();
        pending->finish();
      });
}

}  // namespace dialplane
