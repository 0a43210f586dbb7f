// When texts that the campaign's pace made wait get their next turn.
//
// The guards only say until when the pace is used up. If all that wait woke then, one would leave
// and the rest would be put off again, over and over. So later ones get later turns, some at a
// time, about as fast as the pace lets texts go. Safe from any thread; forgets what is past.
#pragma once

#include <chrono>
#include <mutex>
#include <unordered_map>

#include "base/clock.hpp"
#include "base/ids.hpp"

namespace dialplane {

class pace_slots {
 public:
  // The next free turn of that line (a campaign or a number), not before `until`.
  timestamp next(const uuid_bytes& line, timestamp until, timestamp now);

 private:
  struct bytes_hash {
    std::size_t operator()(const uuid_bytes& bytes) const noexcept;
  };
  struct turns {
    timestamp from;
    std::chrono::milliseconds apart{0};
    std::int64_t given = 0;
    timestamp last;
  };

  static constexpr std::int64_t at_once = 4;
  static constexpr std::size_t lines_max = 10'000;

  std::mutex mutex_;
  std::unordered_map<uuid_bytes, turns, bytes_hash> lines_;
};

}  // namespace dialplane
