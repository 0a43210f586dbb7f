#include "base/ids.hpp"

#include <algorithm>

#include "base/ascii.hpp"

namespace dialplane {

namespace {

__extension__ typedef unsigned __int128 uint128;

// In ASCII order, so that texts sort as ids do.
constexpr std::string_view base62_digits =
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
constexpr std::size_t base62_length = 22;
constexpr std::uint64_t base62_to_10 = 839'299'365'868'340'224U;  // 62^10: fits 64 bits

constexpr bool hyphen_before(std::size_t byte) {
  return byte == 4 || byte == 6 || byte == 8 || byte == 10;
}

std::optional<std::uint8_t> hex_value(char c) {
  if (c >= '0' && c <= '9') return static_cast<std::uint8_t>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<std::uint8_t>(c - 'a' + 10);
  if (c >= 'A' && c <= 'F') return static_cast<std::uint8_t>(c - 'A' + 10);
  return std::nullopt;
}

std::optional<std::uint8_t> base62_value(char c) {
  if (c >= '0' && c <= '9') return static_cast<std::uint8_t>(c - '0');
  if (c >= 'A' && c <= 'Z') return static_cast<std::uint8_t>(c - 'A' + 10);
  if (c >= 'a' && c <= 'z') return static_cast<std::uint8_t>(c - 'a' + 36);
  return std::nullopt;
}

// At most ten digits.
std::optional<std::uint64_t> parse_digits(std::string_view text) {
  std::uint64_t value = 0;
  for (const char c : text) {
    const auto digit = base62_value(c);
    if (!digit) return std::nullopt;
    value = value * 62 + *digit;
  }
  return value;
}

uint128 to_number(const uuid_bytes& bytes) {
  uint128 value = 0;
  for (const std::uint8_t byte : bytes) value = value << 8 | byte;
  return value;
}

uuid_bytes to_bytes(uint128 value) {
  uuid_bytes bytes;
  for (std::size_t i = bytes.size(); i-- > 0; value >>= 8) {
    bytes[i] = static_cast<std::uint8_t>(value & 0xff);
  }
  return bytes;
}

// Writes `count` digits of `value` that end at `end`.
void put_base62(char* end, std::uint64_t value, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i, value /= 62) *--end = base62_digits[value % 62];
}

}  // namespace

std::string uuid_text(const uuid_bytes& bytes) {
  std::string text(36, '-');
  std::size_t at = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (hyphen_before(i)) ++at;
    text[at++] = hex_digits[bytes[i] >> 4];
    text[at++] = hex_digits[bytes[i] & 0xf];
  }
  return text;
}

std::string base62_text(const uuid_bytes& bytes) {
  std::string text(base62_length, '0');
  uint128 value = to_number(bytes);
  put_base62(text.data() + 22, static_cast<std::uint64_t>(value % base62_to_10), 10);
  value /= base62_to_10;
  put_base62(text.data() + 12, static_cast<std::uint64_t>(value % base62_to_10), 10);
  value /= base62_to_10;
  put_base62(text.data() + 2, static_cast<std::uint64_t>(value), 2);
  return text;
}

std::optional<uuid_bytes> parse_uuid_text(std::string_view text) {
  if (text.size() != 36) return std::nullopt;
  uuid_bytes bytes;
  std::size_t at = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (hyphen_before(i) && text[at++] != '-') return std::nullopt;
    const auto high = hex_value(text[at++]);
    const auto low = hex_value(text[at++]);
    if (!high || !low) return std::nullopt;
    bytes[i] = static_cast<std::uint8_t>(*high << 4 | *low);
  }
  return bytes;
}

std::optional<uuid_bytes> parse_base62_text(std::string_view text) {
  if (text.size() != base62_length) return std::nullopt;
  // In pieces that fit 64 bits, as base62_text writes them.
  const auto highest = parse_digits(text.substr(0, 2));
  const auto middle = parse_digits(text.substr(2, 10));
  const auto lowest = parse_digits(text.substr(12));
  if (!highest || !middle || !lowest) return std::nullopt;
  const uint128 upper = uint128{*highest} * base62_to_10 + *middle;
  uint128 value = 0;
  if (__builtin_mul_overflow(upper, uint128{base62_to_10}, &value) ||
      __builtin_add_overflow(value, uint128{*lowest}, &value)) {
    return std::nullopt;
  }
  return to_bytes(value);
}

uuid_bytes id_generator::next() {
  // 48 bits of time, a 12-bit counter that starts low at random, 62 random bits (RFC 9562 §6.2,
  // method 1). Where the clock stands still or goes back, the counter goes on; where the counter
  // is used up, the time goes on by one millisecond.
  std::array<std::uint8_t, 10> noise;
  random_.fill(noise);
  std::int64_t ms = 0;
  std::uint16_t counter = 0;
  {
    const std::lock_guard lock(mutex_);
    const std::int64_t now_ms = std::max<std::int64_t>(time_.now().unix_ms, 0);
    const bool fresh = now_ms > last_ms_;
    if (fresh || counter_ == 0xfff) {
      last_ms_ = fresh ? now_ms : last_ms_ + 1;
      counter_ = static_cast<std::uint16_t>((noise[8] << 8 | noise[9]) & 0x7ff);
    } else {
      ++counter_;
    }
    ms = last_ms_;
    counter = counter_;
  }
  uuid_bytes bytes;
  for (std::size_t i = 0; i < 6; ++i) bytes[i] = static_cast<std::uint8_t>(ms >> (40 - 8 * i));
  bytes[6] = static_cast<std::uint8_t>(0x70 | counter >> 8);
  bytes[7] = static_cast<std::uint8_t>(counter & 0xff);
  std::copy_n(noise.begin(), 8, bytes.begin() + 8);
  bytes[8] = static_cast<std::uint8_t>(0x80 | (bytes[8] & 0x3f));
  return bytes;
}

}  // namespace dialplane
