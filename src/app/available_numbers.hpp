// What is for sale now: all carrier accounts that sell are asked at once, each with a limit of
// time, and one that fails is named instead of failing the whole. Nothing is bought or held.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/environment.hpp"
#include "carriers/carrier.hpp"
#include "domain/organization.hpp"

namespace dialplane {

struct available_request {
  actor who;
  std::optional<user_id> user;  // nothing: the key's user, else the default user
  number_search wanted;         // limit: of all accounts together
  std::string account;          // only there; empty: all that sell
};

struct available_number {
  std::string carrier;
  number_offer offer;
  micro_credits price;          // ours, all that this user would pay for it now
};

struct unavailable_account {
  std::string carrier;
  std::string sentence;         // public: why it does not show here
};

struct available_numbers {
  std::vector<available_number> rows;  // each account's best first, the accounts in turn
  std::vector<unavailable_account> unavailable;
};

void find_available_numbers(app_environment& env, available_request request,
                            unique_function<void(result<available_numbers>)> done);

// What a number of that type would cost this user now, registration included where it is due.
result<number_quote> price_for(session& work, const app_environment& env, organization_id owner,
                               const user& subject, number_type type, std::string_view account);
// The account named by a request, or a refusal that names the field.
result<void> check_account_name(const app_environment& env, const std::string& account);

}  // namespace dialplane
