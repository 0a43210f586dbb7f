#include "workflow/texts/carrier_inbox.hpp"

#include <algorithm>
#include <array>
#include <atomic>

#include "base/crash_point.hpp"
#include "base/log.hpp"
#include "store/inbox_queries.hpp"
#include "workflow/texts/process_inbox.hpp"

namespace dialplane {

namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

constexpr milliseconds look_every = 1s;
constexpr milliseconds heap_pause = 50ms;
constexpr std::size_t entries_per_look = 256;
// What is being processed is left alone by the looks for so long.
constexpr milliseconds fresh_time = 5s;
constexpr milliseconds forgetting_pause = 3'600s;
constexpr milliseconds processed_kept = 14 * 24 * 3'600s;  // carriers repeat for some days
constexpr std::size_t forgotten_at_once = 1'000;

// The pause after each failed try. A body that cannot be read will hardly change; what names
// something unknown may wait for a purchase, or for a carrier's late answer to us.
constexpr std::array<milliseconds, 4> unreadable_pauses = {50ms, 100ms, 200ms, 400ms};
constexpr std::array<milliseconds, 4> unknown_pauses = {200ms, 1s, 5s, 30s};

milliseconds pause_after(const error& why, std::int64_t attempts) {
  const bool unreadable =
      why.code == error_code::invalid_input || why.code == error_code::invalid_json;
  const auto& pauses = unreadable ? unreadable_pauses : unknown_pauses;
  const auto last = static_cast<std::int64_t>(pauses.size()) - 1;
  return pauses[static_cast<std::size_t>(std::clamp<std::int64_t>(attempts - 1, 0, last))];
}

// The store's own troubles say nothing about the entry.
bool is_about_entry(const error& why) {
  return why.kind == error_class::refused || why.kind == error_class::conflict ||
         why.code == error_code::internal_error;
}

}  // namespace

struct carrier_inbox::core : std::enable_shared_from_this<core> {
  core(workflow_environment& environment, event_loop& on, runner& its_operations,
       send_queue& its_texts, text_waiters& its_waiters)
      : env(environment),
        loop(on),
        operations(its_operations),
        texts(its_texts),
        waiters(its_waiters),
        events(environment.metrics.counters("dialplane_inbox_total",
                                            "Webhooks of carriers by what became of them.",
                                            {"outcome"})) {}

  void process(inbox_entry entry);
  void told(const processed_entry& done);
  void note_failure(inbox_entry entry, const error& why);
  void look(timestamp due_by);
  void forget();
  void after(milliseconds delay, unique_function<void(core&)> work) {
    loop.post_after(delay, [self = shared_from_this(), work = std::move(work)]() mutable {
      if (!self->stopped) work(*self);
    });
  }
  void count(std::string_view outcome) { events.with({outcome}).add(); }

  workflow_environment& env;
  event_loop& loop;
  runner& operations;
  send_queue& texts;
  text_waiters& waiters;
  metric_family<counter>& events;
  std::atomic<bool> stopped{false};
};

void carrier_inbox::core::process(inbox_entry entry) {
  carrier* teller = env.carriers.find(entry.carrier);
  if (teller == nullptr) {
    return note_failure(std::move(entry), refused(error_code::not_found,
                                                  "This carrier is not configured any more."));
  }
  // Read on this thread: the store's has enough to do.
  result<std::vector<carrier_news>> news = teller->read_webhook(entry.body);
  if (!news) return note_failure(std::move(entry), news.error());
  auto kept = std::make_shared<const inbox_entry>(std::move(entry));
  env.database.write<processed_entry>(
      [this, kept, news = *std::move(news)](session& work) {
        return process_entry(work, env, *kept, news);
      },
      [self = shared_from_this(), kept](result<processed_entry> done) {
        if (!done) return self->note_failure(*kept, done.error());
        crash_point("inbox_processed");
        self->told(*done);
      });
}

void carrier_inbox::core::told(const processed_entry& done) {
  count("processed");
  for (const message& received : done.received) waiters.arrived(received);
  if (done.answers_wait) texts.kick();
  for (const operation_id id : done.changed_orders) operations.hasten(id);
}

