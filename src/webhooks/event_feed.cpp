#include "webhooks/event_feed.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <future>
#include <map>
#include <mutex>
#include <utility>

#include "base/check.hpp"
#include "base/log.hpp"
#include "store/event_queries.hpp"

namespace dialplane {

namespace {

constexpr std::size_t events_read_at_once = 500;
constexpr std::chrono::milliseconds look_at_least_every{1'000};

using batch = std::shared_ptr<const std::vector<placed_event>>;

batch only_of(organization_id owner, const std::vector<placed_event>& all) {
  auto own = std::make_shared<std::vector<placed_event>>();
  std::ranges::copy_if(all, std::back_inserter(*own), [&](const placed_event& each) {
    return each.what.organization == owner;
  });
  return own;
}

}  // namespace

struct event_feed::subscription::inside {
  std::optional<organization_id> owner;
  event_loop* loop = nullptr;  // the listener's
  std::shared_ptr<std::atomic<int>> living;  // how many there are
  std::atomic<bool> ended{false};
  listener told;                   // touched on its loop only
  unique_function<void()> nudged;  // instead, of one that watches
  std::atomic<bool> nudge_is_coming{false};

  // Touched on the feed's loop only.
  std::int64_t position = 0;
  bool busy = false;  // a batch is in hand, or being read
};

struct event_feed::core : std::enable_shared_from_this<event_feed::core> {
  using member = std::shared_ptr<subscription::inside>;

  core(store& db, event_loop& on) : database(db), loop(on) {}

  // Where nobody is, nobody is told: whoever comes looks first.
  void hint() {
    if (*living == 0 || hinted.exchange(true)) return;
    loop.post([self = shared_from_this()] {
      self->hinted = false;
      self->look();
    });
  }

  void look_regularly() {
    if (stopped) return;
    look();
    if (members.empty()) pass_over();
    for (const member& each : members) serve(each);  // whoever could not be served before
    loop.post_after(look_at_least_every, [self = shared_from_this()] { self->look_regularly(); });
  }

  std::unique_ptr<subscription> add(std::shared_ptr<subscription::inside> fresh,
                                    void (core::*join)(member));
  void nudge();
  void pass_over();
  void look();
  void on_events(std::vector<placed_event> found);
  void join(member fresh);
  void join_watchers(member fresh);
  void serve(const member& to);
  void give(const member& to, batch news);
  void forget_ended();

  store& database;
  event_loop& loop;
  std::atomic<bool> stopped{false};
  std::atomic<bool> hinted{false};
  std::atomic<bool> started{false};
  std::atomic<std::int64_t> position{0};  // everything up to it has been read; rises on the loop

  const std::shared_ptr<std::atomic<int>> living = std::make_shared<std::atomic<int>>(0);

