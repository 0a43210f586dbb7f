#include "edge/mcp_bridge/mcp_bridge.hpp"

#include <algorithm>
#include <utility>

#include "base/check.hpp"

namespace dialplane {

namespace json = boost::json;

namespace {

constexpr std::size_t key_characters = 22;  // 131 bits

bool is_agreement(const bridge_message& message) {
  return message.what == bridge_message::kind::request && message.method == "initialize";
}

// Whether the failure says that the next moment may be better.
bool may_pass(exchange_failure what) {
  return what != exchange_failure::destination_refused && what != exchange_failure::not_trusted &&
         what != exchange_failure::over_limit && what != exchange_failure::stopping;
}

}  // namespace

// One message on its way.
struct mcp_bridge::job {
  bridge_message message;
  answered done;
  std::string key;                // the Idempotency-Key of a tool's call, or empty
  std::size_t tries = 0;
  bool may_have_arrived = false;  // the server may have read it at least once
  bool over = false;
};

// Sends one at a time. A client of its own, because ending a client is how a request is ended.
struct mcp_bridge::slot {
  std::unique_ptr<http_client> client;
  std::shared_ptr<job> work;
};

mcp_bridge::mcp_bridge(mcp_bridge_options options) : options_(std::move(options)) {
  CHECK(options_.loop != nullptr && options_.guard != nullptr && options_.random != nullptr);
  CHECK(options_.requests_at_once > 0 && options_.tries > 0);
  slots_.resize(options_.requests_at_once);
}

mcp_bridge::~mcp_bridge() = default;

std::unique_ptr<http_client> mcp_bridge::new_client() const {
  http_client_options options;
  options.loop = options_.loop;
  options.guard = options_.guard;
  options.tls = options_.tls;
  options.answer_timeout = options_.answer_timeout;
  options.requests_at_once = 2;  // one that was ended may not be gone yet
  options.kept_per_host = 1;
  options.kept_in_all = 1;
  options.request_bytes = options_.limits.message_bytes;
  options.answer.body_bytes = options_.limits.answer_bytes;
  options.user_agent = "dialplane-mcp";
  return std::make_unique<http_client>(std::move(options));
}

void mcp_bridge::take(std::string text, answered done) {
  if (stopped_) return done({});
  read_bridge_message read = read_message(std::move(text), options_.limits);
  if (!read) return done({read.error()});
  auto work = std::make_shared<job>();
  work->message = *std::move(read);
  work->done = std::move(done);
  const bridge_message& message = work->message;
  switch (message.what) {
    case bridge_message::kind::stray:
      return work->done({});
    case bridge_message::kind::cancellation:
      cancel(message.id);
      // 2026-07-28 cancels over HTTP by hanging up, 2025-11-25 wants to be told too.
      if (agreed_.empty()) return work->done({});
      break;
    case bridge_message::kind::notification:
      break;
    case bridge_message::kind::request:
      if (is_under_way(message.id)) {
        return work->done({error_line(message.id, rpc_invalid_request,
                                      "This id is in use by a request that is not answered yet.")});
      }
      break;
  }
  if (message.calls_tool) {
    work->key = message.idempotency_key.empty()
                    ? "mcp-" + random_base62(*options_.random, key_characters)
                    : message.idempotency_key;
  }
  waiting_.push_back(std::move(work));
  start_what_fits();
}

void mcp_bridge::stop() {
  stopped_ = true;
  for (const auto& work : std::exchange(waiting_, {})) finish(work, {});
  for (slot& each : slots_) {
    if (each.work) finish(each.work, {});
    if (each.client) each.client->stop();
  }
}

mcp_bridge::slot* mcp_bridge::free_slot() {
  for (slot& each : slots_) {
    if (!each.work) return &each;  // the first ones have connections that are kept
  }
  return nullptr;
}

void mcp_bridge::start_what_fits() {
  while (!waiting_.empty() && !agreeing_ && !stopped_) {
    slot* const free = free_slot();
    if (free == nullptr) return;
    const std::shared_ptr<job> work = std::move(waiting_.front());
    waiting_.pop_front();
    free->work = work;
    if (is_agreement(work->message)) agreeing_ = true;
    send(*free, work);
  }
}

void mcp_bridge::send(slot& from, const std::shared_ptr<job>& work) {
  if (!from.client) from.client = new_client();
  ++work->tries;
  outgoing_request request;
  request.to = options_.endpoint;
  request.headers = headers_of(work->message, agreed_, session_);
  if (!options_.key.empty()) {
    request.headers.push_back({"Authorization", "Bearer " + std::string(options_.key.reveal())});
  }
  if (work->message.calls_tool && work->message.idempotency_key.empty()) {
    request.headers.push_back({"Idempotency-Key", work->key});
  }
  request.body = work->message.text;
  request.repeatable = true;  // calls carry a key, and nothing else changes anything
  from.client->send(std::move(request), [this, work](exchange_result outcome) {
    if (!work->over) on_exchange(work, std::move(outcome));
  });
}

void mcp_bridge::on_exchange(const std::shared_ptr<job>& work, exchange_result outcome) {
  if (!outcome) return on_failure(work, outcome.error());
  on_answer(work, *outcome);
}

void mcp_bridge::on_answer(const std::shared_ptr<job>& work, const http_answer& answer) {
  bridge_answer read = read_answer(work->message, answer, options_.limits);
  if (read.unsure) {
    work->may_have_arrived = true;
    if (try_again(work)) return;
    if (work->message.calls_tool) {
      return finish(work, {unknown_outcome_line(work->message, work->key)});
    }
  }
  if (!read.agreed.empty()) {
    agreed_ = std::move(read.agreed);
    session_ = std::move(read.session);
  }
  finish(work, std::move(read.lines));
}

void mcp_bridge::on_failure(const std::shared_ptr<job>& work, const failed_exchange& failure) {
  if (work->message.what != bridge_message::kind::request) return finish(work, {});
  work->may_have_arrived = work->may_have_arrived || failure.may_have_arrived;
  // What certainly never arrived is told at once: it may be a wrong address.
  if (work->may_have_arrived && may_pass(failure.what) && try_again(work)) return;
  if (work->may_have_arrived && work->message.calls_tool) {
    return finish(work, {unknown_outcome_line(work->message, work->key)});
  }
  finish(work, {error_line(work->message.id, rpc_server_error, unreached(failure),
                           name_of(failure.what))});
}

bool mcp_bridge::try_again(const std::shared_ptr<job>& work) {
  if (work->message.what != bridge_message::kind::request || stopped_) return false;
  if (work->tries >= options_.tries) return false;
  const auto pause = options_.first_pause * (1 << std::min<std::size_t>(work->tries - 1, 8));
  options_.loop->post_after(pause, [this, work] {
    if (work->over) return;
    const auto own = std::ranges::find(slots_, work, &slot::work);
    CHECK(own != slots_.end());
    send(*own, work);
  });
  return true;
}

std::string mcp_bridge::unreached(const failed_exchange& failure) const {
  const std::string address = std::string(options_.endpoint.tls ? "https://" : "http://") +
                              options_.endpoint.authority();
  if (failure.may_have_arrived) {
    return "The connection to the Dialplane server at " + address + " broke: " + failure.detail +
           " Ask again.";
  }
  return "The Dialplane server at " + address + " cannot be reached: " + failure.detail +
         " Start it with `dialplane serve`, or name another with --server or DIALPLANE_SERVER.";
}

bool mcp_bridge::is_under_way(const json::value& id) const {
  const auto same = [&id](const std::shared_ptr<job>& work) {
    return work && work->message.what == bridge_message::kind::request && work->message.id == id;
  };
  return std::ranges::any_of(waiting_, same) || std::ranges::any_of(slots_, same, &slot::work);
}

// The client does not want that answer any more: nothing is written for it, and the connection that
// waits for it is closed. What the server has begun it may finish.
void mcp_bridge::cancel(const json::value& id) {
  const auto wanted = [&id](const std::shared_ptr<job>& work) {
    return work && work->message.what == bridge_message::kind::request && work->message.id == id &&
           !is_agreement(work->message);  // which cannot be cancelled
  };
  if (const auto found = std::ranges::find_if(waiting_, wanted); found != waiting_.end()) {
    return finish(*found, {});
  }
  const auto found = std::ranges::find_if(slots_, wanted, &slot::work);
  if (found == slots_.end()) return;
  found->work->over = true;
  if (found->client) found->client->stop();
  found->client.reset();
  const std::shared_ptr<job> work = found->work;
  work->over = false;
  finish(work, {});
}

void mcp_bridge::finish(const std::shared_ptr<job>& work, std::vector<std::string> lines) {
  if (std::exchange(work->over, true)) return;
  const std::shared_ptr<job> alive = work;
  std::erase(waiting_, alive);
  for (slot& each : slots_) {
    if (each.work == alive) each.work.reset();
  }
  if (is_agreement(alive->message)) agreeing_ = false;
  alive->done(std::move(lines));
  start_what_fits();
}

}  // namespace dialplane
