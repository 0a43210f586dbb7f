// The kinds of events there are: what may be subscribed to, and what contract/events/ describes.
#pragma once

#include <span>
#include <string_view>

namespace dialplane {

// In alphabetical order.
std::span<const std::string_view> all_event_types() noexcept;
bool is_event_type(std::string_view text) noexcept;

// Sent to one endpoint on request; nobody subscribes to it.
inline constexpr std::string_view webhook_test_event = "webhook.test";
inline constexpr std::string_view webhook_disabled_event = "webhook.disabled";
inline constexpr std::string_view text_received_event = "sms.received";
inline constexpr std::string_view call_event_prefix = "call.";

}  // namespace dialplane
