#include "app/read_texts.hpp"

#include <algorithm>

#include "app/phone_numbers.hpp"
#include "store/message_queries.hpp"

namespace dialplane {

result<number> find_readable_phone(session& work, const actor& who, std::optional<user_id> asked,
                                   number_id id) {
  TRY_ASSIGN(number row, find_phone(work, who, asked, id));
  if (who.is_operator() || !who.agent) return row;
  TRY_ASSIGN(const auto links, work.numbers().assignments_of(who.organization, row.id));
  const bool may = std::any_of(links.begin(), links.end(), [&](const assignment& link) {
    return link.agent == *who.agent && link.receive_sms;
  });
  if (!may) {
    return refused(error_code::missing_permission,
                   "This agent may not read the texts of this number: it lacks receive_sms.");
  }
  return row;
}

result<page<message>> list_texts(session& work, const actor& who, std::optional<user_id> asked,
                                 number_id id, std::optional<message_direction> only,
                                 const page_request& cut) {
  TRY_ASSIGN(const number row, find_readable_phone(work, who, asked, id));
  return work.messages().page_of(who.organization, row.id, only, cut);
}

result<message> get_text(session& work, const actor& who, std::optional<user_id> asked,
                         message_id id) {
  TRY_ASSIGN(auto found, work.messages().find(who.organization, id));
  if (!found) return refused(error_code::resource_not_found, "No such message.");
  const auto readable = find_readable_phone(work, who, asked, found->number);
  if (!readable && readable.error().code == error_code::resource_not_found) {
    return refused(error_code::resource_not_found, "No such message.");
  }
  TRY(readable);
  return *std::move(found);
}

}  // namespace dialplane
