// Where a number's texts and calls go, through the routes that Telnyx really honours: the profile
// by /messaging, the connection by /voice; and the account's own state.
#pragma once

#include <memory>
#include <string>

#include "carriers/carrier.hpp"

namespace dialplane::telnyx {

struct account;

// Sets profile, application and deletion lock; an empty address takes the number off its profile
// or application. Repeatable. conflict: not a number of this account.
void route_number(const std::shared_ptr<account>& at, std::string e164, number_routing routing,
                  carrier_done<void> done);
void read_number_routing(const std::shared_ptr<account>& at, std::string e164,
                         carrier_done<routing_snapshot> done);
void restore_number_routing(const std::shared_ptr<account>& at, std::string e164,
                            routing_snapshot before, carrier_done<void> done);

void report_account(const std::shared_ptr<account>& at, std::string shown_name,
                    carrier_done<account_report> done);

}  // namespace dialplane::telnyx
