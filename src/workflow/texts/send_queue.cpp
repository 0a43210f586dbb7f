#include "workflow/texts/send_queue.hpp"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <unordered_set>

#include "base/check.hpp"
#include "base/crash_point.hpp"
#include "base/log.hpp"
#include "store/message_queries.hpp"
#include "workflow/texts/inbound_keywords.hpp"
#include "workflow/texts/settle_text.hpp"

namespace dialplane {

namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

constexpr std::size_t under_way_max = 2'000;
constexpr milliseconds lease_time = 60s;
constexpr milliseconds in_process_wait_max = 2s;
constexpr milliseconds longest_backoff = 30s;
constexpr milliseconds first_look_pause = 100ms;
constexpr milliseconds store_retry = 1s;
constexpr milliseconds busy_pause = 200ms;
// With the longest back-off: about a quarter of an hour.
constexpr std::int64_t attempts_max = 36;

constexpr std::string_view no_answer_words =
    "The carrier did not say whether it took this text, and it cannot be looked up there.";

}  // namespace

// What texts under way share.
class send_queue_core : public std::enable_shared_from_this<send_queue_core> {
 public:
  send_queue_core(workflow_environment& environment, runner& its_jobs)
      : env(environment), jobs(its_jobs) {}

  bool enter(message_id id) {
    const std::lock_guard lock(mutex);
    return under_way.insert(id).second;
  }
  void leave(message_id id) {
    const std::lock_guard lock(mutex);
    under_way.erase(id);
  }
  bool is_full() {
    const std::lock_guard lock(mutex);
    return under_way.size() >= under_way_max;
  }
  void resume(const job& due);
  void put_back(job_id id);

  workflow_environment& env;
  runner& jobs;
  std::atomic<bool> stopped{false};
  std::mutex mutex;
  std::unordered_set<message_id> under_way;
};

namespace {

// One text while this process works on it. Belongs to nobody but its own pending callback.
class text_run : public std::enable_shared_from_this<text_run> {
 public:
  text_run(std::shared_ptr<send_queue_core> core, message row, job its_job, std::string campaign)
      : core_(std::move(core)),
        row_(std::move(row)),
        job_(its_job),
        campaign_(std::move(campaign)) {}
  ~text_run() { core_->leave(row_.id); }
  text_run(const text_run&) = delete;
  text_run& operator=(const text_run&) = delete;

  void resume();
  void call();

 private:
  using unit = unique_function<result<void>(session&, message&)>;
  enum class next { nothing, call, look_up };

  workflow_environment& env() { return core_->env; }
  carrier* seller() { return env().carriers.find(row_.carrier); }
  void write(unit change, unique_function<void()> then);
  void prepare();
  void take_outcome(result<text_receipt> outcome);
  void settle(std::string carrier_message_id);
  void fail(std::string code, std::string words);
  result<void> note_opt_out(session& work, const message& now);
  void try_again_later(const error& why);
  void note_unknown(const error& why);
  void look_up();
  void take_look_up(result<std::optional<text_receipt>> found, timestamp asked_at);
  void look_again();
  void send_again();
  void give_up_until_lease_ends(const error& why);
  result<void> go_or_wait(session& work, message& now);
  result<void> put_off(session& work, message& row, timestamp until);
  milliseconds backoff() const;

