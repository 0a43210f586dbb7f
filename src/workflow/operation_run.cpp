#include "workflow/operation_run.hpp"

#include <algorithm>

#include "base/check.hpp"
#include "base/crash_point.hpp"
#include "base/log.hpp"
#include "workflow/operations/attach_number.hpp"
#include "workflow/operations/detach_number.hpp"
#include "workflow/operations/end_campaign.hpp"
#include "workflow/operations/import_number.hpp"
#include "workflow/operations/move_number.hpp"
#include "workflow/operations/provision_number.hpp"
#include "workflow/operations/register_brand.hpp"
#include "workflow/operations/register_campaign.hpp"
#include "workflow/operations/release_number.hpp"

namespace dialplane {

namespace {
// Longer waits go through the queue, well within the lease.
constexpr std::chrono::milliseconds in_process_wait_max{2'000};
constexpr std::chrono::milliseconds store_retry{1'000};

// The crash point behind the last commit of each kind.
std::string_view committed_point(operation_kind kind) {
  switch (kind) {
    case operation_kind::provision_number: return "settle_committed";
    case operation_kind::release_number: return "release_committed";
    case operation_kind::register_brand: return "brand_committed";
    case operation_kind::register_campaign: return "campaign_committed";
    case operation_kind::attach_number: return "attach_committed";
    case operation_kind::end_campaign: return "end_committed";
    case operation_kind::import_number: return "import_committed";
  }
  CHECK(false);
}
}  // namespace

operation_run::operation_run(std::shared_ptr<runner_core> core, operation its_row, job its_job,
                             bool was_resumed)
    : row(std::move(its_row)),
      resumed(was_resumed),
      core_(std::move(core)),
      job_(std::move(its_job)) {}

carrier& operation_run::seller() const {
  carrier* found = env().carriers.find(row.carrier);
  CHECK(found != nullptr);
  return *found;
}

void operation_run::save(std::string_view step, std::string_view detail, event_loop::task then) {
  row.updated_at = now();
  env().database.write_repeatable<bool>(
      [copy = row, step = std::string(step), detail = std::string(detail),
       lease = core_->fresh_lease(), id = job_.id](session& work) -> result<bool> {
        TRY(work.operations().update(copy));
        TRY(work.operations().add_step(copy.id, step, detail, copy.updated_at));
        TRY(work.jobs().extend_lease(id, lease));
        return true;
      },
      [self = shared_from_this(), then = std::move(then)](result<bool> saved) mutable {
        if (!saved) return self->give_up_until_lease_ends(saved.error());
        then();
      });
}

void operation_run::save(std::string_view step, std::string_view detail, unit also,
                         event_loop::task then) {
  row.updated_at = now();
  env().database.write<operation>(
      [copy = row, step = std::string(step), detail = std::string(detail),
       lease = core_->fresh_lease(), id = job_.id,
       also = std::move(also)](session& work) mutable -> result<operation> {
        TRY(also(work, copy));
        TRY(work.operations().update(copy));
        TRY(work.operations().add_step(copy.id, step, detail, copy.updated_at));
        TRY(work.jobs().extend_lease(id, lease));
        return copy;
      },
      [self = shared_from_this(), then = std::move(then)](result<operation> saved) mutable {
        if (!saved) return self->give_up_until_lease_ends(saved.error());
        self->row = *std::move(saved);
        then();
      });
}

void operation_run::finish_with(std::shared_ptr<unit> last) {
  row.updated_at = now();
  env().database.write_repeatable<operation>(
      [open = row, id = job_.id, last = std::move(last)](session& work) -> result<operation> {
        operation ended = open;
        TRY((*last)(work, ended));
        CHECK(ended.state != operation_state::open);
        TRY(work.operations().update(ended));
        TRY(work.jobs().remove(id));
        return ended;
      },
      [self = shared_from_this()](result<operation> ended) {
        if (!ended) return self->give_up_until_lease_ends(ended.error());
        crash_point(committed_point(ended->kind));
        self->core_->ended(*std::move(ended));
        if (self->starts_others_) self->core_->kick();
      });
}

void operation_run::retry_in(std::chrono::milliseconds delay, event_loop::task then) {
  if (delay > in_process_wait_max || core_->stopping()) return leave(now() + delay);
  event_loop* here = event_loop::current();
  CHECK(here != nullptr);
  auto pause = std::make_shared<paused_run>(
      here, [self = shared_from_this(), then = std::move(then)]() mutable { then(); });
  const bool waits = core_->pauses(row.id, pause);
  here->post_after(waits ? delay : std::chrono::milliseconds(0),
                   [pause = std::move(pause)] { pause->end(); });
}

std::chrono::milliseconds operation_run::backoff(std::chrono::milliseconds most) const {
  const std::int64_t doublings = std::min<std::int64_t>(row.attempts, 12);
  const std::int64_t base_ms = std::min<std::int64_t>(100LL << doublings, most.count());
  // The id's random part spreads operations that failed together.
  const std::int64_t spread = row.id.bytes[15] * base_ms / 1024;
  return std::chrono::milliseconds(base_ms + spread);
}

void operation_run::leave(timestamp run_at) {
  row.updated_at = now();
  env().database.write<bool>(
      [copy = row, id = job_.id, run_at, attempts = job_.attempts + 1](
          session& work) -> result<bool> {
        TRY(work.operations().update(copy));
        TRY(work.jobs().put_back(id, run_at, attempts));
        return true;
      },
      [self = shared_from_this()](result<bool> put_back) {
        if (!put_back) return self->give_up_until_lease_ends(put_back.error());
        const bool hastened = self->core_->left(self->row.id);
        if (hastened) return self->core_->hasten(self->row.id);
        self->core_->kick();
      });
}

// The store did not take it. Its present truth decides how the operation goes on.
void operation_run::give_up_until_lease_ends(const error& why) {
  log_error(log_level::error, "operation interrupted", why, {{"operation", row.id.uuid()}});
  core_->left(row.id);
  if (core_->stopping()) return;
  core_->loop.post_after(store_retry, [core = core_, id = job_.id, due = now()] {
    core->env.database.write<bool>(
        [id, due](session& work) -> result<bool> {
          TRY(work.jobs().put_back(id, due, 1));
          return true;
        },
        [core](result<bool>) { core->kick(); });
  });
}

std::shared_ptr<operation_run> make_run(std::shared_ptr<runner_core> core, operation row,
                                        job its_job, bool resumed) {
  switch (row.kind) {
    case operation_kind::provision_number:
      return std::make_shared<provision_number_run>(std::move(core), std::move(row),
                                                    std::move(its_job), resumed);
    case operation_kind::release_number:
      if (row.request == detach_request) {
        return std::make_shared<detach_number_run>(std::move(core), std::move(row),
                                                   std::move(its_job), resumed);
      }
      return std::make_shared<release_number_run>(std::move(core), std::move(row),
                                                  std::move(its_job), resumed);
    case operation_kind::register_brand:
      return std::make_shared<register_brand_run>(std::move(core), std::move(row),
                                                  std::move(its_job), resumed);
    case operation_kind::register_campaign:
      return std::make_shared<register_campaign_run>(std::move(core), std::move(row),
                                                     std::move(its_job), resumed);
    case operation_kind::attach_number:
      return std::make_shared<attach_number_run>(std::move(core), std::move(row),
                                                 std::move(its_job), resumed);
    case operation_kind::end_campaign:
      return std::make_shared<end_campaign_run>(std::move(core), std::move(row),
                                                std::move(its_job), resumed);
    case operation_kind::import_number:
      if (row.request == move_request) {
        return std::make_shared<move_number_run>(std::move(core), std::move(row),
                                                 std::move(its_job), resumed);
      }
      return std::make_shared<import_number_run>(std::move(core), std::move(row),
                                                 std::move(its_job), resumed);
  }
  CHECK(false);
}

}  // namespace dialplane
