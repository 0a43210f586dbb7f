#include "carriers/twilio/text_words.hpp"

#include <array>

#include "carriers/twilio/errors.hpp"

namespace dialplane::twilio {

std::optional<message_status> status_named(std::string_view word) noexcept {
  using enum message_status;
  constexpr std::array<std::pair<std::string_view, message_status>, 13> words{{
      {"accepted", queued},   {"scheduled", queued}, {"queued", queued},
      {"sending", queued},    {"sent", sent},        {"delivered", delivered},
      {"read", delivered},    {"partially_delivered", delivered},
      {"undelivered", failed}, {"failed", failed},   {"canceled", failed},
      {"receiving", received}, {"received", received},
  }};
  for (const auto& [known, status] : words) {
    if (known == word) return status;
  }
  return std::nullopt;
}

void note_failure(carrier_news& news, std::int64_t code) {
  if (code != 0) news.failure_code = std::to_string(code);
  news.failure_reason = words_for_text_failure(code);
}

}  // namespace dialplane::twilio