  std::shared_ptr<send_queue_core> core_;
  message row_;
  job job_;
  std::string campaign_;
  std::int64_t looks_ = 0;
  bool left_ = false;  // the job was put back or removed in the unit that runs
};

// Runs `change` on the row as the store has it. A text that has ended meanwhile (the carrier told
// of it first) only loses its job.
void text_run::write(unit change, unique_function<void()> then) {
  struct outcome {
    message row;
    bool goes_on = false;
  };
  if (core_->stopped) return;
  left_ = false;
  env().database.write<outcome>(
      [this, self = shared_from_this(), change = std::move(change)](session& work) mutable
      -> result<outcome> {
        TRY_ASSIGN(std::optional<message> present, work.messages().find_any(row_.id));
        if (!present) return internal_fault("a text under way is gone");
        if (present->step == send_step::ended) {
          TRY(work.jobs().remove(job_.id));
          return outcome{*std::move(present), false};
        }
        TRY(change(work, *present));
        if (present->step == send_step::ended) TRY(work.jobs().remove(job_.id));
        return outcome{*std::move(present), true};
      },
      [self = shared_from_this(), then = std::move(then)](result<outcome> done) mutable {
        if (!done) return self->give_up_until_lease_ends(done.error());
        self->row_ = std::move(done->row);
        if (done->goes_on && then) then();
      });
}

void text_run::resume() {
  switch (row_.step) {
    case send_step::accepted: return prepare();
    case send_step::intent_written:
      return note_unknown(outcome_unknown(error_code::carrier_outcome_unknown,
                                          "The process ended while it sent this text.", ""));
    case send_step::outcome_unknown: return look_up();
    case send_step::ended: return write({}, {});
  }
}

result<void> text_run::put_off(session& work, message& row, timestamp until) {
  row.updated_at = env().time.now();
  TRY(work.messages().update(row));
  TRY(work.jobs().put_back(job_.id, until, row.attempts));
  left_ = true;
  return {};
}

// The last look before it leaves: the rules may have changed while it waited.
result<void> text_run::go_or_wait(session& work, message& now) {
  const result<std::optional<timestamp>> leaves = leave_now(work, env(), now);
  if (!leaves) {
    const error& why = leaves.error();
    if (why.kind != error_class::refused) return why;
    return settle_unsent(work, env(), now, name_of(why.code), why.message);
  }
  TRY_ASSIGN(const std::optional<number> sender, work.numbers().find(now.organization, now.number));
  if (!sender) return internal_fault("a text's number is gone");
  if (*leaves) {
    now.queued_until = *leaves;
    return put_off(work, now, **leaves);
  }
  TRY_ASSIGN(campaign_, campaign_reference_of(work, *sender));
  now.step = send_step::intent_written;
  now.intent_at = env().time.now();
  now.queued_until.reset();
  now.updated_at = *now.intent_at;
  TRY(work.messages().update(now));
  return work.jobs().extend_lease(job_.id, *now.intent_at + lease_time);
}

void text_run::prepare() {
  write([this](session& work, message& now) { return go_or_wait(work, now); },
        [self = shared_from_this()] {
          if (self->left_) return self->core_->jobs.kick();
          if (self->row_.step != send_step::intent_written) return;
          crash_point("text_intent_committed");
          self->call();
        });
}

void text_run::call() {
  carrier* through = seller();
  if (through == nullptr) {
    return fail("carrier_gone", "The carrier of this number is not configured any more.");
  }
  through->send_text(
      {row_.id.prefixed(), row_.from, row_.to, row_.body, row_.media_urls, campaign_},
      [self = shared_from_this()](result<text_receipt> outcome) {
        self->take_outcome(std::move(outcome));
      });
}

void text_run::take_outcome(result<text_receipt> outcome) {
  if (outcome) {
    crash_point("text_sent_unrecorded");
    return settle(std::move(outcome->carrier_message_id));
  }
  const error& why = outcome.error();
  switch (why.kind) {
    case error_class::not_done: return try_again_later(why);
    case error_class::unknown: return note_unknown(why);
    case error_class::refused:
    case error_class::conflict: {
      const bool opted_out = why.code == error_code::recipient_opted_out;
      return fail(opted_out ? std::string(name_of(why.code)) : "carrier_refused", why.message);
    }
  }
}

void text_run::settle(std::string carrier_message_id) {
  write(
      [this, id = std::move(carrier_message_id)](session& work, message& now) {
        return settle_sent(work, env(), now, id);
      },
      [] { crash_point("text_settled"); });
}

void text_run::fail(std::string code, std::string words) {
  write(
      [this, code = std::move(code), words = std::move(words)](session& work,
                                                               message& now) -> result<void> {
        if (code == name_of(error_code::recipient_opted_out)) TRY(note_opt_out(work, now));
        return settle_unsent(work, env(), now, code, words);
      },
      [] { crash_point("text_settled"); });
}

// The carrier knows of a STOP that never reached us.
result<void> text_run::note_opt_out(session& work, const message& now) {
  TRY_ASSIGN(const auto sender, work.numbers().find(now.organization, now.number));
  if (!sender) return {};
  return take_carrier_choice(work, env(), *sender, now.to, true, env().time.now());
}

milliseconds text_run::backoff() const {
  const std::int64_t doublings = std::min<std::int64_t>(row_.attempts, 12);
  const milliseconds base =
      std::min<milliseconds>(milliseconds(100) * (1LL << doublings), longest_backoff);
  // The id's random part spreads texts that failed together.
  return base + base * row_.id.bytes[15] / 1024;
}

void text_run::try_again_later(const error& why) {
  if (row_.attempts + 1 >= attempts_max) {
    return fail("carrier_unavailable", "The carrier could not be reached for a long time.");
  }
  log_error(log_level::debug, "text not taken", why, {{"message", row_.id.uuid()}});
  write(
      [this, until = env().time.now() + backoff()](session& work, message& now) {
        now.step = send_step::accepted;
        now.intent_at.reset();
        ++now.attempts;
        return put_off(work, now, until);
      },
      [self = shared_from_this()] { self->core_->jobs.kick(); });
}

void text_run::note_unknown(const error& why) {
  log_error(log_level::warn, "outcome of a text unknown", why, {{"message", row_.id.uuid()}});
  write(
      [this](session& work, message& now) -> result<void> {
        now.step = send_step::outcome_unknown;
        now.intent_at = env().time.now();  // from here the settling time runs
        now.updated_at = *now.intent_at;
        TRY(work.messages().update(now));
        return work.jobs().extend_lease(job_.id, *now.intent_at + lease_time);
      },
      [self = shared_from_this()] { self->look_up(); });
}

void text_run::look_up() {
  carrier* through = seller();
  if (through == nullptr) return fail("outcome_unknown", std::string(no_answer_words));
  const timestamp asked_at = env().time.now();
  through->look_up_text(row_.id.prefixed(), row_.from, row_.to,
                        [self = shared_from_this(),
                         asked_at](result<std::optional<text_receipt>> found) {
                          self->take_look_up(std::move(found), asked_at);
                        });
}

void text_run::take_look_up(result<std::optional<text_receipt>> found,
                                  timestamp asked_at) {
  if (found && *found) return settle(std::move((*found)->carrier_message_id));
  const carrier* through = seller();
  const milliseconds waited = asked_at - row_.intent_at.value_or(asked_at);
  // Read now, not before: the carrier may have stretched its word meanwhile.
  const bool is_over = through == nullptr || waited > through->abilities().text_settling_time;
  if (found && is_over) return send_again();
  const bool never_told = !found && found.error().kind == error_class::refused;
  if (never_told && is_over) return fail("outcome_unknown", std::string(no_answer_words));
  look_again();
}

// Surely absent: the carrier does not have it, so it may go once more.
void text_run::send_again() {
  write(
      [this](session& work, message& now) {
        now.step = send_step::accepted;
        now.intent_at.reset();
        ++now.attempts;
        return put_off(work, now, env().time.now());
      },
      [self = shared_from_this()] { self->core_->jobs.kick(); });
}

void text_run::look_again() {
  const milliseconds pause =
      std::min<milliseconds>(first_look_pause * (1LL << std::min<std::int64_t>(looks_++, 9)),
                             longest_backoff);
  event_loop* here = event_loop::current();
  CHECK(here != nullptr);
  if (pause <= in_process_wait_max) {
    return here->post_after(pause, [self = shared_from_this()] { self->look_up(); });
  }
  write(
      [this, until = env().time.now() + pause](session& work, message& now) {
        return put_off(work, now, until);
      },
      {});
}

// The store did not take it. Its present truth decides how the text goes on.
void text_run::give_up_until_lease_ends(const error& why) {
  log_error(log_level::error, "sending interrupted", why, {{"message", row_.id.uuid()}});
  event_loop* here = event_loop::current();
  if (here == nullptr || core_->stopped) return;
  here->post_after(store_retry, [core = core_, id = job_.id, due = env().time.now()] {
    core->env.database.write<bool>(
        [id, due](session& work) -> result<bool> {
          TRY(work.jobs().put_back(id, due, 1));
          return true;
        },
        [core](result<bool>) { core->jobs.kick(); });
  });
}

}  // namespace

