// Which addresses this server may connect to on someone's behalf.
//
// A tenant names a URL, and a name can lead anywhere: to this machine, to the network behind it, to
// the cloud's metadata service. So every address is judged when the connection is made, after the
// name was looked up, and exactly that address is connected to. Refused is whatever is not public
// unicast address space (IANA's special-purpose registries, RFC 6890), in every way IPv6 can wrap
// an IPv4 address; what the operator allows by range is allowed. Immutable, from any thread.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "net/ip_address.hpp"

namespace dialplane {

class address_guard {
 public:
  // `allowed` wins over every refusal, but for the port and the form of an address.
  explicit address_guard(std::vector<ip_range> allowed = {});

  bool allows(const ip_address& address) const noexcept;
  // Ports of protocols that a crafted request could speak to: mail, name service and the like.
  static bool allows_port(std::uint16_t port) noexcept;

 private:
  std::vector<ip_range> allowed_;
};

}  // namespace dialplane
