// Time, injected. Product code asks a clock; only system_clock asks the machine.
//
// Wall time is UTC in milliseconds since 1970. Waiting and deadlines use event_loop timers.
#pragma once

#include <chrono>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.hpp"

namespace dialplane {

struct timestamp {
  std::int64_t unix_ms = 0;
  auto operator<=>(const timestamp&) const = default;
};

timestamp operator+(timestamp at, std::chrono::milliseconds delay) noexcept;
std::chrono::milliseconds operator-(timestamp later, timestamp earlier) noexcept;

// RFC 3339 in UTC with milliseconds: 2026-03-01T00:00:00.000Z.
std::string to_rfc3339(timestamp at);
// Accepts what to_rfc3339 writes, up to 9 fraction digits or none (what is finer than milliseconds
// is cut off), and an offset such as +02:00 in place of Z.
result<timestamp> parse_rfc3339(std::string_view text);

class clock {
 public:
  virtual ~clock() = default;
  virtual timestamp now() const = 0;
};

class system_clock final : public clock {
 public:
  timestamp now() const override;
};

// For tests: stands still until told.
class manual_clock final : public clock {
 public:
  explicit manual_clock(timestamp start) : now_(start) {}
  timestamp now() const override { return now_; }
  void advance(std::chrono::milliseconds by) { now_ = now_ + by; }

 private:
  timestamp now_;
};

}  // namespace dialplane
