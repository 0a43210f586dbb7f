// Hashes, keyed hashes and text forms of bytes, on OpenSSL.
//
// Stateless functions, safe from any thread. Algorithms are fetched once per process and contexts
// are kept per thread, so a short hash costs a fraction of a microsecond. Nothing here keeps or
// makes keys: sealing at rest is sealing.hpp, randomness is random.hpp.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace dialplane {

using sha256_digest = std::array<std::uint8_t, 32>;

sha256_digest sha256(std::string_view bytes);
sha256_digest hmac_sha256(std::string_view key, std::string_view message);
// For protocols that still ask for it; never for anything of our own choice.
std::array<std::uint8_t, 20> hmac_sha1(std::string_view key, std::string_view message);

// Takes the same time wherever the first difference is. The lengths are not secret.
bool constant_time_equal(std::string_view a, std::string_view b) noexcept;
bool constant_time_equal(std::span<const std::uint8_t> a,
                         std::span<const std::uint8_t> b) noexcept;

// Lower case, two characters per byte.
std::string hex(std::span<const std::uint8_t> bytes);
// Either case; nothing for an odd length or another character.
std::optional<std::string> parse_hex(std::string_view text);

// RFC 4648 §4, with padding.
std::string base64(std::span<const std::uint8_t> bytes);
// RFC 4648 §5 ("-" and "_"), without padding.
std::string base64_url(std::span<const std::uint8_t> bytes);
// Strict: full padding, no white space, unused bits zero.
std::optional<std::string> parse_base64(std::string_view text);
// Strict: no padding, no white space, unused bits zero.
std::optional<std::string> parse_base64_url(std::string_view text);

// The bytes of a text, for the functions that take bytes.
std::span<const std::uint8_t> bytes_of(std::string_view text) noexcept;
std::string_view text_of(std::span<const std::uint8_t> bytes) noexcept;

}  // namespace dialplane
