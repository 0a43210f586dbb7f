#include "workflow/texts/received_sweep.hpp"

#include <algorithm>
#include <atomic>
#include <charconv>
#include <string>
#include <utility>
#include <vector>

#include "base/log.hpp"
#include "store/inbox_queries.hpp"
#include "store/message_queries.hpp"
#include "workflow/texts/process_inbox.hpp"

namespace dialplane {

namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

constexpr milliseconds overlap = 10min;
constexpr milliseconds furthest_back = 3 * 24h;  // after a long stop; carriers keep texts longer
constexpr std::size_t pages_max = 1'000;         // of one account and question

std::string setting_of(std::string_view account) {
  return "received_sweep." + std::string(account);
}

// Stored as its webhook would be, and understood in the same transaction. False: it is here, or is
// for nobody here.
result<bool> take_swept_text(session& work, workflow_environment& env, const std::string& account,
                             const carrier_news& news, processed_entry& into) {
  if (news.kind != carrier_news_kind::text_received || news.carrier_message_id.empty()) {
    return false;
  }
  TRY_ASSIGN(const auto known, work.messages().find_by_carrier_id(
                                   account, message_direction::inbound, news.carrier_message_id));
  if (known) return false;
  TRY_ASSIGN(const auto receiver, work.numbers().find_live_by_e164(news.to));
  // An account may have other numbers, and numbers that were not ours yet.
  if (!receiver || receiver->carrier != account || news.at < receiver->created_at) return false;
  inbox_entry entry;
  entry.id = env.ids.make<inbox_entry_id>();
  entry.carrier = account;
  entry.event_key = "swept:" + news.carrier_message_id;
  entry.received_at = env.time.now();
  entry.next_try_at = entry.received_at;
  entry.updated_at = entry.received_at;
  TRY_ASSIGN(const bool is_new, work.inbox().insert_if_new(entry));
  if (!is_new) return false;
  TRY_ASSIGN(processed_entry done, process_entry(work, env, entry, {news}));
  std::ranges::move(done.received, std::back_inserter(into.received));
  into.answers_wait = into.answers_wait || done.answers_wait;
  return true;
}

}  // namespace

struct received_sweep::core : std::enable_shared_from_this<core> {
  core(workflow_environment& environment, event_loop& on, send_queue& its_texts,
       text_waiters& its_waiters, milliseconds chosen)
      : env(environment),
        loop(on),
        texts(its_texts),
        waiters(its_waiters),
        interval(chosen),
        found(env.metrics.counters("dialplane_texts_swept_total",
                                   "Received texts whose webhook never came.", {"carrier"})) {}

  void begin_round();
  void next_account();
  void ask_from(std::string account, timestamp since);
  void ask(std::optional<std::string> cursor);
  void take(result<received_texts_page> page);
  void page_taken(const processed_entry& done, std::optional<std::string> next);
  void account_done();

  workflow_environment& env;
  event_loop& loop;
  send_queue& texts;
  text_waiters& waiters;
  const milliseconds interval;
  metric_family<counter>& found;
  std::atomic<bool> stopped{false};
  std::vector<std::string> left;   // accounts of this round
  std::string account;             // that is being asked
  timestamp since{};
  timestamp asked_at{};
  std::size_t pages = 0;
};

void received_sweep::core::begin_round() {
  left.clear();
  for (const carrier* one : env.carriers.all()) {
    if (one->abilities().lists_texts) left.push_back(one->abilities().name);
  }
  next_account();
}

void received_sweep::core::next_account() {
  if (stopped) return;
  if (left.empty()) {
    loop.post_after(interval, [self = shared_from_this()] {
      if (!self->stopped) self->begin_round();
    });
    return;
  }
  std::string name = std::move(left.back());
  left.pop_back();
  env.database.read<std::optional<std::string>>(
      [key = setting_of(name)](session& work) { return work.organizations().setting(key); },
      [self = shared_from_this(), name](result<std::optional<std::string>> last) {
        if (!last) return self->next_account();
        const timestamp now = self->env.time.now();
        timestamp since = now + -overlap;
        if (*last) {
          timestamp then;
          std::from_chars((**last).data(), (**last).data() + (**last).size(), then.unix_ms);
          since = std::max(then + -overlap, now + -furthest_back);
        }
        self->ask_from(name, since);
      });
}

void received_sweep::core::ask_from(std::string name, timestamp from) {
  account = std::move(name);
  since = from;
  asked_at = env.time.now();
  pages = 0;
  ask(std::nullopt);
}

void received_sweep::core::ask(std::optional<std::string> cursor) {
  carrier* asked = env.carriers.find(account);
  if (asked == nullptr || ++pages > pages_max) return next_account();
  asked->received_texts(since, std::move(cursor),
                        [self = shared_from_this()](result<received_texts_page> page) {
                          if (!self->stopped) self->take(std::move(page));
                        });
}

void received_sweep::core::take(result<received_texts_page> page) {
  if (!page) {
    log_error(log_level::warn, "received texts not asked for", page.error(),
              {{"carrier", account}});
    return next_account();  // from the same time on, next round
  }
  env.database.write<processed_entry>(
      [this, name = account, some = std::move(page->texts)](session& work)
          -> result<processed_entry> {
        processed_entry taken;
        for (const carrier_news& one : some) TRY(take_swept_text(work, env, name, one, taken));
        return taken;
      },
      [self = shared_from_this(),
       next = std::move(page->next_cursor)](result<processed_entry> taken) mutable {
        if (!taken) {
          log_error(log_level::error, "received texts not stored", taken.error());
          return self->next_account();
        }
        self->page_taken(*taken, std::move(next));
      });
}

void received_sweep::core::page_taken(const processed_entry& done,
                                      std::optional<std::string> next) {
  found.with({account}).add(done.received.size());
  for (const message& received : done.received) waiters.arrived(received);
  if (done.answers_wait) texts.kick();
  if (stopped) return;
  if (next) return ask(std::move(next));
  account_done();
}

void received_sweep::core::account_done() {
  env.database.write<void>(
      [key = setting_of(account), at = std::to_string(asked_at.unix_ms)](session& work) {
        return work.organizations().put_setting(key, at);
      },
      [self = shared_from_this()](result<void> kept) {
        if (!kept) log_error(log_level::error, "a question's time was not kept", kept.error());
        self->next_account();
      });
}

received_sweep::received_sweep(workflow_environment& env, event_loop& loop, send_queue& texts,
                               text_waiters& waiters, milliseconds interval)
    : core_(std::make_shared<core>(env, loop, texts, waiters, interval)) {}

received_sweep::~received_sweep() { stop(); }

void received_sweep::start() {
  if (core_->interval.count() == 0) return;
  core_->loop.post_after(std::min(core_->interval, milliseconds(10'000)),
                         [core = core_] {
                           if (!core->stopped) core->begin_round();
                         });
}

void received_sweep::stop() noexcept { core_->stopped = true; }

}  // namespace dialplane
