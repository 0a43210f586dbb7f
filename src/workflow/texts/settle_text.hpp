// How a text's row moves on: sent, delivered, failed; with its credits and its event, inside the
// caller's transaction. The only place that changes an outbound text's status.
//
// Status has an order (queued, sent, failed, delivered) and only rises, so that reports in any
// order, and repeated ones, end in the same state: a text that arrived did arrive, whatever was
// reported in between.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "carriers/carrier.hpp"
#include "domain/message.hpp"
#include "store/session.hpp"
#include "workflow/environment.hpp"

namespace dialplane {

// The carrier has it. Captures what is held, if that was not done before; nothing changes where
// the text had ended.
result<void> settle_sent(session& work, workflow_environment& env, message& row,
                         std::string_view carrier_message_id);

// It did not leave and will not: what is held goes back.
result<void> settle_unsent(session& work, workflow_environment& env, message& row,
                           std::string_view code, std::string_view words);

// What the carrier reports on its own. Settles the text first where our own answer was not stored
// yet. `row` must be an outbound text.
result<void> take_report(session& work, workflow_environment& env, message& row,
                         const carrier_news& news);

// The members of the event sms.received, without tenant_user_id.
boost::json::object received_event_data(const message& row);

}  // namespace dialplane
