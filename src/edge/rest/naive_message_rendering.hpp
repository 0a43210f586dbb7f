// What the naive dialect shows about texts, as pure functions of rows and outcomes. Members and
// their order are those of contract/openapi.yaml and the founding document (§4.5, §4.6).
#pragma once

#include <boost/json/object.hpp>

#include "app/send_text.hpp"
#include "domain/inbox_entry.hpp"
#include "domain/message.hpp"

namespace dialplane {

boost::json::object render_sent_text(const sent_text_answer& answer);
boost::json::object render_forecast(const text_forecast& forecast);
// In a list; with direction and status where sent texts are among them.
boost::json::object render_message_row(const message& row, bool with_direction);
boost::json::object render_message(const message& row);
boost::json::object render_inbox_entry(const inbox_entry& entry);

}  // namespace dialplane
