// How often and how long the operations ask a carrier again: the longest pause between two tries,
// and the tries after which its refusal is believed.
#pragma once

#include <chrono>
#include <cstdint>

namespace dialplane {

// Where someone waits for the answer: about ten seconds in all.
inline constexpr std::chrono::milliseconds awaited_retry_most{2'000};
inline constexpr std::int64_t awaited_tries_max = 6;

// Where nobody waits.
inline constexpr std::chrono::milliseconds unawaited_retry_most{30'000};
// A carrier that refuses outright, without a report, is believed after so many times.
inline constexpr std::int64_t refusals_max = 5;

// However soon a carrier wants its report on a registration to be asked for again.
inline constexpr std::chrono::milliseconds ask_at_most_every{50};

}  // namespace dialplane
