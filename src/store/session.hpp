// What a unit of work sees: one small query interface per kind of row.
//
// Everything that belongs to an organization is asked for with its id, so that another
// organization's row cannot be found by mistake. Lists always have a limit. "Newest first" is by
// id, which is ordered by time. All calls may fail with store_failed; finding nothing is not an
// error.
#pragma once

#include "store/agent_queries.hpp"
#include "store/approval_queries.hpp"
#include "store/audit_queries.hpp"
#include "store/campaign_queries.hpp"
#include "store/integrity_queries.hpp"
#include "store/job_queries.hpp"
#include "store/ledger_queries.hpp"
#include "store/number_queries.hpp"
#include "store/operation_queries.hpp"
#include "store/organization_queries.hpp"
#include "store/replay_queries.hpp"
#include "store/user_queries.hpp"

namespace dialplane {

// Included by those who use them, so that a change in one does not rebuild every unit of work.
class call_queries;
class carrier_account_queries;
class contact_queries;
class event_queries;
class inbox_queries;
class message_queries;
class quote_queries;
class reconcile_queries;
class rental_queries;
class send_counter_queries;
class webhook_queries;

class session {
 public:
  virtual ~session() = default;
  virtual organization_queries& organizations() = 0;
  virtual user_queries& users() = 0;
  virtual agent_queries& agents() = 0;
  virtual number_queries& numbers() = 0;
  virtual campaign_queries& campaigns() = 0;
  virtual operation_queries& operations() = 0;
  virtual approval_queries& approvals() = 0;
  virtual ledger_queries& ledger() = 0;
  virtual replay_queries& replays() = 0;
  virtual job_queries& jobs() = 0;
  virtual audit_queries& audit() = 0;
  virtual integrity_queries& integrity() = 0;
  virtual message_queries& messages() = 0;
  virtual inbox_queries& inbox() = 0;
  virtual contact_queries& contacts() = 0;
  virtual send_counter_queries& send_counters() = 0;
  virtual webhook_queries& webhooks() = 0;
  virtual event_queries& events() = 0;
  virtual carrier_account_queries& carrier_accounts() = 0;
  virtual quote_queries& quotes() = 0;
  virtual call_queries& calls() = 0;
  virtual reconcile_queries& reconciles() = 0;
  virtual rental_queries& rentals() = 0;
};

}  // namespace dialplane
