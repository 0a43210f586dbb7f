// Moving a purchase to another carrier account, with what is registered for it.
//
// A number texts under a campaign at its own account. While nothing of it is filed and no other
// number shares it, the campaign (and the brand, if that is new too) moves with the number; from
// then on the purchase is bound to the account where the registration lives.
#pragma once

#include <optional>
#include <string>

#include "base/error.hpp"
#include "domain/operation.hpp"
#include "store/session.hpp"

namespace dialplane {

// Where the user's company is registered, or being registered, to text; nothing: nowhere yet.
result<std::optional<std::string>> registration_home(session& work, organization_id owner,
                                                     user_id of);
// The one account that a purchase under way may use; nothing: any. Reads only.
result<std::optional<std::string>> bound_account(session& work, const operation& provision);
// Number, campaign and brand follow the operation to its carrier. conflict: bound by now.
result<void> move_to_account(session& work, const operation& provision, timestamp at);

}  // namespace dialplane
