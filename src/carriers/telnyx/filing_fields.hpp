// A legal entity's record in the words of The Campaign Registry, as Telnyx takes them. Pure.
#pragma once

#include <boost/json/object.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "carriers/carrier.hpp"

namespace dialplane::telnyx {

// A text of the record by its dot path ("address.line1"), or "".
std::string text_at(const boost::json::object& record, std::string_view path);
std::vector<std::string> texts_at(const boost::json::object& record, std::string_view path);

std::string entity_type_of(const brand_filing& filing);
// The registry's business areas; what is not among them is PROFESSIONAL.
std::string vertical_of(std::string_view industry);
// "customer_care" as CUSTOMER_CARE; "two_factor_authentication" as 2FA.
std::string use_case_word(std::string_view use_case);

boost::json::object brand_body(const brand_filing& filing, const std::string& webhook_url);
boost::json::object campaign_body(const campaign_filing& filing, const std::string& reference,
                                  const std::string& webhook_url);
// The part of it that a filed campaign still lets be changed.
boost::json::object campaign_changes(const campaign_filing& filing,
                                     const std::string& webhook_url);

// "mark=…&submission=2", and back from an address that has it. Submission 0: not ours.
struct filing_mark {
  std::string mark;
  std::int64_t submission = 0;
};
std::string mark_query(const std::string& mark, std::int64_t submission);
filing_mark mark_in(std::string_view webhook_url);

}  // namespace dialplane::telnyx
