// What the naive dialect shows about users, kits, companies, credits, operations and the audit log,
// as pure functions of rows. Members and their order are those of contract/openapi.yaml. EINs are
// shown masked; nothing sealed is opened here.
#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "app/account_kits.hpp"
#include "app/credits.hpp"
#include "app/legal_entities.hpp"
#include "domain/audit.hpp"
#include "domain/operation.hpp"
#include "domain/user.hpp"

namespace dialplane {

boost::json::object render_user(const user& row);
boost::json::object render_account_kit(const account_kit_view& kit);
boost::json::object render_legal_entity(const legal_entity& row);
boost::json::object render_verification(const verification_view& view);

// One row of the usage list: `credits` above zero comes in, below zero goes out.
boost::json::object render_usage_entry(const ledger_entry& entry);
boost::json::object render_topup(const completed_topup& done);

boost::json::object render_operation(const operation& row);
boost::json::object render_audit_entry(const audit_entry& entry);

}  // namespace dialplane
