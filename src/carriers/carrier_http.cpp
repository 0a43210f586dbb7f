#include "carriers/carrier_http.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <deque>
#include <utility>

#include "base/check.hpp"
#include "base/crypto.hpp"

namespace dialplane {

namespace {

using std::chrono::milliseconds;
using steady = std::chrono::steady_clock;

constexpr milliseconds rest_max{60'000};
constexpr milliseconds rest_unsaid{1'000};  // after a 429 that does not say how long

struct waiting_request {
  outgoing_request request;
  std::string url;                     // as the adapter gave it
  carrier_done<http_answer> done;
};

error failure_of(const failed_exchange& why) {
  std::string internal = "carrier: " + why.detail;
  if (why.may_have_arrived) {
    return outcome_unknown(error_code::carrier_outcome_unknown,
                           "The carrier's answer was lost; what happened is being looked up.",
                           std::move(internal));
  }
  if (why.what == exchange_failure::over_limit) {
    return not_done(error_code::overloaded, "Too many requests wait for the carrier.",
                    std::move(internal));
  }
  return not_done(error_code::carrier_unavailable,
                  "The carrier could not be reached; nothing was asked of it.",
                  std::move(internal));
}

http_client_options client_options(const carrier_tools& tools, const carrier_limits& limits) {
  CHECK(tools.outgoing != nullptr && tools.guard != nullptr && tools.time != nullptr);
  http_client_options options;
  options.loop = tools.outgoing;
  options.guard = tools.guard;
  options.tls = tools.tls;
  options.connect_timeout = limits.connect_timeout;
  options.answer_timeout = limits.answer_timeout;
  options.requests_at_once = limits.concurrency;
  options.kept_per_host = limits.concurrency;
  options.answer.body_bytes = limits.answer_bytes;
  return options;
}

}  // namespace

// Everything in it happens on the outgoing loop.
struct carrier_http::core : std::enable_shared_from_this<core> {
  core(const carrier_tools& tools, carrier_limits given)
      : loop(*tools.outgoing),
        limits(given),
        watch(tools.watch),
        client(client_options(tools, given)) {
    CHECK(limits.concurrency > 0 && limits.per_second > 0);
    tokens = std::max(1.0, limits.per_second);
  }

  void take(waiting_request one);
  void go_on();
  void start(waiting_request one);
  carrier_done<http_answer> watched(waiting_request& one);
  void ended(exchange_result outcome, carrier_done<http_answer> done);
  void note(const exchange_result& outcome);
  bool is_closed_to_calls(steady::time_point now) const { return now < open_until || probing; }
  void wake_after(milliseconds delay);

  asio_event_loop& loop;
  const carrier_limits limits;
  const wire_observer watch;
  http_client client;
  std::deque<waiting_request> waiting;
  std::size_t under_way = 0;
  double tokens = 1;
  steady::time_point filled_at = steady::now();
  steady::time_point rests_until{};
  steady::time_point open_until{};
  std::size_t failures = 0;
  bool tripped = false;   // the breaker: the next call is a try
  bool probing = false;   // that try is under way
  bool wake_is_set = false;
  bool stopped = false;
};

void carrier_http::core::take(waiting_request one) {
  if (stopped) {
    return one.done(failure_of({exchange_failure::stopping, false, "The account was closed."}));
  }
  if (is_closed_to_calls(steady::now())) {
    return one.done(failure_of(
        {exchange_failure::not_connected, false, "It failed several times; resting from it."}));
  }
  if (waiting.size() >= limits.waiting) {
    return one.done(failure_of({exchange_failure::over_limit, false, "The queue is full."}));
  }
  waiting.push_back(std::move(one));
  go_on();
}

void carrier_http::core::go_on() {
  const steady::time_point now = steady::now();
  const double passed = std::chrono::duration<double>(now - filled_at).count();
  tokens = std::min(std::max(1.0, limits.per_second), tokens + passed * limits.per_second);
  filled_at = now;
  while (!waiting.empty() && under_way < limits.concurrency) {
    if (now < rests_until) {
      return wake_after(std::chrono::ceil<milliseconds>(rests_until - now));
    }
    if (tokens < 1) {
      const double seconds = (1 - tokens) / limits.per_second;
      return wake_after(milliseconds(static_cast<std::int64_t>(std::ceil(seconds * 1e3))));
    }
    tokens -= 1;
    waiting_request next = std::move(waiting.front());
    waiting.pop_front();
    start(std::move(next));
  }
}

void carrier_http::core::wake_after(milliseconds delay) {
  if (std::exchange(wake_is_set, true)) return;
  loop.post_after(std::max(delay, milliseconds(1)), [weak = weak_from_this()] {
    const auto self = weak.lock();
    if (!self) return;
    self->wake_is_set = false;
    self->go_on();
  });
}

void carrier_http::core::start(waiting_request one) {
  ++under_way;
  probing = tripped;
  if (watch) one.done = watched(one);
  client.send(std::move(one.request),
              [self = shared_from_this(), done = std::move(one.done)](
                  exchange_result outcome) mutable {
                self->ended(std::move(outcome), std::move(done));
              });
}

// Tells the observer when it ends. The copy is made for watched accounts only.
carrier_done<http_answer> carrier_http::core::watched(waiting_request& one) {
  auto seen = std::make_unique<wire_exchange>();
  seen->method = one.request.method;
  seen->url = one.url;
  seen->headers = one.request.headers;
  seen->body = one.request.body;
  seen->began = steady::now();
  return [self = shared_from_this(), seen = std::move(seen),
          done = std::move(one.done)](result<http_answer> outcome) mutable {
    seen->took = std::chrono::duration_cast<milliseconds>(steady::now() - seen->began);
    if (outcome) {
      seen->answer = *outcome;
    } else {
      const error why = outcome.error();
      seen->failure = why.internal;
      seen->may_have_arrived = why.kind == error_class::unknown;
    }
    self->watch(*seen);
    done(std::move(outcome));
  };
}

void carrier_http::core::note(const exchange_result& outcome) {
  const bool failed = !outcome || outcome->status >= 500;
  probing = false;
  if (!failed) {
    failures = 0;
    tripped = false;
  } else if (++failures >= limits.failures_to_open) {
    tripped = true;
    open_until = steady::now() + limits.open_for;
  }
  if (!outcome || outcome->status != 429) return;
  auto rest = retry_after(*outcome, "x-ratelimit-reset");
  rests_until = steady::now() + std::min(rest.value_or(rest_unsaid), rest_max);
}

void carrier_http::core::ended(exchange_result outcome, carrier_done<http_answer> done) {
  --under_way;
  note(outcome);
  if (!outcome) {
    done(failure_of(outcome.error()));
  } else if (outcome->cut) {
    done(failure_of({exchange_failure::bad_answer, true, "The answer was too large."}));
  } else {
    done(*std::move(outcome));
  }
  if (!stopped) go_on();
}

carrier_http::carrier_http(const carrier_tools& tools, carrier_limits limits)
    : core_(std::make_shared<core>(tools, limits)) {}

carrier_http::~carrier_http() {
  // On its own loop, where its sockets are.
  core_->loop.post([core = core_] {
    core->stopped = true;
    while (!core->waiting.empty()) {
      waiting_request one = std::move(core->waiting.front());
      core->waiting.pop_front();
      one.done(failure_of({exchange_failure::stopping, false, "The account was closed."}));
    }
    core->client.stop();
  });
}

void carrier_http::send(carrier_request request, carrier_done<http_answer> done) {
  event_loop* const home = event_loop::current();
  CHECK(home != nullptr);
  const result<http_url> to = parse_http_url(request.url);
  if (!to) {
    error why = internal_fault("a carrier's address " + to.error().message);
    home->post([done = std::move(done), why = std::move(why)]() mutable { done(std::move(why)); });
    return;
  }
  waiting_request one;
  one.request.to = *to;
  if (core_->watch) one.url = std::move(request.url);
  one.request.method = std::move(request.method);
  one.request.headers = std::move(request.headers);
  one.request.body = std::move(request.body);
  one.done = [home, done = std::move(done)](result<http_answer> outcome) mutable {
    home->post([done = std::move(done), outcome = std::move(outcome)]() mutable {
      done(std::move(outcome));
    });
  };
  core_->loop.post([core = core_, one = std::move(one)]() mutable { core->take(std::move(one)); });
}

std::string basic_authorization(std::string_view name, std::string_view password) {
  return "Basic " + base64(bytes_of(std::string(name) + ":" + std::string(password)));
}

std::optional<milliseconds> retry_after(const http_answer& answer, std::string_view also) {
  const std::string* said = answer.header("retry-after");
  if (said == nullptr && !also.empty()) said = answer.header(also);
  if (said == nullptr || said->empty() || said->size() > 6) return std::nullopt;
  std::int64_t seconds = 0;
  const char* end = said->data() + said->size();
  const auto [stopped, failure] = std::from_chars(said->data(), end, seconds);
  if (failure != std::errc() || stopped != end || seconds < 0) return std::nullopt;
  return milliseconds(seconds * 1'000);
}

}  // namespace dialplane
