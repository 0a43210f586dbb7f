// Numbers as the carrier lists them, for sale and owned, read into records; and the search for an
// owned one. Filters of the carrier's lists are asked for and then not believed: every row is
// checked here again.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "carriers/carrier.hpp"
#include "carriers/twilio/api.hpp"

namespace dialplane::twilio {

struct number_row {
  std::string sid;
  std::string e164;
  std::string friendly_name;  // our mark, where the number is ours
  timestamp bought_at;
  std::string text_url;
  std::string voice_url;
  std::string text_application;   // set: text_url is not used
  std::string voice_application;  // set: voice_url is not used
  std::string trunk;              // the same
  std::string emergency_address;
  std::string emergency_address_status;
  json::object raw;
};

result<number_row> read_number_row(const json::object& row);
carrier_number as_carrier_number(const number_row& row);

// Nothing for a row that cannot be sold as it is (it needs an address, or is of another country).
result<std::optional<number_offer>> read_offer(const json::object& row);
// Whether an offer is what was asked for, whatever the carrier's filters did.
bool offer_fits(const number_offer& offer, const number_search& wanted,
                std::string_view area_code);
// The search's address for one area code ("" for any), below the account.
std::string search_path(const number_search& wanted, std::string_view area_code);

// The owned number with the mark (and, of several, with that number), else the one with the
// number. Either may be empty.
void find_number(std::shared_ptr<api> through, std::string e164, std::string mark,
                 carrier_done<std::optional<number_row>> done);

// +1 and one of the area codes whose owner pays for calls.
bool is_toll_free(std::string_view e164) noexcept;
// "+", then 7 to 15 digits.
bool is_e164(std::string_view text) noexcept;
// 1 to 64 characters [A-Za-z0-9_-].
bool is_mark(std::string_view text) noexcept;

// The fields that bring texts and calls to us; and what would stand in the way, cleared.
form_list routing_fields(const number_routing& routing);

}  // namespace dialplane::twilio
