// A legal entity's record in the carrier's words: the forms that its trust hub, its campaigns and
// its toll-free verifications take. Pure functions; what the record lacks is sent empty, for the
// carrier to say so.
#pragma once

#include <boost/json/object.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "carriers/carrier.hpp"
#include "carriers/twilio/api.hpp"

namespace dialplane::twilio {

// A member by dot path, "" where it is absent or no text.
std::string text_at(const json::object& record, std::string_view path);
std::vector<std::string> texts_at(const json::object& record, std::string_view path);

// One end user of a trust bundle: its type, and its attributes as the carrier's JSON.
struct end_user {
  std::string type;
  json::object attributes;
};
// Of the customer profile; a sole proprietor has one, a company two.
std::vector<end_user> profile_end_users(const brand_filing& filing);
// Of the bundle for texting.
end_user texting_end_user(const brand_filing& filing);
form_list address_fields(const brand_filing& filing);

// The carrier's fixed policies, by what is filed.
std::string_view profile_policy(bool sole_proprietor) noexcept;
std::string_view texting_policy(bool sole_proprietor) noexcept;

// Without the brand's sid.
form_list campaign_fields(const campaign_filing& filing);
// Without the number's sid.
form_list toll_free_fields(const campaign_filing& filing, const std::string& notify);

// A member of ours that the carrier's word for a field stands for; "" for none.
std::string our_field(std::string_view theirs);

}  // namespace dialplane::twilio
