// An IP address as numbers, and ranges of them. Strict about how they are written: what one program
// reads as 127.0.0.1 and another as something else is no address here. Pure.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"

namespace dialplane {

// IPv4 addresses are kept as IPv4-mapped ones (::ffff:a.b.c.d), so that one address has one form.
struct ip_address {
  std::array<std::uint8_t, 16> bytes{};
  auto operator<=>(const ip_address&) const = default;
  bool is_v4() const noexcept;
};

// "192.0.2.1" (four decimal numbers, no leading zeros) or "2001:db8::1" (no zone, no brackets).
std::optional<ip_address> parse_ip_address(std::string_view text);
std::string to_text(const ip_address& address);

// A range of addresses with a common beginning.
struct ip_range {
  ip_address first;
  int bits = 128;  // of `first`, counted as IPv6
  bool contains(const ip_address& address) const noexcept;
};

// "10.0.0.0/8", "fd00::/8", or a single address. Bits beyond the length must be zero.
std::optional<ip_range> parse_ip_range(std::string_view text);
// Several, separated by commas; spaces around them are fine.
result<std::vector<ip_range>> parse_ip_ranges(std::string_view text);

}  // namespace dialplane
