// Brands and campaigns as the carrier tells them, read into reports. Unknown words leave a filing
// undecided, so that it is asked about again. Pure functions.
#pragma once

#include <string>

#include "carriers/carrier.hpp"
#include "carriers/twilio/api.hpp"

namespace dialplane::twilio {

result<brand_report> read_brand(const json::object& row);
// Of a service's campaign; `service` is the reference.
result<campaign_report> read_campaign(const json::object& row, const std::string& service);
result<campaign_report> read_toll_free(const json::object& row);

// An evaluation that found a bundle lacking: why, and our fields; nothing for one that did not.
struct shortcomings {
  std::string reason;
  std::vector<std::string> fields;
};
result<std::optional<shortcomings>> read_evaluation(const json::object& row);

// "mark.2": a mark with the submission it stands for, in names that the carrier keeps.
std::string name_with_submission(const std::string& mark, std::int64_t submission);
// Nothing where the name is not of that mark; 0 for the mark alone, -1 for one that was ended.
std::optional<std::int64_t> submission_in(std::string_view name, std::string_view mark);
inline constexpr std::string_view ended_suffix = ".ended";

}  // namespace dialplane::twilio
