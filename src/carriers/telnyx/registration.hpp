// US messaging registration at Telnyx: brands and campaigns (10DLC, camelCase JSON, not wrapped in
// `data`), numbers on campaigns, toll-free verifications.
//
// A brand and a campaign have no field of ours in their lists but the webhook address; our mark and
// the submission's number are in its query, which is how a filing whose answer was lost is found
// again and never made twice.
#pragma once

#include <memory>
#include <string>

#include "carriers/carrier.hpp"

namespace dialplane::telnyx {

struct account;

void file_brand_at(const std::shared_ptr<account>& at, brand_filing filing,
                   carrier_done<brand_report> done);
void ask_brand(const std::shared_ptr<account>& at, std::string reference,
               carrier_done<brand_report> done);
void text_brand_code(const std::shared_ptr<account>& at, std::string reference,
                     carrier_done<brand_report> done);
void confirm_code_of_brand(const std::shared_ptr<account>& at, std::string reference,
                           std::string code, carrier_done<brand_report> done);

void file_campaign_at(const std::shared_ptr<account>& at, campaign_filing filing,
                      carrier_done<campaign_report> done);
void ask_campaign(const std::shared_ptr<account>& at, std::string reference,
                  carrier_done<campaign_report> done);
void end_campaign_at(const std::shared_ptr<account>& at, std::string reference,
                     carrier_done<void> done);
void attach_to_campaign(const std::shared_ptr<account>& at, std::string reference,
                        std::string e164, carrier_done<void> done);
void ask_attachment(const std::shared_ptr<account>& at, std::string reference, std::string e164,
                    carrier_done<attachment_report> done);

// References of toll-free verifications begin so; those of campaigns never do.
inline constexpr std::string_view toll_free_prefix = "tollfree_";

void file_toll_free(const std::shared_ptr<account>& at, campaign_filing filing,
                    carrier_done<campaign_report> done);
void ask_toll_free(const std::shared_ptr<account>& at, std::string reference,
                   carrier_done<campaign_report> done);
void end_toll_free(const std::shared_ptr<account>& at, std::string reference,
                   carrier_done<void> done);
void check_toll_free_number(const std::shared_ptr<account>& at, std::string reference,
                            std::string e164, carrier_done<attachment_report> done);

// True for what may stand in a path as it is: ids of Telnyx are letters, digits, '-' and '_'.
bool is_reference(std::string_view text) noexcept;
error no_such_filing();

}  // namespace dialplane::telnyx
