// Ed25519 signatures (RFC 8032, the pure scheme), on OpenSSL.
//
// Stateless functions over raw bytes, safe from any thread. Nothing here keeps keys or knows what
// is signed; what a message must look like belongs to whoever agreed on it.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace dialplane {

using ed25519_public_key = std::array<std::uint8_t, 32>;
using ed25519_private_key = std::array<std::uint8_t, 32>;  // RFC 8032's secret seed
using ed25519_signature = std::array<std::uint8_t, 64>;

ed25519_public_key ed25519_public_key_of(const ed25519_private_key& key);
ed25519_signature ed25519_sign(const ed25519_private_key& key, std::string_view message);
// False for a signature that does not fit and for a key that is none.
bool ed25519_verify(const ed25519_public_key& key, std::string_view message,
                    const ed25519_signature& signature);

// The key from its base64 text (with padding); nothing unless it is exactly 32 bytes.
std::optional<ed25519_public_key> parse_ed25519_public_key(std::string_view base64_text);
// The same for a signature of 64 bytes.
std::optional<ed25519_signature> parse_ed25519_signature(std::string_view base64_text);

}  // namespace dialplane
