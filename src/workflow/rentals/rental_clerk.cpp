#include "workflow/rentals/rental_clerk.hpp"

#include <algorithm>
#include <atomic>

#include "base/crash_point.hpp"
#include "base/log.hpp"
#include "store/rental_queries.hpp"
#include "workflow/rentals/settle_rental.hpp"

namespace dialplane {

namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

constexpr std::size_t settled_at_once = 100;
constexpr milliseconds batch_pause = 50ms;  // two thousand a second at most
constexpr milliseconds look_every = 1s;
constexpr std::size_t walked_at_once = 1'000;
constexpr milliseconds walk_pause = 20ms;
constexpr milliseconds walk_every_most = 3'600s;
constexpr milliseconds walk_every_least = 250ms;

}  // namespace

struct rental_clerk::core : std::enable_shared_from_this<core> {
  core(workflow_environment& environment, event_loop& on, rental_rules chosen)
      : env(environment), loop(on), rules(chosen), outcomes(environment.metrics.counters(
            "dialplane_rentals_total", "Looks at rentals that were due, by what became of them.",
            {"outcome"})) {}

  void after(milliseconds delay, void (core::*work)()) {
    if (stopped) return;
    loop.post_after(delay, [self = shared_from_this(), work] {
      if (!self->stopped) ((*self).*work)();
    });
  }
  void look();
  void settle_due();
  void walk();
  void take_walked(const numbers_without_rental& found);
  void count(const std::vector<rental_outcome>& some);
  // Often enough that a number has its row well before its second month.
  milliseconds walk_every() const {
    if (rules.month.count() == 0) return walk_every_most;
    return std::clamp(rules.month / 8, walk_every_least, walk_every_most);
  }

  workflow_environment& env;
  event_loop& loop;
  const rental_rules rules;
  metric_family<counter>& outcomes;
  std::atomic<bool> stopped{false};
  rental_walk place{};
};

void rental_clerk::core::look() {
  env.database.read<bool>(
      [now = env.time.now()](session& work) -> result<bool> {
        TRY_ASSIGN(const auto due, work.rentals().due(now, 1));
        return !due.empty();
      },
      [self = shared_from_this()](result<bool> some) {
        if (self->stopped) return;
        if (!some) log_error(log_level::error, "rentals not read", some.error());
        if (some && *some) return self->settle_due();
        self->after(look_every, &core::look);
      });
}

void rental_clerk::core::settle_due() {
  env.database.write<std::vector<rental_outcome>>(
      [this](session& work) -> result<std::vector<rental_outcome>> {
        TRY_ASSIGN(auto due, work.rentals().due(env.time.now(), settled_at_once));
        std::vector<rental_outcome> settled;
        for (rental& row : due) {
          TRY_ASSIGN(settled.emplace_back(),
                     settle_rental(work, env, rules, std::move(row)));
        }
        return settled;
      },
      [self = shared_from_this()](result<std::vector<rental_outcome>> settled) {
        if (self->stopped) return;
        if (!settled) {
          log_error(log_level::error, "rentals not settled", settled.error());
          return self->after(look_every, &core::look);
        }
        if (!settled->empty()) crash_point("rental_committed");
        self->count(*settled);
        const bool more = settled->size() == settled_at_once;
        self->after(more ? batch_pause : look_every, &core::look);
      });
}

void rental_clerk::core::count(const std::vector<rental_outcome>& some) {
  static constexpr std::string_view names[] = {"charged", "unpaid", "suspended", "dropped",
                                               "waiting"};
  for (const rental_outcome one : some) {
    outcomes.with({names[static_cast<std::size_t>(one)]}).add();
  }
}

void rental_clerk::core::walk() {
  env.database.read<numbers_without_rental>(
      [after = place](session& work) {
        return work.rentals().without_rental(after, walked_at_once);
      },
      [self = shared_from_this()](result<numbers_without_rental> found) {
        if (self->stopped) return;
        if (!found) {
          log_error(log_level::error, "numbers without rental not read", found.error());
          return self->after(look_every, &core::walk);
        }
        self->take_walked(*found);
      });
}

void rental_clerk::core::take_walked(const numbers_without_rental& found) {
  place = found.next.value_or(rental_walk{});
  const milliseconds pause = found.next ? walk_pause : walk_every();
  if (found.numbers.empty()) return after(pause, &core::walk);
  env.database.write<void>(
      [this, numbers = found.numbers](session& work) -> result<void> {
        for (const number& one : numbers) {
          TRY_ASSIGN(const auto known, work.rentals().find(one.organization, one.id));
          if (known) continue;
          rental row = new_rental(one, rules, env.time.now());
          if (!monthly_rental(one, rules)) row.state = rental_state::exempt;
          TRY(work.rentals().put(row));
        }
        return {};
      },
      [self = shared_from_this(), pause](result<void> kept) {
        if (!kept) log_error(log_level::error, "rentals not begun", kept.error());
        self->after(pause, &core::walk);
      });
}

rental_clerk::rental_clerk(workflow_environment& env, event_loop& loop, rental_rules rules)
    : core_(std::make_shared<core>(env, loop, rules)) {}

rental_clerk::~rental_clerk() { stop(); }

void rental_clerk::start() {
  core_->after(milliseconds(0), &core::look);
  core_->after(milliseconds(0), &core::walk);
}

void rental_clerk::stop() noexcept { core_->stopped = true; }

}  // namespace dialplane
