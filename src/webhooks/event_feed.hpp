// Events of this installation as they are committed, for those in this process who wait: the
// sender of webhooks, open event streams, long polls.
//
// One reader follows the outbox by position: woken by the store after each commit with events, and
// now and then by itself, so that no lost hint loses an event. Listeners get every event committed
// after they subscribed, in order, on their own loop (the first call may bring a few that were
// committed just before: tell them apart by position). Whoever needs older ones subscribes first
// and then reads the store. A listener has one batch in hand at most; one that falls behind is
// served from the store, so a slow one costs no memory. While nobody listens, nothing is read.
// Owned by server/; never writes.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "base/error.hpp"
#include "base/event_loop.hpp"
#include "base/unique_function.hpp"
#include "domain/event.hpp"
#include "store/store.hpp"

namespace dialplane {

class event_feed {
 public:
  // Ends the subscription when destroyed; the listener runs no more after that on its own loop.
  class subscription;
  using listener = unique_function<void(const std::vector<placed_event>&)>;

  // `loop` is where the outbox is read. Both must outlive the feed. The store's one watcher of
  // events from now on.
  event_feed(store& database, event_loop& loop);
  ~event_feed();
  event_feed(const event_feed&) = delete;
  event_feed& operator=(const event_feed&) = delete;

  // Waits for one read of the store, so only on a thread without a loop. Before that nobody can
  // subscribe. An outbox that cannot be read is an error.
  result<void> start();
  // Nothing is read any more, and soon nobody told. From any thread.
  void stop() noexcept;

  // From any loop's thread; `told` runs on that loop. No owner: every organization's events.
  std::unique_ptr<subscription> subscribe(std::optional<organization_id> owner, listener told);
  // For who reads the outbox itself: tells, once now and after each commit with events, that there
  // may be new ones. Nothing is read for it.
  std::unique_ptr<subscription> watch(unique_function<void()> told);

 private:
  struct core;
  std::shared_ptr<core> core_;
};

class event_feed::subscription {
 public:
  struct inside;
  explicit subscription(std::shared_ptr<inside> of) noexcept;
  subscription(const subscription&) = delete;
  subscription& operator=(const subscription&) = delete;
  ~subscription();

 private:
  std::shared_ptr<inside> inside_;
};

}  // namespace dialplane
