#include "net/address_guard.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "base/check.hpp"

namespace dialplane {

namespace {

// IANA IPv4 Special-Purpose Address Registry, multicast and class E.
constexpr std::string_view refused_v4[] = {
    "0.0.0.0/8",        // this network; Linux connects 0.0.0.0 to loopback
    "10.0.0.0/8",       // private
    "100.64.0.0/10",    // shared by carriers (CGNAT); some clouds' metadata
    "127.0.0.0/8",      // loopback
    "169.254.0.0/16",   // link-local; metadata services
    "172.16.0.0/12",    // private
    "192.0.0.0/24",     // protocol assignments; some clouds' metadata
    "192.0.2.0/24",     // documentation
    "192.31.196.0/24",  // AS112
    "192.52.193.0/24",  // AMT
    "192.88.99.0/24",   // 6to4 relays
    "192.168.0.0/16",   // private
    "192.175.48.0/24",  // AS112
    "198.18.0.0/15",    // benchmarks
    "198.51.100.0/24",  // documentation
    "203.0.113.0/24",   // documentation
    "224.0.0.0/4",      // multicast
    "240.0.0.0/4",      // class E, broadcast
};

// Within 2000::/3, the only global unicast space of IPv6.
constexpr std::string_view refused_v6[] = {
    "2001::/23",      // protocol assignments: Teredo, ORCHID, benchmarks
    "2001:db8::/32",  // documentation
    "2002::/16",      // 6to4, wraps any IPv4 address
    "2620:4f:8000::/48",
    "3fff::/20",      // documentation
    "3ffe::/16",      // the former test network
};

constexpr std::uint16_t refused_ports[] = {
    1,    7,    9,    11,   13,   15,   17,   19,   20,   21,   22,   23,   25,   37,
    42,   43,   53,   69,   79,   110,  111,  119,  123,  135,  137,  139,  143,  161,
    179,  389,  445,  465,  512,  513,  514,  515,  548,  554,  587,  631,  636,  873,
    990,  993,  995,  1719, 1720, 2049, 3306, 3389, 5060, 5061, 5432, 6379, 6666, 6667,
    9100, 9200, 10080, 11211, 27017};

template <std::size_t N>
std::vector<ip_range> ranges_of(const std::string_view (&texts)[N]) {
  std::vector<ip_range> ranges;
  for (const std::string_view text : texts) {
    const auto range = parse_ip_range(text);
    CHECK(range.has_value());
    ranges.push_back(*range);
  }
  return ranges;
}

bool any_contains(const std::vector<ip_range>& ranges, const ip_address& address) noexcept {
  return std::ranges::any_of(ranges,
                             [&](const ip_range& each) { return each.contains(address); });
}

}  // namespace

address_guard::address_guard(std::vector<ip_range> allowed) : allowed_(std::move(allowed)) {}

bool address_guard::allows(const ip_address& address) const noexcept {
  static const std::vector<ip_range> v4 = ranges_of(refused_v4);
  static const std::vector<ip_range> v6 = ranges_of(refused_v6);
  if (any_contains(allowed_, address)) return true;
  if (address.is_v4()) return !any_contains(v4, address);
  // Loopback, unspecified, IPv4-compatible, NAT64, ULA, link- and site-local, multicast: all
  // outside of the global unicast space.
  if (address.bytes[0] >> 5 != 1) return false;
  return !any_contains(v6, address);
}

bool address_guard::allows_port(std::uint16_t port) noexcept {
  return port != 0 && std::ranges::find(refused_ports, port) == std::end(refused_ports);
}

}  // namespace dialplane
