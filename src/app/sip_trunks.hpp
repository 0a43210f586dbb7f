// SIP trunks that an organization brought: kept, shown and changed. No trunk is operated yet.
// Inside a unit. Rules: cartesia dialect §2.3.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/carrier_accounts.hpp"
#include "base/object_reader.hpp"
#include "base/secret.hpp"

namespace dialplane {

struct trunk_credentials {
  std::string username;
  std::optional<secret_string> password;  // nothing: the stored one stays
};

// What is given is set; a null clears.
struct inbound_trunk {
  nullable<std::vector<std::string>> allowed_addresses;
  nullable<std::vector<std::string>> allowed_numbers;
  std::optional<std::string> media_encryption;
  bool clears_credentials = false;
  std::optional<trunk_credentials> credentials;
};
struct outbound_trunk {
  std::optional<std::string> address;      // host, or host:port
  std::optional<std::string> transport;    // tcp, tls
  nullable<std::string> destination_country;
  std::optional<std::string> media_encryption;
  bool clears_credentials = false;
  std::optional<trunk_credentials> credentials;
};
struct trunk_input {
  std::optional<std::string> label;
  std::optional<inbound_trunk> inbound;
  std::optional<outbound_trunk> outbound;
};

// invalid_input: neither direction, an address that is none, credentials without a password.
result<carrier_account> create_trunk(session& work, const account_book& book,
                                     organization_id owner, const trunk_input& input,
                                     const act_note& note);
// invalid_input also for another address or transport of a trunk that has them.
result<carrier_account> update_trunk(session& work, const account_book& book, carrier_account row,
                                     const trunk_input& input, const act_note& note);

}  // namespace dialplane
