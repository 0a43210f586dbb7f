#include "webhooks/dispatcher.hpp"

#include <algorithm>

#include "base/check.hpp"
#include "base/log.hpp"
#include "webhooks/dispatcher_core.hpp"

namespace dialplane {

namespace {

constexpr std::size_t read_at_once = 32;
constexpr std::size_t given_up_at_once = 500;
constexpr std::chrono::milliseconds longest_wait{60'000};
constexpr std::chrono::milliseconds figures_every{5'000};

}  // namespace

// What is due at one endpoint, and when it goes on.
struct due_answer {
  std::optional<webhook_endpoint> endpoint;
  std::vector<due_delivery> rows;
  std::optional<timestamp> next_at;
  bool full = false;  // there may be more
};

webhook_dispatcher::core::core(webhook_environment from, asio_event_loop& on,
                               http_client_options options, webhook_settings chosen,
                               agent_reply_taker taker)
    : env(from),
      loop(on),
      client(std::move(options)),
      settings(std::move(chosen)),
      replies(std::move(taker)),
      delivered(env.metrics.counters("dialplane_webhook_tries_total",
                                     "Tries to deliver an event, by what became of them.",
                                     {"outcome"}).with({"delivered"})),
      retried(env.metrics.counters("dialplane_webhook_tries_total",
                                   "Tries to deliver an event, by what became of them.",
                                   {"outcome"}).with({"retried"})),
      dead(env.metrics.counters("dialplane_webhook_tries_total",
                                "Tries to deliver an event, by what became of them.",
                                {"outcome"}).with({"dead"})),
      seconds(env.metrics.single_histogram("dialplane_webhook_try_seconds",
                                           "How long a try took.")),
      pending(env.metrics.single_gauge("dialplane_webhook_deliveries_pending",
                                       "Deliveries that wait for a try (up to 100000).")),
      oldest_due(env.metrics.single_gauge("dialplane_webhook_oldest_due_seconds",
                                          "How long the longest due delivery has waited.")) {}

// ---- whose turn it is -------------------------------------------------------------------------

void webhook_dispatcher::core::look(organization_id owner, webhook_endpoint_id endpoint) {
  delivery_lane& lane = lanes[endpoint];
  lane.owner = owner;
  lane.endpoint = endpoint;
  lane.wanted = true;
  if (!lane.due_since) lane.due_since = env.time.now();
  queue(lane);
  pump();
}

// Slow and failing endpoints get little, so that many of them do not use up what there is.
std::size_t webhook_dispatcher::core::most_at_once(const delivery_lane& lane) const {
  return lane.slow ? std::min<std::size_t>(2, settings.at_once_per_endpoint)
                   : settings.at_once_per_endpoint;
}

void webhook_dispatcher::core::queue(delivery_lane& lane) {
  const bool can_try = !lane.ready.empty();
  const bool can_look = lane.ready.empty() && lane.wanted && !lane.looking;
  if (lane.queued || lane.trying >= most_at_once(lane) || (!can_try && !can_look)) return;
  lane.queued = true;
  turns.push_back(lane.endpoint);
}

// Round robin: each lane gets one try, or one look at the store, per turn.
void webhook_dispatcher::core::pump() {
  while (!stopping && trying < settings.at_once && !turns.empty()) {
    const auto found = lanes.find(turns.front());
    turns.pop_front();
    if (found == lanes.end()) continue;
    delivery_lane& lane = found->second;
    lane.queued = false;
    if (lane.trying >= most_at_once(lane)) continue;
    if (!lane.ready.empty()) {
      try_next(lane);
    } else if (lane.wanted && !lane.looking) {
      read_due(lane);
    }
    queue(lane);
  }
}

void webhook_dispatcher::core::read_due(delivery_lane& lane) {
  lane.looking = true;
  lane.wanted = false;
  const std::size_t limit = read_at_once + lane.in_hand.size();
  env.database.read<due_answer>(
      [owner = lane.owner, which = lane.endpoint, limit,
       now = env.time.now()](session& work) -> result<due_answer> {
        due_answer found;
        TRY_ASSIGN(found.endpoint, work.webhooks().find(owner, which));
        if (!found.endpoint || !found.endpoint->active) return found;
        TRY_ASSIGN(found.rows, work.webhooks().due(which, now, limit));
        found.full = found.rows.size() == limit;
        TRY_ASSIGN(found.next_at, work.webhooks().next_due(which, now));
        return found;
      },
      [self = shared_from_this(), owner = lane.owner,
       which = lane.endpoint](result<due_answer> found) {
        if (found) return self->on_due(which, *std::move(found));
        log_error(log_level::error, "deliveries could not be read", found.error());
        self->lanes[which].looking = false;
        self->loop.post_after(pause_after_failure,
                              [self, owner, which] { self->look(owner, which); });
      });
}

void webhook_dispatcher::core::on_due(webhook_endpoint_id which, due_answer found) {
  const auto at = lanes.find(which);
  CHECK(at != lanes.end());  // a lane that looks is not forgotten
  delivery_lane& lane = at->second;
  lane.looking = false;
  const std::set<delivery_id> ended = std::exchange(lane.just_ended, {});
  if (!found.endpoint || !found.endpoint->active) return give_up_all(lane.owner, which);
  const auto endpoint = std::make_shared<const webhook_endpoint>(*std::move(found.endpoint));
  for (due_delivery& each : found.rows) {
    if (ended.contains(each.row.id) || !lane.in_hand.insert(each.row.id).second) continue;
    lane.ready.push_back({endpoint, std::move(each)});
  }
  if (found.full) lane.wanted = true;
  if (lane.ready.empty() && !lane.wanted) lane.due_since.reset();
  if (found.next_at) {
    lane.next_at = lane.next_at ? std::min(*lane.next_at, *found.next_at) : *found.next_at;
    wake_at(*lane.next_at);
  }
  queue(lane);
  forget_idle(which);
  pump();
}

// Nothing waits for an endpoint that is gone or switched off: the rest becomes dead letters.
void webhook_dispatcher::core::give_up_all(organization_id owner, webhook_endpoint_id which) {
  delivery_lane& off = lanes[which];
  for (const delivery_in_hand& each : off.ready) off.in_hand.erase(each.what.row.id);
  off.ready.clear();
  off.looking = true;
  env.database.write<std::int64_t>(
      [which, now = env.time.now()](session& work) {
        return work.webhooks().give_up(which, "webhook_off", now, given_up_at_once);
      },
      [self = shared_from_this(), owner, which](result<std::int64_t> given_up) {
        delivery_lane& lane = self->lanes[which];
        lane.looking = false;
        lane.just_ended.clear();
        if (!given_up) {
          log_error(log_level::error, "deliveries could not be given up", given_up.error());
          self->loop.post_after(pause_after_failure,
                                [self, owner, which] { self->look(owner, which); });
          return;
        }
        self->dead.add(static_cast<std::uint64_t>(*given_up));
        // Looks once more: it may have been switched on meanwhile.
        if (*given_up > 0) return self->look(owner, which);
        lane.next_at.reset();
        lane.due_since.reset();
        self->queue(lane);
        self->forget_idle(which);
        self->pump();
      });
}

void webhook_dispatcher::core::forget_idle(webhook_endpoint_id which) {
  const auto found = lanes.find(which);
  if (found == lanes.end()) return;
  const delivery_lane& lane = found->second;
  if (lane.ready.empty() && lane.in_hand.empty() && !lane.wanted && !lane.looking &&
      !lane.next_at && lane.trying == 0) {
    lanes.erase(found);
  }
}

// ---- time -------------------------------------------------------------------------------------

void webhook_dispatcher::core::wake_at(timestamp at) {
  if (wake && *wake <= at) return;
  wake = at;
  const auto wait = std::clamp(at - env.time.now(), std::chrono::milliseconds(1), longest_wait);
  loop.post_after(wait, [self = shared_from_this(), at] {
    if (self->wake != at) return;  // an earlier one was set, and has been served
    self->wake.reset();
    self->on_wake();
  });
}

void webhook_dispatcher::core::on_wake() {
  const timestamp now = env.time.now();
  std::optional<timestamp> next;
  for (auto& [id, lane] : lanes) {
    if (!lane.next_at) continue;
    if (*lane.next_at > now) {
      next = next ? std::min(*next, *lane.next_at) : *lane.next_at;
      continue;
    }
    if (!lane.due_since) lane.due_since = lane.next_at;
    lane.next_at.reset();
    lane.wanted = true;
    queue(lane);
  }
  if (next) wake_at(*next);
  pump();
}

void webhook_dispatcher::core::refresh_figures() {
  if (stopping) return;
  std::optional<timestamp> since;
  for (const auto& [id, lane] : lanes) {
    if (lane.due_since) since = since ? std::min(*since, *lane.due_since) : *lane.due_since;
  }
  oldest_due.set(since ? std::max<std::int64_t>(0, (env.time.now() - *since).count() / 1000) : 0);
  env.database.read<std::int64_t>(
      [](session& work) { return work.webhooks().count_pending(); },
      [self = shared_from_this()](result<std::int64_t> count) {
        if (count) self->pending.set(*count);
        self->loop.post_after(figures_every, [self] { self->refresh_figures(); });
      });
}

void webhook_dispatcher::core::end_when_idle(std::chrono::steady_clock::time_point deadline,
                                             event_loop::task done) {
  const bool late = std::chrono::steady_clock::now() >= deadline;
  if (late) client.stop();  // those cut off are not counted, and made again at the next start
  if (trying == 0 && !fanning) return done();
  constexpr std::chrono::milliseconds pause{5};
  loop.post_after(pause, [self = shared_from_this(), deadline, done = std::move(done)]() mutable {
    self->end_when_idle(deadline, std::move(done));
  });
}

// ---- the outside ------------------------------------------------------------------------------

webhook_dispatcher::webhook_dispatcher(webhook_environment env, asio_event_loop& loop,
                                       http_client_options client, webhook_settings settings,
                                       agent_reply_taker replies)
    : core_(std::make_shared<core>(env, loop, std::move(client), std::move(settings),
                                   std::move(replies))) {}

webhook_dispatcher::~webhook_dispatcher() = default;

void webhook_dispatcher::start() {
  core_->loop.post([self = core_] {
    self->fanning = true;  // until the place is read
    self->begin();
  });
}

void webhook_dispatcher::look(organization_id owner, webhook_endpoint_id endpoint) {
  core_->loop.post([self = core_, owner, endpoint] { self->look(owner, endpoint); });
}

void webhook_dispatcher::stop(std::chrono::milliseconds limit, event_loop::task done) {
  const auto deadline = std::chrono::steady_clock::now() + limit;
  core_->loop.post([self = core_, deadline, done = std::move(done)]() mutable {
    self->stopping = true;
    self->ticket.reset();
    self->end_when_idle(deadline, std::move(done));
  });
}

}  // namespace dialplane
