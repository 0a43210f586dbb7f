// Which carrier accounts a purchase may use, best first.
//
// Order: the account where the user is registered to text, then the operator's preference; accounts
// that are not open (no funds, credentials rejected) come last. Accounts that cannot do what is
// wanted are left out. Accounts of one purchase are all real or all sandbox: where the first is
// real, so are the others, and as soon as an installation has a real account the sandbox sells
// only to who names it or is registered there. Reads the registry, changes nothing.
#pragma once

#include <string>
#include <vector>

#include "carriers/carrier_registry.hpp"

namespace dialplane {

struct seller_wish {
  number_type type = number_type::local;
  number_features features = {};  // that the number must have
  bool registers = false;         // its right to text is to be registered at the same account
  std::string first = {};         // an account to ask before the others; empty: none
  std::string only = {};          // an account named by the caller; empty: any
};

std::vector<carrier*> sellers_for(const carrier_registry& accounts, const seller_wish& wish);

// Was it the account that failed (credentials, funds, down), so that another one may do better?
bool is_account_fault(const error& why) noexcept;

}  // namespace dialplane
