// Finding a number of ours, whichever account it is in. Every row is checked here again, whatever
// Surge's filters did.
#pragma once

#include <optional>
#include <string>

#include "carriers/surge/office.hpp"
#include "carriers/surge/owned_number.hpp"

namespace dialplane::surge {

inline constexpr std::size_t account_pages_max = 4'000;        // of one account's numbers
inline constexpr std::chrono::minutes account_listing_age{1};  // of the list of accounts, at most

using number_done = carrier_done<std::optional<owned_number>>;

// By mark first, then by number under whatever mark it has; either may be empty. "Nothing" was
// read to the end of every account concerned: the one its purchase was sent to, or all.
void find_number(office_ptr at, std::string e164, std::string mark, number_done done);
error number_not_ours();

// One page of an account's numbers: rows and where the list goes on (empty: at its end).
struct number_rows {
  std::vector<owned_number> numbers;
  std::string next_cursor;
  bool account_is_gone = false;
};
void read_number_page(office_ptr at, const std::string& account, const std::string& cursor,
                      carrier_done<number_rows> done);

}  // namespace dialplane::surge
