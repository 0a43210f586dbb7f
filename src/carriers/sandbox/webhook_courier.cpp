#include "carriers/sandbox/webhook_courier.hpp"

#include <algorithm>
#include <atomic>
#include <unordered_set>
#include <utility>

#include "base/log.hpp"
#include "carriers/standard_webhooks.hpp"

namespace dialplane::sandbox {

namespace {

using namespace std::chrono_literals;

constexpr std::size_t under_way_max = 10'000;
constexpr std::size_t read_at_once = 1'000;
constexpr int delivery_tries_max = 20;
constexpr milliseconds first_pause = 200ms;
constexpr milliseconds longest_pause = 10s;
constexpr milliseconds forgetting_pause = 5ms;

}  // namespace

struct webhook_courier::core : std::enable_shared_from_this<core> {
  core(ledger_thread& its_ledger, const clock& its_time, std::string its_secret)
      : ledger(its_ledger), time(its_time), secret(std::move(its_secret)) {}

  void take(std::vector<report> fresh);
  void start(report one);
  void deliver(report one, int tries);
  void ended(std::int64_t id);
  void forget_some();
  void read_waiting(std::int64_t after);

  ledger_thread& ledger;
  const clock& time;
  const std::string secret;
  std::atomic<event_loop*> loop{nullptr};
  std::atomic<bool> closed{false};  // the ledger may be gone
  // On the loop only.
  webhook_sink sink;
  std::unordered_set<std::int64_t> under_way;
  std::vector<std::int64_t> accepted;
  bool forgetting = false;
  bool some_left_in_file = false;
};

void webhook_courier::core::take(std::vector<report> fresh) {
  for (report& one : fresh) start(std::move(one));
}

void webhook_courier::core::start(report one) {
  if (under_way.size() >= under_way_max) {
    some_left_in_file = true;
    return;
  }
  if (!under_way.insert(one.id).second) return;
  const milliseconds wait = one.due - time.now();
  if (wait <= 0ms) return deliver(std::move(one), 0);
  loop.load()->post_after(wait, [self = shared_from_this(), one = std::move(one)]() mutable {
    self->deliver(std::move(one), 0);
  });
}

void webhook_courier::core::deliver(report one, int tries) {
  if (closed) return;
  carrier_webhook posted;
  const std::string seconds = std::to_string(time.now().unix_ms / 1'000);
  posted.headers = {{"content-type", "application/json"},
                    {"webhook-id", one.event_key},
                    {"webhook-timestamp", seconds},
                    {"webhook-signature",
                     standard_webhook_signature(secret, one.event_key, seconds, one.body)}};
  posted.body = one.body;
  sink(std::move(posted), [self = shared_from_this(), one = std::move(one),
                           tries](result<void> taken) mutable {
    if (taken) return self->ended(one.id);
    if (tries + 1 >= delivery_tries_max) {
      log_error(log_level::warn, "the built-in carrier gives up a report", taken.error());
      return self->ended(one.id);
    }
    const milliseconds pause = std::min(first_pause * (1 << std::min(tries, 10)), longest_pause);
    self->loop.load()->post_after(pause, [self, one = std::move(one), tries]() mutable {
      self->deliver(std::move(one), tries + 1);
    });
  });
}

// Forgotten in groups: one piece of work for the file per some milliseconds.
void webhook_courier::core::ended(std::int64_t id) {
  accepted.push_back(id);
  if (std::exchange(forgetting, true)) return;
  loop.load()->post_after(forgetting_pause, [self = shared_from_this()] { self->forget_some(); });
}

void webhook_courier::core::forget_some() {
  forgetting = false;
  if (closed) return;
  std::vector<std::int64_t> ids = std::exchange(accepted, {});
  ledger.submit<void>([ids](ledger_file& file) { return text_desk(file).forget_reports(ids); },
                      [self = shared_from_this(), ids](result<void> forgotten) {
                        // One that stays in the file is brought again after the next start.
                        if (!forgotten) {
                          log_error(log_level::warn, "reports not forgotten", forgotten.error());
                        }
                        for (const std::int64_t id : ids) self->under_way.erase(id);
                        if (self->some_left_in_file &&
                            self->under_way.size() < under_way_max / 2) {
                          self->some_left_in_file = false;
                          self->read_waiting(0);
                        }
                      });
}

void webhook_courier::core::read_waiting(std::int64_t after) {
  if (closed) return;
  ledger.submit<std::vector<report>>(
      [after](ledger_file& file) { return text_desk(file).reports_after(after, read_at_once); },
      [self = shared_from_this()](result<std::vector<report>> waiting) {
        if (!waiting) {
          return log_error(log_level::error, "waiting reports not read", waiting.error());
        }
        if (waiting->empty()) return;
        const std::int64_t last = waiting->back().id;
        const bool more = waiting->size() == read_at_once;
        self->take(*std::move(waiting));
        if (more && !self->some_left_in_file) self->read_waiting(last);
      });
}

webhook_courier::webhook_courier(ledger_thread& ledger, const clock& time, std::string secret)
    : core_(std::make_shared<core>(ledger, time, std::move(secret))) {}

webhook_courier::~webhook_courier() { core_->closed = true; }

void webhook_courier::set_sink(event_loop& on, webhook_sink sink) {
  on.post([core = core_, &on, sink = std::move(sink)]() mutable {
    core->sink = std::move(sink);
    core->loop = &on;
    core->read_waiting(0);
  });
}

void webhook_courier::carry(std::vector<report> fresh) {
  event_loop* on = core_->loop.load();
  if (on == nullptr || fresh.empty()) return;
  on->post([core = core_, fresh = std::move(fresh)]() mutable { core->take(std::move(fresh)); });
}

}  // namespace dialplane::sandbox
