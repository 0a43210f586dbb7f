// Telnyx's message object, as its answers and its webhooks both have it, read into news. Pure.
#pragma once

#include <boost/json/object.hpp>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "carriers/carrier.hpp"

namespace dialplane::telnyx {

// Inbound messages become text_received, outbound ones text_status with Telnyx's own word in
// metadata.carrier_status. `occurred_at` is used where the message does not say when.
// internal_error for an object that is not such a message.
result<carrier_news> read_message(const boost::json::object& message, timestamp occurred_at);

// Our message id from the address that a text's reports go to, or "".
std::string our_id_in(std::string_view report_url);
// That address: `base` with our id in its query.
std::string report_url_for(std::string_view base, std::string_view our_id);

}  // namespace dialplane::telnyx
