// A company's registration: at Surge, an account whose organization is complete and accepted.
//
// Filing is a PATCH of the owner's account, so it can be repeated; the state is the readiness of
// its capability local_messaging. What Surge misses or finds wrong is told in the dot paths of
// our record. A sole proprietor answers the one-time code by text to Surge itself.
#pragma once

#include <string>

#include "carriers/surge/office.hpp"

namespace dialplane::surge {

void file_brand(office_ptr at, brand_filing filing, carrier_done<brand_report> done);
void read_brand(office_ptr at, std::string reference, carrier_done<brand_report> done);
void resend_code(office_ptr at, std::string reference, carrier_done<brand_report> done);

// What a status answer says; `sole_proprietor`: whose state may be "waits for the code".
result<brand_report> read_readiness(const boost::json::object& answer, std::string reference,
                                    bool sole_proprietor);

}  // namespace dialplane::surge
