#include "carriers/standard_webhooks.hpp"

#include <charconv>

#include "base/crypto.hpp"

namespace dialplane {

namespace {

constexpr std::int64_t tolerance_ms = 300'000;
constexpr std::size_t id_bytes_max = 128;
constexpr std::size_t signatures_max = 8;
constexpr std::string_view secret_prefix = "whsec_";

error not_the_carriers(std::string_view why) {
  error refusal = refused(error_code::unauthorized, "The signature of this webhook is not valid.");
  refusal.internal = why;
  return refusal;
}

std::string key_of(std::string_view secret) {
  if (secret.starts_with(secret_prefix)) {
    if (auto key = parse_base64(secret.substr(secret_prefix.size()))) return *std::move(key);
  }
  return std::string(secret);
}

bool is_recent(std::string_view seconds, timestamp now) {
  std::int64_t at = 0;
  const auto [stop, code] = std::from_chars(seconds.data(), seconds.data() + seconds.size(), at);
  if (code != std::errc{} || stop != seconds.data() + seconds.size()) return false;
  if (at < 0 || at > 100'000'000'000) return false;
  const std::int64_t apart_ms = now.unix_ms - at * 1'000;
  return apart_ms <= tolerance_ms && apart_ms >= -tolerance_ms;
}

// One of several, separated by spaces; those of unknown schemes are skipped.
bool names_signature(std::string_view listed, std::string_view right) {
  for (std::size_t seen = 0; seen < signatures_max && !listed.empty(); ++seen) {
    const std::size_t end = std::min(listed.find(' '), listed.size());
    if (constant_time_equal(listed.substr(0, end), right)) return true;
    listed.remove_prefix(std::min(end + 1, listed.size()));
  }
  return false;
}

}  // namespace

const std::string* only_header(const carrier_webhook& received, std::string_view name) noexcept {
  const std::string* found = nullptr;
  for (const auto& [present, value] : received.headers) {
    if (present != name) continue;
    if (found != nullptr) return nullptr;
    found = &value;
  }
  return found;
}

std::string standard_webhook_signature(std::string_view secret, std::string_view id,
                                       std::string_view seconds, std::string_view body) {
  std::string signed_text;
  signed_text.reserve(id.size() + seconds.size() + body.size() + 2);
  signed_text.append(id).append(".").append(seconds).append(".").append(body);
  return "v1," + base64(hmac_sha256(key_of(secret), signed_text));
}

result<std::string> verify_standard_webhook(const carrier_webhook& received,
                                            std::string_view secret, timestamp now) {
  const std::string* id = only_header(received, "webhook-id");
  const std::string* seconds = only_header(received, "webhook-timestamp");
  const std::string* signatures = only_header(received, "webhook-signature");
  if (id == nullptr || seconds == nullptr || signatures == nullptr) {
    return not_the_carriers("a webhook-* header is missing or there twice");
  }
  if (id->empty() || id->size() > id_bytes_max) return not_the_carriers("a strange webhook-id");
  if (!is_recent(*seconds, now)) return not_the_carriers("webhook-timestamp is too far from now");
  const std::string right = standard_webhook_signature(secret, *id, *seconds, received.body);
  if (!names_signature(*signatures, right)) return not_the_carriers("no signature fits");
  return *id;
}

}  // namespace dialplane
