// How the dispatcher turns events into deliveries.
#include "base/crash_point.hpp"
#include "base/log.hpp"
#include "webhooks/dispatcher_core.hpp"

namespace dialplane {

namespace {

constexpr std::chrono::milliseconds keep_place_every{1'000};
// While nobody has an endpoint. The first event for the first endpoint may be so much late.
constexpr std::chrono::milliseconds rest_between_looks{100};

struct start_state {
  std::int64_t place = 0;
  std::vector<waiting_endpoint> waiting;
};

}  // namespace

void webhook_dispatcher::core::listen() {
  ticket = env.events.watch([weak = weak_from_this()] {
    if (const auto self = weak.lock()) self->fan_out();
  });
}

void webhook_dispatcher::core::begin() {
  listen();
  env.database.read<start_state>(
      [](session& work) -> result<start_state> {
        start_state found;
        TRY_ASSIGN(found.place, work.webhooks().fan_out_position());
        TRY_ASSIGN(found.waiting, work.webhooks().waiting());
        return found;
      },
      [self = shared_from_this()](result<start_state> found) {
        if (!found) {
          log_error(log_level::error, "webhooks could not begin", found.error());
          self->loop.post_after(pause_after_failure, [self] { self->begin(); });
          return;
        }
        self->place = self->kept_place = found->place;
        for (const waiting_endpoint& each : found->waiting) {
          self->look(each.organization, each.endpoint);
        }
        self->fanning = false;
        self->fan_out();
        self->refresh_figures();
      });
}

void webhook_dispatcher::core::fan_out() {
  if (stopping) return;
  if (fanning) {
    fan_again = true;
    return;
  }
  fanning = true;
  fan_again = false;
  units_before_look = env.database.statistics().written_units;
  env.database.read<fan_out_plan>(
      [from = place](session& work) { return plan_fan_out(work, from); },
      [self = shared_from_this()](result<fan_out_plan> plan) { self->on_plan(std::move(plan)); });
}

void webhook_dispatcher::core::on_plan(result<fan_out_plan> plan) {
  if (!plan) {
    log_error(log_level::error, "events could not be read for webhooks", plan.error());
    loop.post_after(pause_after_failure, [self = shared_from_this()] {
      self->fanning = false;
      self->fan_out();
    });
    return;
  }
  if (plan->nobody) return rest(plan->up_to);
  if (!ticket && !stopping) listen();
  if (!plan->deliveries.empty()) return write_plan(*std::move(plan));
  // Events that nobody asked for cost no write: their place is kept now and then.
  place = plan->up_to;
  fanning = false;
  if (place != kept_place) keep_place_later();
  if (plan->more || fan_again) fan_out();
}

// Without endpoints events go by unread. A look now and then finds the first one made, and costs
// less than being told of each commit.
void webhook_dispatcher::core::rest(std::int64_t up_to) {
  place = up_to;
  fanning = false;
  ticket.reset();
  if (place != kept_place) keep_place_later();
  if (std::exchange(resting, true)) return;
  loop.post_after(rest_between_looks, [self = shared_from_this()] {
    self->resting = false;
    const std::uint64_t units = self->env.database.statistics().written_units;
    // Nothing was written: no endpoint, either.
    if (units == self->units_before_look && !self->fanning && !self->stopping) {
      return self->rest(self->place);
    }
    self->fan_out();
  });
}

void webhook_dispatcher::core::write_plan(fan_out_plan plan) {
  const std::int64_t up_to = plan.up_to;
  const bool more = plan.more;
  env.database.write_repeatable<std::vector<reached_endpoint>>(
      [self = shared_from_this(), plan = std::move(plan)](session& work)
          -> result<std::vector<reached_endpoint>> {
        auto reached =
            write_fan_out(work, plan, self->env.ids, self->env.time.now());
        crash_point("delivery_written");
        return reached;
      },
      [self = shared_from_this(), up_to, more](result<std::vector<reached_endpoint>> reached) {
        if (!reached) {
          log_error(log_level::error, "deliveries could not be written", reached.error());
          self->loop.post_after(pause_after_failure, [self] {
            self->fanning = false;
            self->fan_out();
          });
          return;
        }
        crash_point("fan_out_committed");
        self->place = self->kept_place = up_to;
        self->fanning = false;
        for (const reached_endpoint& each : *reached) self->look(each.organization, each.endpoint);
        if (more || self->fan_again) self->fan_out();
      });
}

void webhook_dispatcher::core::keep_place_later() {
  if (std::exchange(keeping_place, true)) return;
  loop.post_after(keep_place_every, [self = shared_from_this()] {
    self->keeping_place = false;
    // Writing a plan keeps the place with it.
    if (self->stopping || self->fanning || self->place == self->kept_place) return;
    const std::int64_t now = self->place;
    self->fanning = true;
    self->env.database.write_repeatable<bool>(
        [now](session& work) -> result<bool> {
          TRY(work.webhooks().set_fan_out_position(now));
          return true;
        },
        [self, now](result<bool> done) {
          if (done) self->kept_place = now;
          self->fanning = false;
          if (self->fan_again) self->fan_out();
        });
  });
}

}  // namespace dialplane
