#include "net/ip_address.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <cstring>

#include "base/utf8.hpp"

namespace dialplane {

namespace {

constexpr std::array<std::uint8_t, 12> mapped_prefix = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
constexpr int mapped_bits = 96;

}  // namespace

bool ip_address::is_v4() const noexcept {
  return std::equal(mapped_prefix.begin(), mapped_prefix.end(), bytes.begin());
}

std::optional<ip_address> parse_ip_address(std::string_view text) {
  ip_address parsed;
  const std::string terminated(text);
  if (terminated.size() != std::strlen(terminated.c_str())) return std::nullopt;
  if (text.find(':') != std::string_view::npos) {
    if (inet_pton(AF_INET6, terminated.c_str(), parsed.bytes.data()) != 1) return std::nullopt;
    return parsed;
  }
  std::copy(mapped_prefix.begin(), mapped_prefix.end(), parsed.bytes.begin());
  if (inet_pton(AF_INET, terminated.c_str(), parsed.bytes.data() + mapped_prefix.size()) != 1) {
    return std::nullopt;
  }
  // Some libraries read a leading zero as octal, others as nothing.
  return to_text(parsed) == text ? std::optional(parsed) : std::nullopt;
}

std::string to_text(const ip_address& address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (address.is_v4()) {
    inet_ntop(AF_INET, address.bytes.data() + mapped_prefix.size(), text.data(), text.size());
  } else {
    inet_ntop(AF_INET6, address.bytes.data(), text.data(), text.size());
  }
  return text.data();
}

bool ip_range::contains(const ip_address& address) const noexcept {
  const auto whole = static_cast<std::size_t>(bits / 8);
  if (!std::equal(first.bytes.begin(), first.bytes.begin() + static_cast<std::ptrdiff_t>(whole),
                  address.bytes.begin())) {
    return false;
  }
  const int rest = bits % 8;
  if (rest == 0) return true;
  return (first.bytes[whole] ^ address.bytes[whole]) >> (8 - rest) == 0;
}

std::optional<ip_range> parse_ip_range(std::string_view text) {
  const std::size_t slash = text.find('/');
  const auto first = parse_ip_address(text.substr(0, slash));
  if (!first) return std::nullopt;
  ip_range range{*first, 128};
  if (slash == std::string_view::npos) return range;
  const std::string_view digits = text.substr(slash + 1);
  int length = 0;
  const auto [end, failed] =
      std::from_chars(digits.data(), digits.data() + digits.size(), length);
  const bool v4_form = text.find(':') == std::string_view::npos;
  if (failed != std::errc() || end != digits.data() + digits.size() || digits.front() == '-' ||
      length > (v4_form ? 32 : 128)) {
    return std::nullopt;
  }
  range.bits = v4_form ? length + mapped_bits : length;
  for (int bit = range.bits; bit < 128; ++bit) {
    const auto byte = static_cast<std::size_t>(bit / 8);
    if ((range.first.bytes[byte] >> (7 - bit % 8) & 1) != 0) return std::nullopt;
  }
  return range;
}

result<std::vector<ip_range>> parse_ip_ranges(std::string_view text) {
  std::vector<ip_range> ranges;
  while (true) {
    const std::size_t comma = text.find(',');
    const std::string_view one = trim(text.substr(0, comma));
    const auto range = parse_ip_range(one);
    if (!range) {
      return refused(error_code::invalid_input,
                     "must be ranges of addresses such as 10.0.0.0/8,fd00::/8");
    }
    ranges.push_back(*range);
    if (comma == std::string_view::npos) return ranges;
    text.remove_prefix(comma + 1);
  }
}

}  // namespace dialplane
