// What the naive dialect shows about phones and approvals, as pure functions of rows and outcomes:
// the same input gives the same bytes, so a repeated request can be answered again.
//
// Members and their order are those of contract/openapi.yaml and the founding document. Nothing is
// read or decided here. Users, kits, credits and the rest are in naive_account_rendering.hpp.
#pragma once

#include <boost/json/object.hpp>
#include <optional>

#include "app/phone_numbers.hpp"
#include "app/phone_status.hpp"
#include "app/release_number.hpp"
#include "domain/approval.hpp"
#include "domain/campaign.hpp"
#include "domain/findings.hpp"
#include "domain/number.hpp"
#include "domain/operation.hpp"
#include "domain/provision_outcome.hpp"

namespace dialplane {

// {"phone","campaign","credits_used","credits_remaining"}: the founding answer, exactly these.
boost::json::object render_provisioned(const provision_outcome& outcome);

// The same while the purchase is not settled: status pending, e164 null, operation_id.
struct pending_provision {
  operation work;
  number_type type = number_type::local;
  std::optional<campaign> filed;
  micro_credits remaining;
};
boost::json::object render_provision_pending(const pending_provision& pending);

// {"status":"pending_approval","approval_id",…}.
boost::json::object render_gated(const approval& waiting);

boost::json::object render_phone_row(const phone_view& phone);
// `numbers`: how many use it. The second adds what became of one number's attachment.
boost::json::object render_campaign(const campaign& shown, std::int64_t numbers);
boost::json::object render_campaign_of(const campaign& shown, std::int64_t numbers,
                                       const number& of);
// A carrier's own price; null where it is not known.
boost::json::value render_carrier_cost(const carrier_cost& cost);
boost::json::object render_finding(const finding& found);
boost::json::object render_phone_status(const phone_status_view& view);
boost::json::object render_assignment(const assignment& link);

// Releasing or released, told apart by the answer's operation.
boost::json::object render_releasing(const release_number_answer& answer);
boost::json::object render_released(const release_number_answer& answer,
                                    const release_outcome& outcome);

// `row` as of now (as_of in app/resolve_approval.hpp).
boost::json::object render_approval(const approval& row);

}  // namespace dialplane
