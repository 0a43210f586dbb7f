// Where an agent takes its calls: a WebSocket that the carrier streams the audio to, or a SIP
// address that the carrier dials. The record, and the strict reading of SIP addresses.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/ids.hpp"
#include "domain/named_enum.hpp"

namespace dialplane {

enum class voice_endpoint_kind { websocket, sip };
NAMED_ENUM(voice_endpoint_kind, {voice_endpoint_kind::websocket, "websocket"},
           {voice_endpoint_kind::sip, "sip"});

// What SIP passwords of agents are sealed as.
inline constexpr std::string_view sip_password_purpose = "sip_password";

struct voice_endpoint {
  organization_id organization;
  agent_id agent;               // one endpoint each
  voice_endpoint_kind kind = voice_endpoint_kind::websocket;
  std::string target;           // wss://… or sip:…
  std::string username;         // SIP; empty: none
  std::string sealed_password;  // SIP; empty: none
  timestamp created_at;
  timestamp updated_at;
};

// The parts of "sip:user@host:5061;transport=tls".
struct sip_address {
  std::string user;
  std::string host;  // lower case; an IPv6 address without its brackets
  std::optional<int> port;
  std::string transport;  // "udp", "tcp", "tls", or empty
};

// invalid_input naming `field`: no "sip:" in front, no user, a password in the address, headers,
// parameters other than one transport, characters that would need escaping, a host that is no name
// and no address, a port of 0 or above 65535, more than 255 characters.
result<sip_address> parse_sip_address(std::string_view text, std::string_view field);

}  // namespace dialplane