  // Touched on the loop only.
  std::vector<member> members;
  std::vector<member> watchers;
  bool looking = false;
  bool look_again = false;
};

void event_feed::core::look() {
  if (stopped) return;
  forget_ended();
  nudge();
  if (members.empty()) return;
  if (looking) {
    look_again = true;
    return;
  }
  looking = true;
  look_again = false;
  database.read<std::vector<placed_event>>(
      [from = position.load()](session& work) {
        return work.events().after(from, events_read_at_once);
      },
      [self = shared_from_this()](result<std::vector<placed_event>> found) {
        self->looking = false;
        if (!found) return log_error(log_level::error, "events not readable", found.error());
        const bool more = found->size() == events_read_at_once;
        if (!found->empty()) self->on_events(*std::move(found));
        if (more || self->look_again) self->look();
      });
}

// Nobody listens: whoever comes next is not to begin with what is long over.
void event_feed::core::pass_over() {
  if (looking) return;
  looking = true;
  look_again = false;
  database.read<std::int64_t>(
      [](session& work) { return work.events().last_position(); },
      [self = shared_from_this()](result<std::int64_t> newest) {
        self->looking = false;
        if (!newest) return log_error(log_level::error, "events not readable", newest.error());
        self->position = std::max<std::int64_t>(self->position, *newest);
        // Who has come meanwhile is served from where it began.
        for (const member& each : self->members) self->serve(each);
        if (self->look_again) self->look();
      });
}

void event_feed::core::nudge() {
  for (const member& each : watchers) {
    if (each->nudge_is_coming.exchange(true)) continue;
    each->loop->post([to = each] {
      to->nudge_is_coming = false;
      if (to->ended) return;
      // Out of its place while it runs: it may end its own subscription.
      auto nudged = std::move(to->nudged);
      nudged();
      if (!to->ended) to->nudged = std::move(nudged);
    });
  }
}

void event_feed::core::on_events(std::vector<placed_event> found) {
  const std::int64_t before = position;
  const std::int64_t now = found.back().position;
  const batch everyones = std::make_shared<const std::vector<placed_event>>(std::move(found));
  std::map<organization_id, batch> per_owner;
  forget_ended();
  for (const member& each : members) {
    // The others are served from the store when they have done what they have in hand.
    if (each->busy || each->position != before) continue;
    each->position = now;
    if (!each->owner) {
      give(each, everyones);
      continue;
    }
    batch& own = per_owner[*each->owner];
    if (!own) own = only_of(*each->owner, *everyones);
    if (!own->empty()) give(each, own);
  }
  position = now;
  // One that was served from the store while this was read may be some events short of it.
  for (const member& each : members) serve(each);
}

void event_feed::core::forget_ended() {
  for (auto* all : {&members, &watchers}) {
    std::erase_if(*all, [](const member& each) { return each->ended.load(); });
  }
}

void event_feed::core::join(member fresh) {
  members.push_back(fresh);
  serve(fresh);
  look();  // nobody may have been there when what it waits for was committed
}

void event_feed::core::join_watchers(member fresh) {
  watchers.push_back(std::move(fresh));
  nudge();
}

// Reads for one that has fallen behind.
void event_feed::core::serve(const member& to) {
  if (stopped || to->busy || to->ended || to->position >= position) return;
  to->busy = true;
  database.read<std::vector<placed_event>>(
      [from = to->position](session& work) {
        return work.events().after(from, events_read_at_once);
      },
      [self = shared_from_this(), to](result<std::vector<placed_event>> found) {
        to->busy = false;
        // Tried again at the next regular look.
        if (!found) return log_error(log_level::error, "events not readable", found.error());
        if (found->empty()) return;
        to->position = found->back().position;
        const batch news = to->owner ? only_of(*to->owner, *found)
                                     : std::make_shared<const std::vector<placed_event>>(
                                           *std::move(found));
        if (news->empty()) return self->serve(to);
        self->give(to, news);
      });
}

void event_feed::core::give(const member& to, batch news) {
  to->busy = true;
  to->loop->post([self = shared_from_this(), to, news = std::move(news)] {
    if (to->ended) return;
    // Out of its place while it runs: it may end its own subscription.
    listener told = std::move(to->told);
    told(*news);
    if (to->ended) return;
    to->told = std::move(told);
    self->loop.post([self, to] {
      to->busy = false;
      self->serve(to);
    });
  });
}

event_feed::event_feed(store& database, event_loop& loop)
    : core_(std::make_shared<core>(database, loop)) {
  database.watch_events([weak = std::weak_ptr(core_)] {
    if (const auto alive = weak.lock(); alive && alive->started) alive->hint();
  });
}

event_feed::~event_feed() { stop(); }

result<void> event_feed::start() {
  CHECK(event_loop::current() == nullptr);
  std::promise<result<std::int64_t>> read;
  core_->database.read<std::int64_t>(
      [](session& work) { return work.events().last_position(); },
      [&read](result<std::int64_t> newest) { read.set_value(std::move(newest)); });
  TRY_ASSIGN(const std::int64_t newest, read.get_future().get());
  core_->position = newest;
  core_->started = true;
  core_->loop.post([self = core_] { self->look_regularly(); });
  return {};
}

void event_feed::stop() noexcept { core_->stopped = true; }

std::unique_ptr<event_feed::subscription> event_feed::core::add(
    std::shared_ptr<subscription::inside> fresh, void (core::*join)(member)) {
  CHECK(started && event_loop::current() != nullptr);
  fresh->loop = event_loop::current();
  fresh->living = living;
  fresh->position = position;
  ++*living;
  loop.post([self = shared_from_this(), fresh, join] { ((*self).*join)(fresh); });
  return std::make_unique<subscription>(std::move(fresh));
}

std::unique_ptr<event_feed::subscription> event_feed::subscribe(
    std::optional<organization_id> owner, listener told) {
  auto inside = std::make_shared<subscription::inside>();
  inside->owner = owner;
  inside->told = std::move(told);
  return core_->add(std::move(inside), &core::join);
}

std::unique_ptr<event_feed::subscription> event_feed::watch(unique_function<void()> told) {
  auto inside = std::make_shared<subscription::inside>();
  inside->nudged = std::move(told);
  return core_->add(std::move(inside), &core::join_watchers);
}

event_feed::subscription::subscription(std::shared_ptr<inside> of) noexcept
    : inside_(std::move(of)) {}

// What the listener holds goes on its own loop.
event_feed::subscription::~subscription() {
  inside_->ended = true;
  --*inside_->living;
  const auto let_go = [inside = inside_] {
    inside->told = nullptr;
    inside->nudged = nullptr;
  };
  if (event_loop::current() == inside_->loop) {
    let_go();
  } else {
    inside_->loop->post(let_go);
  }
}

}  // namespace dialplane
