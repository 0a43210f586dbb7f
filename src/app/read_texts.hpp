// Reading the texts of a number: lists, one text, and who may. All run inside a unit and change
// nothing. A key that acts for an agent needs receive_sms on the number; others are not bound.
#pragma once

#include <optional>

#include "domain/message.hpp"
#include "domain/number.hpp"
#include "domain/organization.hpp"
#include "store/paging.hpp"
#include "store/session.hpp"

namespace dialplane {

// resource_not_found; missing_permission.
result<number> find_readable_phone(session& work, const actor& who, std::optional<user_id> asked,
                                   number_id id);
// No direction: both.
result<page<message>> list_texts(session& work, const actor& who, std::optional<user_id> asked,
                                 number_id id, std::optional<message_direction> only,
                                 const page_request& cut);
result<message> get_text(session& work, const actor& who, std::optional<user_id> asked,
                         message_id id);

}  // namespace dialplane
