#include "server/server.hpp"

#include <filesystem>
#include <future>
#include <optional>
#include <vector>

#include "app/delivery_tracker.hpp"
#include "base/log.hpp"
#include "base/metrics.hpp"
#include "base/sealing.hpp"
#include "carriers/measured_carrier.hpp"
#include "carriers/sandbox/sandbox_carrier.hpp"
#include "edge/mcp/mcp_service.hpp"
#include "edge/rest/rest_service.hpp"
#include "net/asio_event_loop.hpp"
#include "net/http_server.hpp"
#include "server/carrier_reach.hpp"
#include "server/connection_figures.hpp"
#include "server/control.hpp"
#include "server/data_directory.hpp"
#include "server/generation.hpp"
#include "server/installation.hpp"
#include "server/local_commands.hpp"
#include "voice/call_webhooks.hpp"
#include "webhooks/dispatcher.hpp"
#include "webhooks/event_feed.hpp"
#include "workflow/campaign_watch.hpp"
#include "workflow/housekeeping.hpp"
#include "workflow/reconcile/reconciler.hpp"
#include "workflow/rentals/rental_clerk.hpp"
#include "workflow/texts/agent_reply_taker.hpp"
#include "workflow/texts/carrier_inbox.hpp"
#include "workflow/texts/received_sweep.hpp"
#include "workflow/texts/send_queue.hpp"
#include "workflow/texts/text_waiters.hpp"

