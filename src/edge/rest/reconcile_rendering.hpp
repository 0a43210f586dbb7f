// Comparisons with carrier accounts as JSON: for the route and for the local command alike.
#pragma once

#include <boost/json/object.hpp>

#include "workflow/reconcile/agreement.hpp"

namespace dialplane {

boost::json::object render_reconcile_run(const reconcile_run& row);
boost::json::object render_reconcile_finding(const reconcile_finding& row);
boost::json::object render_agreement(const agreement_view& view);

}  // namespace dialplane
