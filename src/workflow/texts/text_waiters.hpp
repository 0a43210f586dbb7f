// Who waits for the next text to a number: long polls, each for a bounded time.
//
// A waiter is told exactly once: with the first text that fits, or with nothing when its time is
// over, its client is gone, or the server stops. It is told on the loop that added it. To miss
// nothing between reading the store and waiting, add first, read then, and take() the waiter back
// if the reading found something. Safe from any thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "base/event_loop.hpp"
#include "base/unique_function.hpp"
#include "domain/message.hpp"
#include "domain/text_pattern.hpp"

namespace dialplane {

struct awaited_text {
  organization_id owner;
  number_id number;
  std::optional<std::string> from;
  std::optional<text_pattern> pattern;  // somewhere in the body

  bool fits(const message& received) const;
};

class text_waiters {
 public:
  static constexpr std::size_t waiters_max = 1'000;
  static constexpr std::size_t per_number_max = 32;

  using tell = unique_function<void(std::optional<message>)>;
  using waiter_id = std::uint64_t;

  text_waiters();
  ~text_waiters();
  text_waiters(const text_waiters&) = delete;
  text_waiters& operator=(const text_waiters&) = delete;

  // From a loop, which must outlive this. `is_wanted` is asked now and then; false ends the wait.
  // Nothing when too many wait already.
  std::optional<waiter_id> add(awaited_text wanted, std::chrono::milliseconds wait,
                               unique_function<bool()> is_wanted, tell done);
  // Takes the waiter out, untold. Empty: it has been told, or is being told.
  tell take(waiter_id id);

  // A text was stored.
  void arrived(const message& received);
  // Tells all that wait; later ones are told at once.
  void stop();

 private:
  struct core;
  std::shared_ptr<core> core_;
};

}  // namespace dialplane
