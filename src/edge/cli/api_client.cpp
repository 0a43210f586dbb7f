#include "edge/cli/api_client.hpp"

#include <poll.h>

#include <charconv>
#include <future>

#include "base/ids.hpp"
#include "base/json_gate.hpp"
#include "base/random.hpp"
#include "net/http_client.hpp"

namespace dialplane::cli {

namespace {

using steady = std::chrono::steady_clock;

constexpr std::size_t answer_bytes_max = 8 * 1024 * 1024;
constexpr std::chrono::milliseconds first_retry_pause{300};
constexpr std::chrono::milliseconds longest_retry_pause{5'000};
constexpr std::chrono::milliseconds longest_wait_asked{15'000};  // Retry-After
constexpr std::chrono::milliseconds between_looks{100};

// One outcome of one try: an answer, no answer, or an answer that says to ask again.
struct one_try {
  api_result outcome;
  bool may_have_arrived = false;
  bool ask_again = false;
  std::optional<std::chrono::milliseconds> asked_pause;
};

std::optional<std::chrono::milliseconds> pause_asked(const http_answer& answer) {
  const std::string* text = answer.header("retry-after");
  std::int64_t seconds = 0;
  if (text == nullptr) return std::nullopt;
  const auto [end, failure] = std::from_chars(text->data(), text->data() + text->size(), seconds);
  if (failure != std::errc{} || end != text->data() + text->size() || seconds < 0) {
    return std::nullopt;
  }
  return std::chrono::seconds(std::min<std::int64_t>(seconds, 86'400));
}

// The server says so itself where the same request cannot go better.
bool worth_asking_again(const http_answer& answer) {
  const std::string* should = answer.header("x-should-retry");
  if (should != nullptr && *should == "false") return false;
  return answer.status == 429 || answer.status == 502 || answer.status == 503 ||
         answer.status == 504;
}

class http_api_client final : public api_client {
 public:
  http_api_client(const connection& to, tls_context tls, api_limits limits)
      : to_(to.server), key_(to.key.copy()), limits_(limits), guard_(everywhere()) {
    loop_.start("client");
    http_client_options options;
    options.loop = &loop_;
    options.guard = &guard_;
    options.tls = std::move(tls);
    options.answer_timeout = limits.one_try;
    options.answer.body_bytes = answer_bytes_max;
    options.user_agent = "dialplane-cli/" DIALPLANE_VERSION;
    client_.emplace(std::move(options));
  }

  ~http_api_client() override {
    loop_.post([this] { client_->stop(); });
    loop_.stop();
  }

  api_result ask(const api_request& request) override;
  void while_waiting(unique_function<bool()> keep_on) override { keep_on_ = std::move(keep_on); }

 private:
  static std::vector<ip_range> everywhere() {
    return {ip_range{.first = {}, .bits = 0}};
  }
  result<outgoing_request> outgoing(const api_request& request) const;
  one_try try_once(const api_request& request);
  api_failure failure_of(const failed_exchange& why) const;
  bool keeps_on() { return !keep_on_ || keep_on_(); }
  bool pause_for(std::chrono::milliseconds wait);

  const std::string to_;
  const secret_string key_;
  const api_limits limits_;
  const address_guard guard_;
  asio_event_loop loop_;
  std::optional<http_client> client_;
  unique_function<bool()> keep_on_;
};

result<outgoing_request> http_api_client::outgoing(const api_request& request) const {
  outgoing_request out;
  TRY_ASSIGN(out.to, parse_http_url(to_ + request.target));
  out.method = request.method;
  out.headers.push_back({"Accept", "application/json"});
  if (!key_.empty()) {
    out.headers.push_back({"Authorization", "Bearer " + std::string(key_.reveal())});
  }
  if (!request.idempotency_key.empty()) {
    out.headers.push_back({"Idempotency-Key", request.idempotency_key});
  }
  for (const auto& [name, text] : request.headers) out.headers.push_back({name, text});
  if (request.body) {
    out.headers.push_back({"Content-Type", "application/json"});
    out.body = *request.body;
  }
  out.repeatable = true;  // by its key, or because it only reads
  return out;
}

api_failure http_api_client::failure_of(const failed_exchange& why) const {
  switch (why.what) {
    case exchange_failure::name_not_found:
    case exchange_failure::not_connected:
      return {"not_reachable", "No server answers at " + to_ + ".",
              "`dialplane doctor` looks for the reason; --server says where it is."};
    case exchange_failure::not_trusted:
      return {"not_trusted", "The server at " + to_ + " has no certificate to be trusted.",
              "SSL_CERT_FILE names a file of authorities to trust."};
    case exchange_failure::bad_answer:
      return {"bad_answer", "What answers at " + to_ + " does not speak HTTP as Dialplane does.",
              "Is the port right?"};
    case exchange_failure::timed_out:
      return {"timed_out", "The server at " + to_ + " did not answer in time.", {}};
    default: return {"not_reachable", "The connection to " + to_ + " broke. " + why.detail, {}};
  }
}

api_result read_answer(const http_answer& answer, const std::string& to) {
  api_answer read;
  read.status = answer.status;
  if (const std::string* id = answer.header("x-request-id")) read.request_id = *id;
  if (const std::string* date = answer.header("date")) read.date = *date;
  if (const std::string* mark = answer.header("idempotent-replayed")) {
    read.replayed = *mark == "true";
  }
  if (answer.body.empty()) return read;
  boost::system::error_code failure;
  read.body = boost::json::parse(answer.body, failure);
  read.text = answer.body;
  if (!failure && !answer.cut) return read;
  return api_failure{"bad_answer",
                     "What answers at " + to + " is no Dialplane: its answer is not JSON.",
                     "Is the address right?"};
}

one_try stopped_try(bool may_have_arrived) {
  return {api_result(api_failure{"interrupted", "Stopped.", {}, 1}), may_have_arrived, false,
          std::nullopt};
}

one_try http_api_client::try_once(const api_request& request) {
  auto out = outgoing(request);
  if (!out) return {api_result(api_failure{"invalid_input", out.error().message, {}, 2})};
  // Shared: whoever stops waiting leaves while the exchange goes on.
  const auto promised = std::make_shared<std::promise<exchange_result>>();
  auto outcome = promised->get_future();
  loop_.post([this, promised, sent = *std::move(out)]() mutable {
    client_->send(std::move(sent),
                  [promised](exchange_result told) { promised->set_value(std::move(told)); });
  });
  while (outcome.wait_for(between_looks) != std::future_status::ready) {
    if (!keeps_on()) return stopped_try(true);
  }
  const exchange_result told = outcome.get();
  if (!told) {
    const bool again = told.error().what != exchange_failure::not_trusted &&
                       told.error().what != exchange_failure::name_not_found;
    return {api_result(failure_of(told.error())), told.error().may_have_arrived, again,
            std::nullopt};
  }
  return {read_answer(*told, to_), true, worth_asking_again(*told), pause_asked(*told)};
}

// False: told to stop.
bool http_api_client::pause_for(std::chrono::milliseconds wait) {
  while (wait.count() > 0) {
    const auto slice = std::min(wait, between_looks);
    poll(nullptr, 0, static_cast<int>(slice.count()));
    wait -= slice;
    if (!keeps_on()) return false;
  }
  return true;
}

api_failure not_known(const api_failure& why) {
  const bool stopped = why.code == "interrupted";
  return {"outcome_unknown",
          stopped ? "Stopped before the answer came: it is not known whether the server did this."
                  : "The connection broke and it is not known whether the server did this.",
          stopped ? std::string() : why.message, 5};
}

api_result http_api_client::ask(const api_request& request) {
  const auto give_up = steady::now() + limits_.all_tries;
  std::chrono::milliseconds pause = first_retry_pause;
  bool may_have_arrived = false;
  for (std::size_t count = 1;; ++count) {
    one_try told = try_once(request);
    may_have_arrived = may_have_arrived || told.may_have_arrived;
    const auto wait = told.asked_pause.value_or(pause);
    // Where nobody ever listened, waiting longer seldom helps.
    const std::size_t tries = may_have_arrived ? limits_.tries : 2;
    const bool last = !told.ask_again || count >= tries || wait > longest_wait_asked ||
                      steady::now() + wait >= give_up;
    if (!last) {
      pause = std::min(pause * 2, longest_retry_pause);
      if (pause_for(wait)) continue;
      told = stopped_try(may_have_arrived);
    }
    const bool answered = told.outcome.has_value();
    if (answered || request.idempotency_key.empty() || !may_have_arrived) return told.outcome;
    return not_known(told.outcome.error());
  }
}

}  // namespace

result<std::unique_ptr<api_client>> api_client::open(const connection& to, api_limits limits) {
  tls_context tls;
  if (to.server.starts_with("https:")) {
    TRY_ASSIGN(tls, load_client_tls());
  }
  return std::unique_ptr<api_client>(new http_api_client(to, std::move(tls), limits));
}

std::string new_idempotency_key() {
  uuid_bytes bytes{};
  system_random from;
  from.fill(bytes);
  return "cli_" + base62_text(bytes);
}

}  // namespace dialplane::cli
