// Campaigns of local numbers, and the like for toll-free ones: filed, corrected, watched.
//
// Surge keeps no mark with a campaign. A filing is found again by memory, else as the open
// campaign of its account with the same first use case (or, toll-free, of the same number);
// after an unknown outcome nothing is filed again until the settling time has passed without it
// turning up. Reviewers write by e-mail; the API has no reasons and no event for a rejection, so
// the state is asked for.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "carriers/surge/office.hpp"

namespace dialplane::surge {

struct filed_campaign {
  std::string id;
  std::string status;        // an open list of words
  std::vector<std::string> use_cases;
  std::string description;
  std::string tcr_id;
  std::string phone_number;  // id; toll-free

  bool is_over() const noexcept { return status == "deactivated" || status == "canceled"; }
  bool may_be_corrected() const noexcept;
};

result<filed_campaign> read_campaign(const boost::json::object& answer);

// Surge's word as a state of ours; a word we do not know leaves `before` as it was.
campaign_status status_of_word(std::string_view word, campaign_status before) noexcept;

// The body of a create or a correction.
boost::json::object campaign_body(const campaign_filing& filing);
boost::json::object toll_free_body(const campaign_filing& filing, const std::string& number_id);

bool is_toll_free_reference(std::string_view reference) noexcept;

error no_such_campaign();

void file_campaign(office_ptr at, campaign_filing filing, carrier_done<campaign_report> done);
void read_campaign_state(office_ptr at, std::string reference,
                         carrier_done<campaign_report> done);
// There is no call for it: only one that is over, or not there, can be ended.
void end_campaign(office_ptr at, std::string reference, carrier_done<void> done);

}  // namespace dialplane::surge
