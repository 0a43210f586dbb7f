// What a purchase would cost, asked of the server before anything is bought.
#pragma once

#include <optional>
#include <string>

#include "edge/cli/client_call.hpp"

namespace dialplane::cli {

struct purchase_price {
  std::string what;      // "+14155550123 (CA)"; or "a local number"
  std::string credits;   // now, fees of a first number included; empty: not known
  std::string fees;      // of those, the registration's; empty: none, or not known
  std::string monthly;   // empty: not known
  std::string balance;   // empty: not known
  bool covered = true;   // by the balance, as far as both are known
  bool is_most = false;  // it may cost less
};

// `phone provision`. A refusal of the quote is one of the purchase; where the server cannot say a
// price, `credits` stays empty. With an operator's key the purchase is bound to a quote, which
// `request` then names. An agent's purchase may first wait for a human, longer than a quote lives;
// it is told the price alone.
boost::system::result<purchase_price, command_error> price_of_provision(client_call& call,
                                                                        api_request& request);
// `numbers provision`, which takes no quote and registers no company.
boost::system::result<purchase_price, command_error> price_of_cartesia_number(
    client_call& call, const api_request& request);

// Of the organization; empty where it cannot be read.
std::string balance_of(client_call& call, const api_request& like);
// Both are texts of credits. True also where one is not known.
bool covers(const std::string& balance, const std::string& price);

// A request that goes for the same user.
api_request beside(const api_request& like, std::string target);

}  // namespace dialplane::cli
