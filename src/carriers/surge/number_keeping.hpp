// Numbers we have: the list of all accounts by page, and giving one back.
#pragma once

#include <optional>
#include <string>

#include "carriers/surge/office.hpp"

namespace dialplane::surge {

// The cursor names an account, a page of its list, and how many of that page were given.
void list_numbers(office_ptr at, std::optional<std::string> cursor, std::size_t limit,
                  carrier_done<carrier_number_page> done);

// A number that is not there, or has another mark, is success and left alone.
void release_number(office_ptr at, std::string e164, std::string mark, carrier_done<void> done);

// conflict where the number is not ours.
void require_number(office_ptr at, std::string e164, carrier_done<void> done);

struct list_position {
  std::string account;      // empty: before the first
  std::string page_cursor;  // Surge's own
  std::size_t given = 0;    // rows of that page
};
std::string to_text(const list_position& position);
// Refused (field "cursor") for a text that we did not write.
result<list_position> parse_list_position(std::string_view text);

}  // namespace dialplane::surge
