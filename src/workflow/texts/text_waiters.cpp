#include "workflow/texts/text_waiters.hpp"

#include <map>
#include <mutex>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/check.hpp"

namespace dialplane {

namespace {

using steady = std::chrono::steady_clock;
constexpr std::chrono::milliseconds asked_every{1'000};

}  // namespace

bool awaited_text::fits(const message& received) const {
  return received.organization == owner && received.number == number &&
         (!from || *from == received.from) && (!pattern || pattern->is_in(received.body));
}

struct text_waiters::core : std::enable_shared_from_this<core> {
  struct waiter {
    awaited_text wanted;
    steady::time_point until;
    unique_function<bool()> is_wanted;
    tell done;
    event_loop* loop = nullptr;
  };

  // With the lock held.
  std::optional<waiter> remove(waiter_id id) {
    const auto found = waiting.find(id);
    if (found == waiting.end()) return std::nullopt;
    waiter gone = std::move(found->second);
    waiting.erase(found);
    const auto [first, last] = by_number.equal_range(gone.wanted.number);
    for (auto at = first; at != last; ++at) {
      if (at->second != id) continue;
      by_number.erase(at);
      break;
    }
    return gone;
  }

  void tell_nothing(waiter_id id) {
    std::optional<waiter> gone;
    {
      const std::lock_guard lock(mutex);
      gone = remove(id);
    }
    if (gone) gone->done(std::nullopt);
  }

  // On the waiter's loop: its time may be over, or its client gone.
  void look_after(waiter_id id) {
    event_loop* loop = event_loop::current();
    CHECK(loop != nullptr);
    std::chrono::milliseconds rest{0};
    {
      const std::lock_guard lock(mutex);
      const auto found = waiting.find(id);
      if (found == waiting.end()) return;
      rest = std::chrono::ceil<std::chrono::milliseconds>(found->second.until - steady::now());
      if (!found->second.is_wanted()) rest = std::chrono::milliseconds(0);
    }
    if (rest.count() <= 0) return tell_nothing(id);
    loop->post_after(std::min(rest, asked_every),
                     [self = shared_from_this(), id] { self->look_after(id); });
  }

  std::mutex mutex;
  waiter_id last = 0;
  bool stopped = false;
  std::unordered_map<waiter_id, waiter> waiting;
  std::unordered_multimap<number_id, waiter_id> by_number;
};

text_waiters::text_waiters() : core_(std::make_shared<core>()) {}

text_waiters::~text_waiters() = default;

std::optional<text_waiters::waiter_id> text_waiters::add(awaited_text wanted,
                                                         std::chrono::milliseconds wait,
                                                         unique_function<bool()> is_wanted,
                                                         tell done) {
  event_loop* loop = event_loop::current();
  CHECK(loop != nullptr);
  waiter_id id = 0;
  {
    const std::lock_guard lock(core_->mutex);
    const bool full = core_->waiting.size() >= waiters_max ||
                      core_->by_number.count(wanted.number) >= per_number_max;
    if (full) return std::nullopt;
    id = ++core_->last;
    core_->by_number.emplace(wanted.number, id);
    if (core_->stopped) wait = std::chrono::milliseconds(0);
    core_->waiting.emplace(id, core::waiter{std::move(wanted), steady::now() + wait,
                                            std::move(is_wanted), std::move(done), loop});
  }
  loop->post([core = core_, id] { core->look_after(id); });
  return id;
}

text_waiters::tell text_waiters::take(waiter_id id) {
  const std::lock_guard lock(core_->mutex);
  std::optional<core::waiter> gone = core_->remove(id);
  if (!gone) return {};
  return std::move(gone->done);
}

void text_waiters::arrived(const message& received) {
  std::vector<core::waiter> served;
  {
    const std::lock_guard lock(core_->mutex);
    const auto [first, last] = core_->by_number.equal_range(received.number);
    std::vector<waiter_id> fitting;
    for (auto at = first; at != last; ++at) {
      if (core_->waiting.at(at->second).wanted.fits(received)) fitting.push_back(at->second);
    }
    for (const waiter_id id : fitting) served.push_back(*core_->remove(id));
  }
  for (core::waiter& one : served) {
    one.loop->post([done = std::move(one.done), received]() mutable { done(received); });
  }
}

void text_waiters::stop() {
  std::vector<core::waiter> all;
  {
    const std::lock_guard lock(core_->mutex);
    core_->stopped = true;
    for (auto& [id, one] : core_->waiting) all.push_back(std::move(one));
    core_->waiting.clear();
    core_->by_number.clear();
  }
  for (core::waiter& one : all) {
    one.loop->post([done = std::move(one.done)]() mutable { done(std::nullopt); });
  }
}

}  // namespace dialplane
