// Numbers for sale. Surge filters by type and area code; everything else, and those two again, is
// checked here row by row.
//
// Where the search is missing from the API (404), an offer names an area code only ("+1415", or
// "+1" for any): buying it buys some number there, and the purchase tells which.
#pragma once

#include <string>
#include <vector>

#include "carriers/surge/office.hpp"

namespace dialplane::surge {

void search_numbers(office_ptr at, number_search wanted,
                    carrier_done<std::vector<number_offer>> done);

// "+1" or "+1" and an area code: an offer of some number there.
bool is_area_offer(std::string_view e164) noexcept;

}  // namespace dialplane::surge
