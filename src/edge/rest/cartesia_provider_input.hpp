// What the routes of telephony providers read and write: an organization's own account, or its SIP
// trunk, and the choice of one in a number's request. Rules: cartesia dialect §2.1, §2.3.
#pragma once

#include <optional>
#include <string>

#include "app/import_number.hpp"
#include "app/sip_trunks.hpp"
#include "base/object_reader.hpp"

namespace dialplane {

enum class provider_type { own_account, sip_trunk };

struct provider_input {
  provider_type type = provider_type::own_account;
  // An own account.
  std::string account_sid;
  std::string api_key_sid;
  secret_string api_key_secret;
  std::optional<std::string> region;
  std::optional<std::string> label;
  // A trunk.
  trunk_input trunk;
};

// `creates`: else a change, which leaves out what cannot be changed.
result<provider_input> read_provider(const boost::json::object& members, bool creates);

// The member `provider` of an import or of a change of a number; nothing where it is absent.
std::optional<provider_choice> read_provider_choice(object_reader& body, bool required);

// The kind of carrier account behind the type this dialect calls twilio.
std::string own_account_kind();
// Where it is at the carrier, as accounts are told apart.
std::string own_account_place(const std::string& account_sid, const std::string& region);

// As numbers show their provider; and with state and trunk, as the provider's own routes do.
boost::json::object render_number_provider(const carrier_account& row);
boost::json::object render_provider(const carrier_account& row);

}  // namespace dialplane
