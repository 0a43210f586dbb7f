#include "edge/mcp/mcp_service.hpp"

#include <utility>

#include "edge/mcp/mcp_handlers.hpp"
#include "edge/rest/rest_service.hpp"

namespace dialplane {

namespace {

namespace json = boost::json;

constexpr std::int64_t retry_after_ms = 1'000;

using answer_of_rest = unique_function<void(http_response)>;

// Where the answer of an inner request goes: to the engine, with the outer client's patience.
class inner_answer final : public responder::sink {
 public:
  inner_answer(rest_context outer, answer_of_rest then)
      : outer_(std::move(outer)), then_(std::move(then)) {}

  void respond(http_response response) override { then_(std::move(response)); }
  // No route that a tool stands for answers with a stream.
  std::shared_ptr<http_stream::sink> stream(http_response, unique_function<void()>) override {
    abandon();
    return nullptr;
  }
  void abandon() noexcept override {
    http_response lost;
    lost.status = 500;
    then_(std::move(lost));
  }
  bool peer_is_waiting() const noexcept override { return outer_->client_waits(); }
  std::shared_ptr<delivery_look> connection() override { return outer_->connection(); }

 private:
  rest_context outer_;
  answer_of_rest then_;
};

rest_asker asker_for(const rest_context& context) {
  return [context](http_request request, answer_of_rest then) {
    // Who sends a key says by it what is the same; a key of the tool call's own is seen later.
    request.tracks_delivery = context->request().header("idempotency-key") == nullptr;
    responder to(std::make_shared<inner_answer>(context, std::move(then)));
    context->service().handle_admitted(std::move(request), std::move(to), context->who());
  };
}

void send_answer(const rest_context& context, mcp_answer found) {
  rest_answer answer{.status = found.http_status, .body = std::move(found.body)};
  if (answer.body.empty()) answer.content_type.clear();
  context->report_delivery(std::move(found.relayed.delivered));
  context->answer(std::move(answer));
}

}  // namespace

class mcp_service::place {
 public:
  place(mcp_service& service, api_key_id key) : service_(service), key_(key) {}
  place(const place&) = delete;
  place& operator=(const place&) = delete;
  ~place() {
    const std::lock_guard lock(service_.mutex_);
    const auto row = service_.under_way_.find(key_);
    if (--row->second == 0) service_.under_way_.erase(row);
  }

 private:
  mcp_service& service_;
  const api_key_id key_;
};

std::shared_ptr<mcp_service::place> mcp_service::enter(api_key_id key) {
  {
    const std::lock_guard lock(mutex_);
    std::int64_t& count = under_way_[key];
    if (count >= settings_.calls_at_once) return nullptr;
    ++count;
  }
  return std::make_shared<place>(*this, key);
}

void mcp_service::take(const rest_context& context) {
  const auto message = context->body();
  if (!message) return context->fail(message.error());
  std::shared_ptr<place> held = enter(context->who().key);
  if (!held) {
    error full = not_done(error_code::rate_limited,
                          "This key has " + std::to_string(settings_.calls_at_once) +
                              " calls under way; wait for one to end.",
                          {});
    full.details["retry_after_ms"] = retry_after_ms;
    return context->fail(full);
  }
  engine_.answer(**message, context->request(), asker_for(context),
                 [context, held = std::move(held)](mcp_answer found) {
                   send_answer(context, std::move(found));
                 });
}

void mcp_message(rest_context context) {
  mcp_service* mcp = context->service().hooks().mcp;
  if (mcp == nullptr) {
    return context->fail(refused(error_code::not_configured, "MCP is not served here."));
  }
  mcp->take(context);
}

void mcp_resource_metadata(rest_context context) {
  const mcp_service* mcp = context->service().hooks().mcp;
  if (mcp == nullptr) {
    return context->fail(refused(error_code::not_configured, "MCP is not served here."));
  }
  json::array servers;
  for (const std::string& each : mcp->settings().authorization_servers) servers.emplace_back(each);
  const std::string base = context->service().base_url(context->request());
  context->answer(json_answer(200, json::object{{"resource", base + "/mcp"},
                                                {"resource_name", "Dialplane"},
                                                {"authorization_servers", std::move(servers)},
                                                {"bearer_methods_supported",
                                                 json::array{"header"}}}));
}

}  // namespace dialplane
