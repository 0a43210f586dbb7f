#include "workflow/purchasing/purchase_queue.hpp"

#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "base/check.hpp"
#include "base/event_loop.hpp"

namespace dialplane {

struct purchase_queue::account {
  struct waiter {
    event_loop* loop;
    granted go;
  };

  std::string name;
  std::optional<std::size_t> most;  // else as everywhere
  std::size_t in_flight = 0;
  std::size_t waiting = 0;
  std::map<organization_id, std::deque<waiter>> waiters;
  std::deque<organization_id> order;  // of those that wait, the next one first
  std::set<std::string> claimed;

  std::optional<waiter> take_next() {
    if (order.empty()) return std::nullopt;
    const organization_id who = order.front();
    order.pop_front();
    const auto its = waiters.find(who);
    waiter next = std::move(its->second.front());
    its->second.pop_front();
    --waiting;
    if (its->second.empty()) {
      waiters.erase(its);
    } else {
      order.push_back(who);
    }
    return next;
  }
};

struct purchase_queue::state {
  std::size_t in_flight_max;
  mutable std::mutex mutex;
  bool closed = false;
  std::map<std::string, account, std::less<>> accounts;

  bool has_room(const account& at) const noexcept {
    return at.in_flight < at.most.value_or(in_flight_max);
  }
};

purchase_queue::purchase_queue(std::size_t in_flight_max) : state_(std::make_shared<state>()) {
  state_->in_flight_max = in_flight_max;
}

bool purchase_queue::enter(const std::string& account_name, organization_id who, granted go) {
  account* at = nullptr;
  {
    const std::lock_guard lock(state_->mutex);
    if (state_->closed) return false;
    at = &state_->accounts[account_name];
    at->name = account_name;
    if (!state_->has_room(*at)) {
      if (at->waiting >= waiting_max) return false;
      auto& its = at->waiters[who];
      if (its.empty()) at->order.push_back(who);
      its.push_back({event_loop::current(), std::move(go)});
      ++at->waiting;
      return true;
    }
    ++at->in_flight;
  }
  go(turn(state_, at));
  return true;
}

void purchase_queue::limit(const std::string& account_name, std::size_t most) {
  CHECK(most > 0);
  std::vector<std::pair<account*, account::waiter>> next;
  {
    const std::lock_guard lock(state_->mutex);
    if (state_->closed) return;
    account& at = state_->accounts[account_name];
    at.name = account_name;
    at.most = most;
    while (state_->has_room(at)) {
      auto waiter = at.take_next();
      if (!waiter) break;
      ++at.in_flight;
      next.emplace_back(&at, *std::move(waiter));
    }
  }
  for (auto& [at, waiter] : next) turn(state_, at).pass_to(waiter.loop, std::move(waiter.go));
}

std::size_t purchase_queue::waiting(const std::string& account_name) const {
  const std::lock_guard lock(state_->mutex);
  const auto found = state_->accounts.find(account_name);
  return found == state_->accounts.end() ? 0 : found->second.waiting;
}

void purchase_queue::close() {
  // Destroyed outside the lock: who waits may hold whatever it likes.
  std::vector<std::map<organization_id, std::deque<account::waiter>>> dropped;
  {
    const std::lock_guard lock(state_->mutex);
    state_->closed = true;
    for (auto& [name, at] : state_->accounts) {
      dropped.push_back(std::exchange(at.waiters, {}));
      at.order.clear();
      at.waiting = 0;
    }
  }
}

purchase_queue::turn::turn(std::shared_ptr<state> of, account* at) noexcept
    : state_(std::move(of)), account_(at) {}

purchase_queue::turn::turn(turn&& other) noexcept
    : state_(std::move(other.state_)),
      account_(std::exchange(other.account_, nullptr)),
      claimed_(std::exchange(other.claimed_, {})) {}

purchase_queue::turn& purchase_queue::turn::operator=(turn&& other) noexcept {
  if (this == &other) return *this;
  end();
  state_ = std::move(other.state_);
  account_ = std::exchange(other.account_, nullptr);
  claimed_ = std::exchange(other.claimed_, {});
  return *this;
}

purchase_queue::turn::~turn() { end(); }

bool purchase_queue::turn::is_at(const std::string& account_name) const noexcept {
  return account_ != nullptr && account_->name == account_name;
}

bool purchase_queue::turn::claim(const std::string& e164) {
  if (account_ == nullptr || claimed_ == e164) return true;
  const std::lock_guard lock(state_->mutex);
  if (!account_->claimed.insert(e164).second) return false;
  account_->claimed.erase(claimed_);
  claimed_ = e164;
  return true;
}

void purchase_queue::turn::end() noexcept {
  if (account_ == nullptr) return;
  account* const at = std::exchange(account_, nullptr);
  std::optional<account::waiter> next;
  {
    const std::lock_guard lock(state_->mutex);
    at->claimed.erase(claimed_);
    claimed_.clear();
    --at->in_flight;
    if (state_->has_room(*at)) next = at->take_next();
    if (next) ++at->in_flight;
  }
  // Whoever is next takes this turn's place.
  if (next) turn(state_, at).pass_to(next->loop, std::move(next->go));
}

void purchase_queue::turn::pass_to(event_loop* loop, granted go) {
  auto wake = [mine = std::move(*this), go = std::move(go)]() mutable { go(std::move(mine)); };
  if (loop == nullptr) return wake();
  loop->post(std::move(wake));
}

}  // namespace dialplane
