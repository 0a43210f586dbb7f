// Letting a number send under a campaign. Surge does it by itself when a campaign becomes active;
// asking for it is a PATCH of the number.
#pragma once

#include <string>

#include "carriers/surge/office.hpp"
#include "carriers/surge/owned_number.hpp"

namespace dialplane::surge {

void attach_number(office_ptr at, std::string campaign, std::string e164,
                   carrier_done<void> done);
void read_attachment(office_ptr at, std::string campaign, std::string e164,
                     carrier_done<attachment_report> done);

attachment_report attachment_of(const owned_number& number, std::string_view campaign);

}  // namespace dialplane::surge
