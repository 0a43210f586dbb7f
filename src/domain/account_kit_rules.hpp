// What an account kit may say: the shape of primitives_config and connections_config.
//
// Pure checks of what an operator sends; what a stored kit means is asked of account_kit
// (user.hpp). "phone" is the primitive this server has. Others are kept and shown, in the same
// shape, for clients that set up more than phones. Rules: naive dialect §6.
#pragma once

#include <boost/json/object.hpp>
#include <string_view>

#include "base/error.hpp"

namespace dialplane {

inline constexpr std::size_t primitives_max = 32;
inline constexpr std::size_t connections_config_bytes_max = 16 * 1024;

// Each member: {enabled?, requiresApproval?, defaults?: {area_code?, max_numbers?,
// monthly_credit_limit?, quiet_hours?: {from_hour, to_hour}}}. Refused: invalid_input, or
// area_code_invalid for an area code that is not a US geographic one in service; `field` is the dot
// path.
result<void> check_primitives_config(const boost::json::object& config);

// {mode?: open|allowlist|blocklist, ...}: kept, not used. Bounded in size.
result<void> check_connections_config(const boost::json::object& config);

}  // namespace dialplane