void carrier_inbox::core::note_failure(inbox_entry entry, const error& why) {
  if (!is_about_entry(why)) {  // the next look takes it up again
    return log_error(log_level::error, "inbox entry not processed", why,
                     {{"entry", entry.id.uuid()}});
  }
  ++entry.attempts;
  const bool is_over = entry.attempts >= attempts_max;
  const timestamp now = env.time.now();
  const milliseconds pause = pause_after(why, entry.attempts);
  entry.state = is_over ? inbox_state::set_aside : inbox_state::received;
  entry.last_error = why.message;
  entry.next_try_at = now + pause;
  entry.updated_at = now;
  if (is_over) {
    count("set_aside");
    log_error(log_level::warn, "inbox entry set aside", why, {{"entry", entry.id.uuid()}});
  }
  auto kept = std::make_shared<const inbox_entry>(std::move(entry));
  env.database.write<bool>(
      [kept](session& work) -> result<bool> {
        TRY_ASSIGN(const auto present, work.inbox().find(kept->id));
        if (!present || present->state != inbox_state::received) return false;
        TRY(work.inbox().note_attempt(*kept));
        return true;
      },
      [self = shared_from_this(), is_over, pause](result<bool> noted) {
        if (!noted) return log_error(log_level::error, "inbox entry not noted", noted.error());
        if (is_over || !*noted) return;
        // The looks come once a second; what has a shorter pause gets a look of its own.
        if (pause < look_every) {
          self->after(pause, [](core& own) { own.look(own.env.time.now()); });
        }
      });
}

void carrier_inbox::core::look(timestamp due_by) {
  env.database.read<std::vector<inbox_entry>>(
      [due_by](session& work) { return work.inbox().due(due_by, entries_per_look); },
      [self = shared_from_this()](result<std::vector<inbox_entry>> due) {
        if (!due) return log_error(log_level::error, "inbox not read", due.error());
        const bool more = due->size() == entries_per_look;
        for (inbox_entry& entry : *due) self->process(std::move(entry));
        // A heap that an earlier process left: on with it when these are probably done.
        if (more) self->after(heap_pause, [](core& own) { own.look(own.env.time.now()); });
      });
}

void carrier_inbox::core::forget() {
  env.database.write<std::int64_t>(
      [before = env.time.now() + -processed_kept](session& work) {
        return work.inbox().forget(before, forgotten_at_once);
      },
      [self = shared_from_this()](result<std::int64_t> forgotten) {
        if (!forgotten) log_error(log_level::error, "inbox not tidied", forgotten.error());
        const bool more = forgotten && *forgotten == static_cast<std::int64_t>(forgotten_at_once);
        self->after(more ? look_every : forgetting_pause, [](core& own) { own.forget(); });
      });
}

carrier_inbox::carrier_inbox(workflow_environment& env, event_loop& loop, runner& operations,
                             send_queue& texts, text_waiters& waiters)
    : core_(std::make_shared<core>(env, loop, operations, texts, waiters)) {}

carrier_inbox::~carrier_inbox() { stop(); }

void carrier_inbox::start() {
  struct watch {
    static void go_on(core& own) {
      own.look(own.env.time.now());
      own.after(look_every, [](core& next) { go_on(next); });
    }
  };
  core_->after(0ms, [](core& own) {
    // Whoever worked on these is dead.
    own.look(own.env.time.now() + fresh_time);
    own.after(look_every, [](core& next) { watch::go_on(next); });
    own.forget();
  });
}

void carrier_inbox::stop() noexcept { core_->stopped = true; }

void carrier_inbox::receive(std::string_view from_carrier, carrier_webhook received,
                            carrier_done<void> done) {
  const carrier* teller = core_->env.carriers.find(from_carrier);
  if (teller == nullptr) {
    return done(refused(error_code::not_found, "There is no such carrier here."));
  }
  result<verified_webhook> verified = teller->verify_webhook(received);
  if (!verified) {
    core_->count("not_verified");
    return done(std::move(verified).error());
  }
  const timestamp now = core_->env.time.now();
  auto entry = std::make_shared<inbox_entry>();
  entry->id = core_->env.ids.make<inbox_entry_id>();
  entry->carrier = from_carrier;
  entry->event_key = std::move(verified->event_key);
  entry->body = std::move(received.body);
  entry->received_at = now;
  entry->next_try_at = now + fresh_time;
  entry->updated_at = now;
  core_->env.database.write<bool>(
      [entry](session& work) { return work.inbox().insert_if_new(*entry); },
      [core = core_, entry, done = std::move(done)](result<bool> is_new) mutable {
        if (!is_new) return done(std::move(is_new).error());
        crash_point("inbox_committed");
        core->count(*is_new ? "accepted" : "repeated");
        done({});
        if (*is_new && !core->stopped) core->process(std::move(*entry));
      });
}

}  // namespace dialplane
