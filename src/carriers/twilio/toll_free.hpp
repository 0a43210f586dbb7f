// Toll-free verifications: what campaigns are to local numbers. Found again by our mark, which the
// carrier keeps as an external reference with the submission it stands for.
#pragma once

#include <memory>
#include <string>

#include "carriers/carrier.hpp"
#include "carriers/twilio/api.hpp"

namespace dialplane::twilio {

void file_toll_free(std::shared_ptr<api> through, campaign_filing filing, std::string notify,
                    carrier_done<campaign_report> done);
void toll_free_state(const std::shared_ptr<api>& through, const std::string& reference,
                     carrier_done<campaign_report> done);
// The verification is of one number: attached once it is approved, and only that one.
void toll_free_attachment(const std::shared_ptr<api>& through, const std::string& reference,
                          std::string e164, carrier_done<attachment_report> done);

}  // namespace dialplane::twilio
