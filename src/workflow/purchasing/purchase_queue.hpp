// Whose purchase may go next at a carrier account: carriers take a few at a time.
//
// At most so many purchases are under way per account; the others wait, and the organizations that
// wait take turns, so that one with hundreds of purchases delays another's single one by few.
// Lives in memory only: what waits is an accepted operation, which a restart takes up again. A
// turn ends when it is destroyed. Safe from any thread; a waiter is told on the loop it came from.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "base/event_loop.hpp"
#include "base/ids.hpp"
#include "base/unique_function.hpp"

namespace dialplane {

class purchase_queue {
  struct state;
  struct account;

 public:
  static constexpr std::size_t waiting_max = 20'000;  // per account

  class turn {
   public:
    turn() noexcept = default;
    turn(turn&& other) noexcept;
    turn& operator=(turn&& other) noexcept;
    ~turn();
    // At no account.
    bool is_empty() const noexcept { return account_ == nullptr; }
    // Of that account?
    bool is_at(const std::string& account_name) const noexcept;
    // False: another turn at this account has claimed it. A turn claims one number at a time.
    bool claim(const std::string& e164);

   private:
    friend class purchase_queue;
    turn(std::shared_ptr<state> of, account* at) noexcept;
    void end() noexcept;
    void pass_to(event_loop* loop, unique_function<void(turn)> go);

    std::shared_ptr<state> state_;
    account* account_ = nullptr;
    std::string claimed_;
  };
  using granted = unique_function<void(turn)>;

  // Of accounts that nothing else is said of.
  explicit purchase_queue(std::size_t in_flight_max);
  // From now on, at that account. Turns that are out stay; whoever may go now goes.
  void limit(const std::string& account_name, std::size_t most);

  // Calls `go` at once, or on the calling loop when its turn has come. False, and `go` dropped:
  // too many wait, or the queue is closed.
  bool enter(const std::string& account_name, organization_id who, granted go);
  std::size_t waiting(const std::string& account_name) const;
  // Drops who waits and lets nobody in any more: before the loops end. Turns that are out stay.
  void close();

 private:
  std::shared_ptr<state> state_;
};

}  // namespace dialplane
