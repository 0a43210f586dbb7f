// What the carrier's refusals mean: its number codes put in our classes, and in plain words.
//
// The code decides, not the HTTP status alone. A refusal without a known code is refused for good
// (4xx) or, where something was to change, unknown (5xx).
#pragma once

#include <cstdint>
#include <string>

#include "base/error.hpp"

namespace dialplane::twilio {

// Did the request only ask? Then nothing can have changed, whatever went wrong.
enum class intent { read, change };

namespace code {
inline constexpr std::int64_t authentication = 20003;
inline constexpr std::int64_t account_not_active = 20005;
inline constexpr std::int64_t not_found = 20404;
inline constexpr std::int64_t too_many_requests = 20429;
inline constexpr std::int64_t number_unavailable = 21422;
inline constexpr std::int64_t recipient_stopped = 21610;
inline constexpr std::int64_t queue_full = 21611;
inline constexpr std::int64_t in_this_service = 21710;
inline constexpr std::int64_t in_another_service = 21712;
}  // namespace code

// `code` 0: none was told. `message` is the carrier's and goes to the log only.
error error_of(int status, std::int64_t code, const std::string& message, intent what);

// Why a text was not delivered, in plain words; a sentence for any code.
std::string words_for_text_failure(std::int64_t code);

}  // namespace dialplane::twilio
