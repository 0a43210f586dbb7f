// Texts out, and what became of texts.
//
// Telnyx has no key against repeats: a text is handed over once, and a lost answer is looked for in
// the detail records by the report address that carries our id. That can prove that a text left,
// never that it did not.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "carriers/carrier.hpp"

namespace dialplane::telnyx {

struct account;

void hand_over_text(const std::shared_ptr<account>& at, text_order order,
                    carrier_done<text_receipt> done);
// refused (not_configured) where nothing was found: an answer "absent" would not be true.
void look_up_sent_text(const std::shared_ptr<account>& at, std::string id, std::string from,
                       std::string to, carrier_done<std::optional<text_receipt>> done);
void ask_text_state(const std::shared_ptr<account>& at, std::string carrier_message_id,
                    carrier_done<carrier_news> done);
// From the record of webhook deliveries, which holds the events that failed too.
void list_received_texts(const std::shared_ptr<account>& at, timestamp since,
                         std::optional<std::string> cursor,
                         carrier_done<received_texts_page> done);

}  // namespace dialplane::telnyx
