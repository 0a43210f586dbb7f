// Carrier accounts as operators see them, the same at the command line and over REST: never a
// secret in it.
#pragma once

#include <boost/json/object.hpp>
#include <string>
#include <vector>

#include "app/carrier_accounts.hpp"

namespace dialplane {

// "1.15" for 1,150,000.
std::string usd_text(std::int64_t micro_usd);

boost::json::object carrier_kind_json(const carrier_description& described);
boost::json::object carrier_account_json(const carrier_account& row, const account_book& book);
// The program's own carriers, which have no row.
std::vector<boost::json::object> built_in_carriers_json(const account_book& book);
// "works", what the account says, and what is missing.
boost::json::object account_check_json(const carrier_account& row, const account_check& check);

}  // namespace dialplane
