// What requests about webhooks have in common in both dialects: the URL's rules, rows as the naive
// dialect shows them, and telling the dispatcher after the commit.
#pragma once

#include <boost/json/object.hpp>
#include <memory>
#include <optional>
#include <string_view>

#include "app/webhooks.hpp"
#include "base/object_reader.hpp"
#include "edge/rest/request_context.hpp"

namespace dialplane {

inline constexpr text_rule webhook_url_rule{.min = 1, .max = 2048};

// invalid_input, naming `field`: not a URL that deliveries may go to. Names are judged when they
// are connected to; an address is judged here too, so that nobody waits for what cannot come.
result<void> check_webhook_url(const rest_context& context, std::string_view url,
                               bool only_https);

boost::json::object render_webhook(const webhook_endpoint& row);
boost::json::object render_delivery(const delivery& row);

// Which endpoint a unit of work wrote deliveries for, or switched. Filled within the unit.
using touched_webhook = std::shared_ptr<std::optional<webhook_endpoint_id>>;

// Tells the dispatcher, once the unit submitted just before is over.
void look_after_commit(const rest_context& context, touched_webhook touched);

}  // namespace dialplane
