// What is known about a carrier before there is an account: read from its carrier.yaml, which is
// part of the program, shown by the command line and in docs/carriers.md, and asked by whoever
// chooses a carrier. Immutable.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/secret.hpp"
#include "carriers/carrier.hpp"
#include "carriers/carrier_http.hpp"

namespace dialplane {

struct credential_description {
  std::string name;          // "auth_token"
  std::string title;         // where to find it at the carrier
  bool secret = true;        // false: may be shown
  bool required = true;
};

struct carrier_link {
  std::string title;
  std::string url;
};

struct carrier_description {
  std::string kind;          // the carrier's short name, as in its folder
  std::string title;         // as it writes itself
  std::string base_url;      // of its API; an account's option "base_url" replaces it
  carrier_abilities abilities;  // `name` is the kind; an account puts its own there
  std::vector<credential_description> credentials;
  carrier_limits limits;
  carrier_price local;       // price list, estimates
  carrier_price toll_free;
  std::vector<carrier_link> links;
  std::vector<std::string> set_up;  // sentences, in order
  std::vector<std::string> notes;   // what it cannot do, in sentences
};

// The text of a carrier.yaml. internal_fault, saying what is wrong, for one that breaks the form.
result<carrier_description> parse_carrier_description(std::string_view yaml);

// One account at a carrier, opened.
struct carrier_account_settings {
  std::string name;          // unique in this installation; becomes abilities().name
  std::map<std::string, secret_string, std::less<>> credentials;
  std::map<std::string, std::string, std::less<>> options;  // "base_url" and the carrier's own
  std::string public_url;    // ours, without a slash at the end
  std::string installation;  // begins our marks
  // Another adapter of this account ran before, perhaps in a process that died: what it asked for
  // may still happen at the carrier for the settling time.
  bool follows_another = false;
};

// Makes the adapter; refused (carrier_account_invalid, naming the field) where a credential is
// missing or cannot be right. Does not talk to the carrier.
using carrier_maker = result<std::unique_ptr<carrier>> (*)(const carrier_description& described,
                                                           const carrier_tools& tools,
                                                           carrier_account_settings account);

// The value of an option, or of the description where the account does not say.
std::string base_url_of(const carrier_description& described,
                        const carrier_account_settings& account);
// The credential, or refused naming "credentials.NAME".
result<secret_string> credential_of(const carrier_account_settings& account,
                                    std::string_view name);

}  // namespace dialplane
