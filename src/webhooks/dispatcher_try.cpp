// One try of a delivery, from its queue to the row that tells of it.
#include "base/crash_point.hpp"
#include "base/log.hpp"
#include "webhooks/dispatcher_core.hpp"
#include "webhooks/outgoing_event.hpp"

namespace dialplane {

namespace {

constexpr std::chrono::milliseconds slow_try{1'000};

}  // namespace

void webhook_dispatcher::core::try_next(delivery_lane& lane) {
  delivery_in_hand next = std::move(lane.ready.front());
  lane.ready.pop_front();
  ++lane.trying;
  ++trying;
  const timestamp now = env.time.now();
  result<outgoing_request> request =
      next.what.news ? outgoing_event(*next.to, next.what.row, *next.what.news, env.seals, now)
                     : internal_fault("the event of a delivery is forgotten");
  if (!request) {
    log_error(log_level::error, "a delivery could not be made", request.error(),
              {{"delivery", next.what.row.id.uuid()}});
    try_outcome outcome;
    outcome.started_at = now;
    outcome.error = next.what.news ? "internal_error" : "event_forgotten";
    return record(std::move(next), std::move(outcome));
  }
  client.send(*std::move(request), [self = shared_from_this(), next = std::move(next),
                                    now](exchange_result answered) mutable {
    self->on_answer(std::move(next), now, std::move(answered));
  });
}

void webhook_dispatcher::core::on_answer(delivery_in_hand tried, timestamp started_at,
                                         exchange_result answered) {
  crash_point("delivery_sent");
  if (!answered && (answered.error().what == exchange_failure::stopping ||
                    answered.error().what == exchange_failure::over_limit)) {
    // No try was made, or it was cut off by us: it is made again, and not counted.
    return leave(tried, env.time.now() + pause_after_failure);
  }
  try_outcome outcome = judge_try(answered, started_at, env.time.now());
  seconds.observe(static_cast<double>(outcome.took.count()) / 1e3);
  if (const auto lane = lanes.find(tried.to->id); lane != lanes.end()) {
    lane->second.slow = !outcome.delivered || outcome.took > slow_try;
  }
  if (outcome.delivered && tried.to->agent) {
    outcome.reply = reply_in(*answered, tried.what.row, *tried.what.news);
  }
  record(std::move(tried), std::move(outcome));
}

void webhook_dispatcher::core::record(delivery_in_hand tried, try_outcome outcome) {
  const delivery row = tried.what.row;
  env.database.write<recorded_try>(
      [self = shared_from_this(), row, outcome](session& work) {
        const recording with{self->settings.schedule, self->env.time, self->env.ids,
                             self->env.random, self->replies};
        return record_try(work, with, row, outcome);
      },
      [self = shared_from_this(), tried = std::move(tried),
       outcome](result<recorded_try> done) mutable {
        self->on_recorded(tried, outcome, done);
      });
}

void webhook_dispatcher::core::on_recorded(const delivery_in_hand& tried,
                                           const try_outcome& outcome,
                                           const result<recorded_try>& done) {
  if (!done) {
    log_error(log_level::error, "a try could not be written down", done.error(),
              {{"delivery", tried.what.row.id.uuid()}});
    if (outcome.reply) {
      // The reply could not be taken, so the endpoint is asked again, by the schedule.
      try_outcome failed = outcome;
      failed.delivered = false;
      failed.reply.reset();
      failed.error = "reply_not_taken";
      return record(tried, std::move(failed));
    }
    return leave(tried, env.time.now() + pause_after_failure);
  }
  crash_point("delivery_recorded");
  switch (done->what) {
    case after_try::delivered: delivered.add(); break;
    case after_try::retried: retried.add(); break;
    case after_try::dead: dead.add(); break;
    case after_try::ignored: break;
  }
  if (done->switched_off) {
    log_line(log_level::warn, "a webhook was switched off",
             {{"webhook", tried.to->id.uuid()}, {"last", outcome.error}});
    look(tried.to->organization, tried.to->id);
  }
  leave(tried, done->next_at);
}

// Gives the lane back what the try held.
void webhook_dispatcher::core::leave(const delivery_in_hand& tried,
                                     std::optional<timestamp> next_at) {
  --trying;
  const auto found = lanes.find(tried.to->id);
  if (found == lanes.end()) return pump();
  delivery_lane& lane = found->second;
  --lane.trying;
  lane.in_hand.erase(tried.what.row.id);
  if (lane.looking) lane.just_ended.insert(tried.what.row.id);
  if (next_at) {
    lane.next_at = lane.next_at ? std::min(*lane.next_at, *next_at) : *next_at;
    wake_at(*next_at);
  }
  queue(lane);
  forget_idle(tried.to->id);
  pump();
}

}  // namespace dialplane
