// Texts out. Each carries our id in its metadata, by which it is found again in the account's
// list of messages; nothing is ever sent a second time from here.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "carriers/surge/office.hpp"

namespace dialplane::surge {

inline constexpr std::string_view our_id_member = "our_message_id";

void send_text(office_ptr at, text_order order, carrier_done<text_receipt> done);
void look_up_text(office_ptr at, std::string id, std::string from,
                  carrier_done<std::optional<text_receipt>> done);
// refused where Surge does not tell, as its older API.
void read_text_state(office_ptr at, std::string carrier_message_id,
                     carrier_done<carrier_news> done);

// A failure_reason in plain words.
std::string plain_words(std::string_view failure_reason);

}  // namespace dialplane::surge
