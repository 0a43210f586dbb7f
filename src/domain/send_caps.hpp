// Caps on texts: how many, how dear and to how many new people, per organization, user, agent, key,
// number and destination prefix. What a mistake or a stolen key can do in a day ends there.
//
// Windows are fixed: minutes, hours and days of UTC. Pure arithmetic over counters already read;
// the counters are rows of the store, one per scope, which forget an ended window when the next
// begins. A limit of 0 is off.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/money.hpp"
#include "domain/named_enum.hpp"

namespace dialplane {

enum class cap_scope { organization, user, agent, key, number, prefix };
NAMED_ENUM(cap_scope, {cap_scope::organization, "organization"}, {cap_scope::user, "user"},
           {cap_scope::agent, "agent"}, {cap_scope::key, "key"}, {cap_scope::number, "number"},
           {cap_scope::prefix, "prefix"});
inline constexpr std::size_t cap_scope_count = 6;

struct cap_limits {
  std::int64_t texts_per_minute = 0;
  std::int64_t texts_per_day = 0;
  micro_credits credits_per_day;
  std::int64_t new_recipients_per_hour = 0;

  bool all_off() const noexcept {
    return texts_per_minute == 0 && texts_per_day == 0 && credits_per_day.value == 0 &&
           new_recipients_per_hour == 0;
  }
};

// By cap_scope. An agent's key without an agent is held to the limits of an agent.
struct send_caps {
  std::array<cap_limits, cap_scope_count> of_scope = {{
      {300, 10'000, micro_credits::credits(400), 500},  // organization
      {120, 4'000, micro_credits::credits(160), 200},   // user
      {60, 1'000, micro_credits::credits(40), 100},     // agent
      {60, 1'000, micro_credits::credits(40), 100},     // key
      {60, 2'000, micro_credits::credits(80), 100},     // number
      {60, 2'000, micro_credits::credits(80), 100},     // prefix
  }};

  const cap_limits& of(cap_scope scope) const noexcept {
    return of_scope[static_cast<std::size_t>(scope)];
  }
  cap_limits& of(cap_scope scope) noexcept { return of_scope[static_cast<std::size_t>(scope)]; }
};

// What one scope sent in the present windows.
struct send_counter {
  std::int64_t minute = 0;  // since 1970
  std::int64_t minute_texts = 0;
  std::int64_t hour = 0;
  std::int64_t hour_new_recipients = 0;
  std::int64_t day = 0;
  std::int64_t day_texts = 0;
  micro_credits day_spent;
  bool operator==(const send_counter&) const = default;
};

// What one text adds, with the windows it falls into.
send_counter counted_text(timestamp now, micro_credits price, bool new_recipient) noexcept;
// `more` on top of `present`. A window that ended is forgotten; time that ran backwards never
// brings one back.
send_counter added(const send_counter& present, const send_counter& more) noexcept;

struct reached_cap {
  std::string_view limit;          // "texts_per_minute"
  std::int64_t most = 0;           // the limit; credits as micro-credits
  timestamp ends;                  // when the window ends
};

// Which limit one more text would pass, the longest wait first; nothing: none.
std::optional<reached_cap> find_reached_cap(const cap_limits& limits, const send_counter& present,
                                            const send_counter& more) noexcept;

// 429 rate_limited, reason send_cap, with the wait.
error cap_refusal(cap_scope scope, const reached_cap& reached, timestamp now);

}  // namespace dialplane
