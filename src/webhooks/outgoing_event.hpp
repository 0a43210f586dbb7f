// One try of a delivery as an HTTP request: body, headers, signatures. Nothing is sent here.
#pragma once

#include "base/sealing.hpp"
#include "domain/webhook.hpp"
#include "net/http_client.hpp"

namespace dialplane {

// What webhook secrets are sealed as.
inline constexpr std::string_view webhook_secret_purpose = "webhook_secret";

// The body of an event in the endpoint's envelope: the same bytes at every try.
std::string event_body(const webhook_endpoint& to, const delivery& row, const event& news);

// internal_fault where the secret cannot be opened or the stored URL is none.
result<outgoing_request> outgoing_event(const webhook_endpoint& to, const delivery& row,
                                        const event& news, const sealer& seals, timestamp now);

}  // namespace dialplane