namespace dialplane {

namespace {

constexpr std::chrono::milliseconds drain_limit{6'000};
constexpr std::chrono::milliseconds runner_limit{2'000};
constexpr std::chrono::milliseconds deliveries_limit{2'000};
// A request may wait a minute for a text to come in, and answers then.
constexpr std::chrono::milliseconds handler_timeout_least{75'000};

// Waits for a callback that another thread makes.
class signal_once {
 public:
  event_loop::task task() {
    return [this] { promise_.set_value(); };
  }
  void wait() { promise_.get_future().wait(); }

 private:
  std::promise<void> promise_;
};

}  // namespace

// In the order of dependence.
struct server::parts {
  explicit parts(const server_settings& given) : settings(given), figures(metrics) {}

  result<void> open();
  result<void> serve(given_keys keys);
  result<void> start_webhooks();
  void start_agreement();
  result<void> listen();
  result<void> open_control();
  void stop();

  const server_settings settings;
  metrics_registry metrics;
  connection_figures figures;
  std::vector<std::unique_ptr<asio_event_loop>> loops;
  std::unique_ptr<installation> home;
  carrier_registry carriers;
  sandbox::sandbox_carrier* sandbox = nullptr;
  std::unique_ptr<workflow_environment> work;
  std::unique_ptr<carrier_reach> reach;
  std::unique_ptr<event_feed> events;
  std::unique_ptr<runner> operations;
  std::unique_ptr<send_queue> texts;
  text_waiters waiters;
  std::unique_ptr<carrier_inbox> inbox;
  std::unique_ptr<app_environment> app;
  std::unique_ptr<call_webhooks> calls;
  std::unique_ptr<housekeeping> upkeep;
  std::unique_ptr<address_guard> destinations;
  std::unique_ptr<asio_event_loop> outgoing;  // what we ask of others; TLS costs time
  std::unique_ptr<webhook_dispatcher> deliveries;
  std::unique_ptr<campaign_watch> watch;
  std::unique_ptr<generation_keeper> generations;
  std::unique_ptr<reconciler> agreement;
  std::unique_ptr<rental_clerk> rentals;
  std::unique_ptr<received_sweep> sweep;
  std::unique_ptr<delivery_tracker> answers;
  std::unique_ptr<mcp_service> mcp;
  std::unique_ptr<rest_service> rest;
  std::unique_ptr<http_server> http;
  std::unique_ptr<local_environment> local;
  std::unique_ptr<control_server> control;
  first_start_report report;
  std::string url;
  bool stopped = false;
};

result<void> server::parts::open() {
  TRY_ASSIGN(home, installation::open(settings, metrics));
  TRY_ASSIGN(const bool restored,
             pause_after_restore(*home->database, generation_file_of(settings), home->time.now()));
  if (restored) {
    log_line(log_level::warn, "the database is older than it was: purchases wait until every"
                              " carrier account was compared");
  }
  for (std::int64_t i = 0; i < settings.io_threads; ++i) {
    loops.push_back(std::make_unique<asio_event_loop>());
    loops.back()->start("io-" + std::to_string(i));
  }
  TRY_ASSIGN(auto opened, home->open_sandbox(settings));
  sandbox = opened.get();
  carriers.add(std::make_unique<measured_carrier>(std::move(opened), metrics));
  const std::string public_url =
      settings.public_url.empty() ? "http://" + to_text(settings.listen) : settings.public_url;
  work = std::make_unique<workflow_environment>(*home->database, carriers, home->time, home->ids,
                                                settings.rules, metrics, home->id, public_url,
                                                *home->seals);
  TRY_ASSIGN(reach, carrier_reach::open(*home, settings, *work));
  events = std::make_unique<event_feed>(*home->database, *loops.front());
  operations = std::make_unique<runner>(*work, *loops.front());
  reach->accounts().tell_purchases_in_flight([to = operations.get()](const std::string& name,
                                                                     std::size_t most) {
    to->limit_purchases(name, most);
  });
  texts = std::make_unique<send_queue>(*work, *operations);
  inbox = std::make_unique<carrier_inbox>(*work, *loops.front(), *operations, *texts, waiters);
  app = std::make_unique<app_environment>(*work, *operations, *home->seals, home->random, *texts,
                                          *inbox, waiters);
  return {};
}

result<void> server::parts::serve(given_keys keys) {
  reach->accounts().start(*loops.front());
  operations->start();
  inbox->start();
  // The sandbox's webhooks take the same way as those that come over HTTP.
  sandbox->set_webhook_sink(*loops.front(),
                            [this](carrier_webhook posted, carrier_done<void> done) {
                              inbox->receive("sandbox", std::move(posted), std::move(done));
                            });
  calls = std::make_unique<call_webhooks>(*work);
  sandbox->set_call_sink(
      *loops.front(), [this](carrier_webhook posted, carrier_done<webhook_answer> done) {
        if (posted.url.empty()) posted.url = work->public_url + "/carriers/sandbox/calls";
        calls->receive("sandbox", std::move(posted), std::move(done));
      });
  upkeep = std::make_unique<housekeeping>(*work, *loops.front());
  upkeep->start();
  TRY(start_webhooks());
  watch = std::make_unique<campaign_watch>(*work, *loops.front(), *operations);
  watch->start();
  start_agreement();
  answers = std::make_unique<delivery_tracker>(*home->database, home->time, home->ids);
  rest_settings edge;
  edge.requests_per_minute = settings.rate_limit;
  edge.log_requests = settings.log_requests;
  edge.origins = {.hosts = settings.mcp.hosts, .origins = settings.mcp.origins};
  edge.public_url = settings.public_url;
  if (!edge.public_url.empty()) edge.origins.hosts.push_back(host_of_url(edge.public_url));
  mcp = std::make_unique<mcp_service>(settings.rules.prices, settings.mcp);
  rest_hooks around{.sandbox = sandbox,
                    .events = events.get(),
                    .deliveries = deliveries.get(),
                    .destinations = destinations.get(),
                    .accounts = &reach->accounts(),
                    .answers = answers.get()};
  around.mcp = mcp.get();
  around.calls = [this](std::string_view account, carrier_webhook posted,
                        carrier_done<webhook_answer> done) {
    calls->receive(account, std::move(posted), std::move(done));
  };
  rest = std::make_unique<rest_service>(*app, metrics, edge, std::move(around));
  TRY(listen());
  // Last, when nothing else can fail: its keys are shown once.
  TRY(open_control());
  TRY_ASSIGN(report, first_start(*app, settings, std::move(keys)));
  rest->keys().clear();
  return {};
}

void server::parts::start_agreement() {
  generations = std::make_unique<generation_keeper>(*home->database, *outgoing,
                                                    generation_file_of(settings));
  generations->start();
  reconcile_settings chosen;
  chosen.policies = settings.reconcile.policies;
  chosen.interval = settings.reconcile.interval;
  chosen.every_account = settings.reconcile.every_account;
  chosen.acts = settings.reconcile.acts;
  agreement = std::make_unique<reconciler>(*work, *loops.front(), std::move(chosen));
  agreement->start();
  rental_rules rules = settings.rentals;
  rules.local = settings.rules.prices.monthly_local;
  rules.toll_free = settings.rules.prices.monthly_toll_free;
  rules.charges_cartesia = settings.rules.charge_cartesia_dialect;
  rentals = std::make_unique<rental_clerk>(*work, *loops.front(), rules);
  rentals->start();
  sweep = std::make_unique<received_sweep>(*work, *loops.front(), *texts, waiters,
                                           settings.text_sweep_interval);
  sweep->start();
}

result<void> server::parts::start_webhooks() {
  TRY(events->start());
  std::vector<ip_range> allowed = settings.allowed_destinations;
  if (settings.demo) {
    TRY_ASSIGN(const auto loopback, parse_ip_ranges("127.0.0.0/8,::1"));
    allowed.insert(allowed.end(), loopback.begin(), loopback.end());
  }
  destinations = std::make_unique<address_guard>(std::move(allowed));
  outgoing = std::make_unique<asio_event_loop>();
  outgoing->start("outgoing");
  http_client_options client;
  client.loop = outgoing.get();
  client.guard = destinations.get();
  TRY_ASSIGN(client.tls, load_client_tls());
  client.answer_timeout = settings.webhook_answer_timeout;
  client.user_agent = "Dialplane/" DIALPLANE_VERSION;
  webhook_settings chosen;
  if (!settings.webhook_waits.empty()) chosen.schedule.waits = settings.webhook_waits;
  chosen.at_once = static_cast<std::size_t>(settings.webhook_concurrency);
  client.requests_at_once = chosen.at_once;
  deliveries = std::make_unique<webhook_dispatcher>(
      webhook_environment{*home->database, *events, home->time, home->ids, *home->seals,
                          home->random, metrics},
      *outgoing, std::move(client), std::move(chosen), make_agent_reply_taker(*work, *texts));
  deliveries->start();
  return {};
}

result<void> server::parts::listen() {
  http_server_options options;
  options.listen = settings.listen;
  for (const auto& loop : loops) options.loops.push_back(loop.get());
  options.limits = settings.http;
  options.limits.handler_timeout = std::max(options.limits.handler_timeout, handler_timeout_least);
  if (!settings.tls_cert.empty()) options.tls = {settings.tls_cert, settings.tls_key};
  options.wall_clock = &home->time;
  options.handler = [this](http_request request, responder to) {
    rest->handle(std::move(request), std::move(to));
  };
  options.refusal_body = [this](const http_refusal& why) { return rest->refusal(why); };
  options.observer = &figures;
  http = std::make_unique<http_server>(std::move(options));
  TRY_ASSIGN(const listen_address bound, http->start());
  url = (settings.tls_cert.empty() ? "http://" : "https://") + to_text(bound);
  return {};
}

result<void> server::parts::open_control() {
  local = std::make_unique<local_environment>(*home, settings, *loops.front(), *sandbox);
  local->work = work.get();
  local->keys_changed = [this] { rest->keys().clear(); };
  local->accounts = &reach->accounts();
  TRY_ASSIGN(control, control_server::start(
                          settings.data_dir, [this](const boost::json::object& request) {
                            return run_local_command(*local, request);
                          }));
  return {};
}

void server::parts::stop() {
  if (stopped) return;
  stopped = true;
  if (local) local->stopping = true;
  control.reset();
  waiters.stop();
  if (!url.empty()) {
    signal_once drained;
    http->drain(drain_limit, drained.task());
    drained.wait();
  }
  if (upkeep) upkeep->stop();
  signal_once delivered;
  if (deliveries) deliveries->stop(deliveries_limit, delivered.task());
  if (inbox) inbox->stop();
  if (texts) texts->stop();
  if (watch) watch->stop();
  if (sweep) sweep->stop();
  if (rentals) rentals->stop();
  if (agreement) agreement->stop();
  if (generations) generations->stop();
  if (rest) {
    signal_once idle;
    operations->stop(runner_limit, idle.task());
    idle.wait();
  }
  if (deliveries) delivered.wait();
  if (events) events->stop();
  http.reset();
  if (answers) answers->stop();
  if (home && home->database) home->database->close();
  if (outgoing) outgoing->stop();
  if (reach) reach->stop();
  for (const auto& loop : loops) loop->stop();
}

result<server*> server::start(const server_settings& settings, given_keys keys) {
  parts& made = *std::make_unique<parts>(settings).release();
  result<void> started = made.open();
  if (started) started = made.serve(std::move(keys));
  if (!started) {
    made.stop();
    return started.error();
  }
  return std::unique_ptr<server>(new server(made)).release();
}

const std::string& server::url() const noexcept { return parts_.url; }

const first_start_report& server::report() const noexcept { return parts_.report; }

void server::stop() { parts_.stop(); }

}  // namespace dialplane