// Its run has put the job back and is about to end, or has been at it for longer than the lease.
void send_queue_core::put_back(job_id id) {
  env.database.write<bool>(
      [id, at = env.time.now() + busy_pause](session& work) -> result<bool> {
        TRY(work.jobs().put_back(id, at, 0));
        return true;
      },
      [](result<bool>) {});
}

void send_queue_core::resume(const job& due) {
  const message_id id{due.subject};
  if (stopped) return;
  if (!enter(id)) return put_back(due.id);
  env.database.read<std::optional<message>>(
      [id](session& work) { return work.messages().find_any(id); },
      [self = shared_from_this(), due, id](result<std::optional<message>> found) {
        if (!found || !*found) {
          self->leave(id);
          if (!found) log_error(log_level::error, "text not read", found.error());
          return;
        }
        std::make_shared<text_run>(self, **std::move(found), due, std::string())->resume();
      });
}

send_queue::send_queue(workflow_environment& env, runner& jobs)
    : core_(std::make_shared<send_queue_core>(env, jobs)) {
  jobs.handle_jobs(job_kind_name::send_text, [core = core_](const job& due) { core->resume(due); });
}

send_queue::~send_queue() { stop(); }

std::optional<timestamp> send_queue::lease() const {
  if (core_->stopped || core_->is_full()) return std::nullopt;
  return core_->env.time.now() + lease_time;
}

void send_queue::start(accepted_text fresh) {
  crash_point("text_accept_committed");
  if (!fresh.first_job.leased_until) return kick();
  crash_point("text_intent_committed");
  const bool entered = core_->enter(fresh.row.id);
  CHECK(entered);
  std::make_shared<text_run>(core_, std::move(fresh.row), fresh.first_job,
                                   std::move(fresh.campaign_reference))
      ->call();
}

void send_queue::kick() { core_->jobs.kick(); }

void send_queue::stop() noexcept { core_->stopped = true; }

}  // namespace dialplane
