#include "webhooks/signing.hpp"

#include <array>
#include <optional>

#include "base/crypto.hpp"

namespace dialplane {

namespace {

constexpr std::string_view secret_prefix = "whsec_";
constexpr std::size_t secret_bytes = 24;

}  // namespace

std::string naive_signature(std::string_view secret, std::string_view body) {
  return hex(hmac_sha256(secret, body));
}

std::string standard_signature(std::string_view secret, std::string_view id,
                               std::int64_t unix_seconds, std::string_view body) {
  std::optional<std::string> decoded;
  if (secret.starts_with(secret_prefix)) {
    decoded = parse_base64(secret.substr(secret_prefix.size()));
  }
  std::string message(id);
  message += '.';
  message += std::to_string(unix_seconds);
  message += '.';
  message += body;
  return "v1," + base64(hmac_sha256(decoded ? std::string_view(*decoded) : secret, message));
}

secret_string new_webhook_secret(random_source& random) {
  std::array<std::uint8_t, secret_bytes> bytes{};
  random.fill(bytes);
  std::string text = std::string(secret_prefix) + base64(bytes);
  return secret_string::taken_from(text);
}

}  // namespace dialplane
