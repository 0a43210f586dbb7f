// Choosing one number for sale over several carrier accounts: stage by stage of the area code
// policy, and within a stage account by account.
//
// The asked code at another account comes before another code at the preferred account: the stage
// is widened only when no account has anything at it. Under the order `price` all accounts are
// asked at each stage and the cheapest offer wins. An account that fails is not asked again in the
// same choice. Reads only; whoever chooses writes the intent before anything is bought.
#pragma once

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/event_loop.hpp"
#include "carriers/carrier.hpp"
#include "domain/area_code_policy.hpp"
#include "domain/purchase_rules.hpp"

namespace dialplane {

struct number_wish {
  number_type type = number_type::local;
  std::string area_code = {};  // empty: no preference
  area_code_policy policy = default_area_code_policy;
  std::string exact = {};      // E.164: that number or none
  std::string owner = {};      // as in number_purchase
};

struct account_failure {
  std::string account;
  error why;
};

struct number_choice {
  carrier* from = nullptr;                // null: nothing fits
  number_offer offer = {};
  std::vector<account_failure> failures = {};
  bool any_answered = false;              // some account said that it has nothing
};

struct choice_hooks {
  // Called before an account is searched: goes on with the task once it may. Not under the order
  // `price`, where all are searched at once. Null: at once.
  unique_function<void(carrier&, event_loop::task)> admit = nullptr;
  // False for a number that somebody else here is about to buy. Null: all are free.
  unique_function<bool(carrier&, const std::string& e164)> is_free = nullptr;
  // Gives those of some offered numbers that are promised to somebody else. Null: none are.
  using told_numbers = unique_function<void(std::set<std::string>)>;
  unique_function<void(std::vector<std::string>, told_numbers)> find_promised = nullptr;
};

// On the calling loop.
void choose_number(std::vector<carrier*> accounts, number_wish wish, const purchase_rules& rules,
                   choice_hooks hooks, unique_function<void(number_choice)> done);

// How a search for exactly that number reads.
number_search search_for_exact(const std::string& e164, number_type type);

}  // namespace dialplane
