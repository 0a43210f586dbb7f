// Asks several carrier accounts for numbers at once, each with a limit of time of its own.
//
// Calls and answer stay on the calling loop. Every account ends exactly once: with offers, with its
// error, or as timed out; what it answers after that is dropped. Nothing is bought or reserved.
#pragma once

#include <chrono>
#include <vector>

#include "carriers/carrier.hpp"

namespace dialplane {

struct account_offers {
  carrier* account;
  result<std::vector<number_offer>> offers;
};

// `done` gets one entry per account, in the order given.
void search_accounts(const std::vector<carrier*>& accounts, const number_search& wanted,
                     std::chrono::milliseconds limit,
                     unique_function<void(std::vector<account_offers>)> done);

}  // namespace dialplane
