// The carrier's words for how far a text is, as ours, and how long one may be. Pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "carriers/carrier.hpp"

namespace dialplane::twilio {

inline constexpr std::size_t text_body_bytes_max = 16'384;

// Nothing for a word that is not known (the carrier adds some now and then).
std::optional<message_status> status_named(std::string_view word) noexcept;
// The code as the carrier's word, and what it means. 0: none was told.
void note_failure(carrier_news& news, std::int64_t code);

}  // namespace dialplane::twilio
