#include "edge/cli/local_delivery.hpp"

#include <array>
#include <boost/json/serialize.hpp>
#include <boost/json/string.hpp>
#include <future>
#include <utility>

#include "base/clock.hpp"
#include "base/utf8.hpp"
#include "edge/cli/interrupts.hpp"
#include "edge/cli/terminal.hpp"
#include "net/http_client.hpp"
#include "webhooks/signing.hpp"

namespace dialplane::cli {

namespace {

namespace json = boost::json;
using std::chrono::milliseconds;

constexpr milliseconds answer_timeout{15'000};  // as the server gives webhooks
constexpr milliseconds look_for_interrupt{50};
constexpr std::array pauses_ms = {250, 1'000, 2'000, 4'000};  // between the tries

bool is_json(const http_answer& answer) {
  const std::string* type = answer.header("content-type");
  return type != nullptr && equal_ignoring_case(
                                trim(std::string_view(*type).substr(0, type->find(';'))),
                                "application/json");
}

bool worth_another_try(const exchange_result& got) {
  if (!got) return got.error().what != exchange_failure::not_trusted;
  return got->status == 429 || (got->status >= 502 && got->status <= 504);
}

// {"event","data","ts"}, byte for byte what a webhook's body is: the data as the server wrote it.
std::string webhook_body(const followed_event& news) {
  const std::string_view text = news.text;
  const std::string quoted = json::serialize(json::string(news.type));
  const std::string before = ",\"event\":" + quoted + ",\"data\":";
  const std::size_t data = text.find(before);
  const std::size_t end = text.rfind(",\"ts\":");
  if (data != std::string_view::npos && end != std::string_view::npos &&
      data + before.size() < end) {
    return "{" + std::string(text.substr(data + 1));
  }
  return json::serialize(json::object{
      {"event", news.type}, {"data", news.data()}, {"ts", news.unix_ms()}});
}

class http_local_delivery final : public local_delivery {
 public:
  http_local_delivery(http_url to, secret_string secret, tls_context tls)
      : to_(std::move(to)), secret_(std::move(secret)) {
    loop_.start("forward");
    http_client_options options;
    options.loop = &loop_;
    options.guard = &guard_;
    options.tls = std::move(tls);
    options.answer_timeout = answer_timeout;
    client_.emplace(std::move(options));
  }
  ~http_local_delivery() override {
    loop_.post([this] { client_->stop(); });
    loop_.stop();
  }

  local_attempts deliver(const followed_event& news) override {
    local_attempts outcome;
    const std::string body = webhook_body(news);
    ++sequence_;
    for (std::size_t i = 0;; ++i) {
      ++outcome.tries;
      const auto began = std::chrono::steady_clock::now();
      const auto got = exchange(request_of(news, body));
      outcome.took = std::chrono::duration_cast<milliseconds>(
          std::chrono::steady_clock::now() - began);
      if (!got) return outcome;
      outcome.status.reset();
      outcome.error.clear();
      if (*got) {
        outcome.status = (*got)->status;
        if (is_json(**got) && !(*got)->cut) outcome.json_answer = (*got)->body;
      } else {
        outcome.error = name_of(got->error().what);
      }
      if (!worth_another_try(*got) || i == pauses_ms.size()) return outcome;
      const milliseconds pause{pauses_ms[i]};
      const std::string why = *got ? "answered " + std::to_string((*got)->status)
                                   : outcome.error;
      print_beside(to_.authority() + ": " + why + "; trying again in " +
                   std::to_string(pause.count()) + " ms.\n");
      if (!pause_for(pause)) return outcome;
    }
  }

 private:
  outgoing_request request_of(const followed_event& news, const std::string& body) const {
    const std::int64_t seconds = system_clock().now().unix_ms / 1000;
    outgoing_request request;
    request.to = to_;
    request.body = body;
    request.headers = {
        {"Content-Type", "application/json"},
        {"webhook-id", news.id},
        {"webhook-timestamp", std::to_string(seconds)},
        {"webhook-signature", standard_signature(secret_.reveal(), news.id, seconds, body)},
        {"X-Naive-Signature", naive_signature(secret_.reveal(), body)},
        {"X-Naive-Event", news.type},
        {"X-Naive-Sequence", std::to_string(sequence_)}};
    return request;
  }

  // Nothing: interrupted.
  std::optional<exchange_result> exchange(outgoing_request request) {
    const auto promised = std::make_shared<std::promise<exchange_result>>();
    auto outcome = promised->get_future();
    loop_.post([this, promised, request = std::move(request)]() mutable {
      client_->send(std::move(request), [promised](exchange_result got) {
        promised->set_value(std::move(got));
      });
    });
    while (outcome.wait_for(look_for_interrupt) != std::future_status::ready) {
      if (was_interrupted()) return std::nullopt;
    }
    return outcome.get();
  }

  const http_url to_;
  const secret_string secret_;
  const address_guard guard_{{ip_range{.first = {}, .bits = 0}}};
  asio_event_loop loop_;
  std::optional<http_client> client_;
  std::int64_t sequence_ = 0;
};

}  // namespace

result<std::unique_ptr<local_delivery>> local_delivery::open(const std::string& url,
                                                             secret_string secret) {
  auto to = parse_http_url(url);
  if (!to) {
    error failure = bad_field("forward", "--forward " + to.error().message);
    failure.hint = "Such as --forward http://localhost:3000/hook.";
    return failure;
  }
  tls_context tls;
  if (to->tls) {
    TRY_ASSIGN(tls, load_client_tls());
  }
  return std::unique_ptr<local_delivery>(std::make_unique<http_local_delivery>(
      *std::move(to), std::move(secret), std::move(tls)));
}

}  // namespace dialplane::cli
