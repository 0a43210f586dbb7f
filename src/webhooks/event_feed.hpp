// Events of this installation as they are committed, for those in this process who wait: the
// sender of webhooks, open event streams, long polls.
//
// One reader follows the outbox by position: woken by the store after each commit with events, and
// now and then by itself, so that no lost hint loses an event. Listeners get every event after
// they subscribed, in order, on their own loop; whoever needs older ones reads the store first.
// Owned by server/; never writes.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "base/event_loop.hpp"
#include "base/unique_function.hpp"
#include "domain/event.hpp"
#include "store/store.hpp"

namespace dialplane {

// An event with its place in the order of commit.
struct placed_event {
  std::int64_t position = 0;
  event what;
};

class event_feed {
 public:
  // Ends the subscription when destroyed; the listener runs no more after that on its own loop.
  class subscription;
  using listener = unique_function<void(const std::vector<placed_event>&)>;

  // `loop` is where the outbox is read. Both must outlive the feed.
  event_feed(store& database, event_loop& loop);
  ~event_feed();
  event_feed(const event_feed&) = delete;
  event_feed& operator=(const event_feed&) = delete;

  void start();
  void stop() noexcept;

  // From any loop's thread; `told` runs on that loop. No owner: every organization's events.
  std::unique_ptr<subscription> subscribe(std::optional<organization_id> owner, listener told);

 private:
  struct core;
  std::shared_ptr<core> core_;
};

class event_feed::subscription {
 public:
  ~subscription();

 private:
  friend class event_feed;
  struct inside;
  std::shared_ptr<inside> inside_;
};

}  // namespace dialplane
