// All tables on one connection: what a unit of work sees. Lives on the connection's thread.
#pragma once

#include "store/session.hpp"
#include "store/sqlite/agent_table.hpp"
#include "store/sqlite/approval_table.hpp"
#include "store/sqlite/audit_table.hpp"
#include "store/sqlite/call_table.hpp"
#include "store/sqlite/campaign_table.hpp"
#include "store/sqlite/carrier_account_table.hpp"
#include "store/sqlite/contact_table.hpp"
#include "store/sqlite/event_table.hpp"
#include "store/sqlite/inbox_table.hpp"
#include "store/sqlite/integrity_table.hpp"
#include "store/sqlite/job_table.hpp"
#include "store/sqlite/ledger_table.hpp"
#include "store/sqlite/list_versions.hpp"
#include "store/sqlite/message_table.hpp"
#include "store/sqlite/number_table.hpp"
#include "store/sqlite/operation_table.hpp"
#include "store/sqlite/organization_table.hpp"
#include "store/sqlite/quote_table.hpp"
#include "store/sqlite/reconcile_table.hpp"
#include "store/sqlite/rental_table.hpp"
#include "store/sqlite/replay_table.hpp"
#include "store/sqlite/send_counter_table.hpp"
#include "store/sqlite/user_table.hpp"
#include "store/sqlite/webhook_table.hpp"

namespace dialplane::sqlite {

class sqlite_session final : public session {
 public:
  // `on` must outlive it. `changes` is where the writer's tables note what they changed.
  // Only the writer's may keep rows.
  explicit sqlite_session(database& on, change_marks changes = {},
                          row_keeping keeping = row_keeping::off)
      : organizations_(on, keeping),
        users_(on, changes, keeping),
        agents_(on, changes, keeping),
        numbers_(on, changes, keeping),
        campaigns_(on, changes),
        operations_(on),
        approvals_(on),
        ledger_(on),
        replays_(on),
        jobs_(on),
        audit_(on),
        messages_(on),
        inbox_(on),
        contacts_(on),
        send_counters_(on),
        webhooks_(on),
        events_(on),
        carrier_accounts_(on, changes),
        quotes_(on),
        calls_(on),
        reconciles_(on),
        rentals_(on),
        integrity_(on) {}

  organization_queries& organizations() override { return organizations_; }
  user_queries& users() override { return users_; }
  agent_queries& agents() override { return agents_; }
  number_queries& numbers() override { return numbers_; }
  campaign_queries& campaigns() override { return campaigns_; }
  operation_queries& operations() override { return operations_; }
  approval_queries& approvals() override { return approvals_; }
  ledger_queries& ledger() override { return ledger_; }
  replay_queries& replays() override { return replays_; }
  job_queries& jobs() override { return jobs_; }
  audit_queries& audit() override { return audit_; }
  integrity_queries& integrity() override { return integrity_; }
  event_queries& events() override { return events_; }
  webhook_queries& webhooks() override { return webhooks_; }
  send_counter_queries& send_counters() override { return send_counters_; }
  contact_queries& contacts() override { return contacts_; }
  inbox_queries& inbox() override { return inbox_; }
  message_queries& messages() override { return messages_; }

  carrier_account_queries& carrier_accounts() override { return carrier_accounts_; }
  quote_queries& quotes() override { return quotes_; }
  call_queries& calls() override { return calls_; }
  reconcile_queries& reconciles() override { return reconciles_; }
  rental_queries& rentals() override { return rentals_; }

  // For units that share a transaction: counters they raise are stored once, by write_counts(),
  // which comes before the commit and ends the deferring; drop_counts() ends it where the
  // transaction is undone.
  void defer_counts() noexcept {
    organizations_.defer_counts();
    numbers_.defer_counts();
  }
  result<void> write_counts() {
    TRY(organizations_.write_counts());
    return numbers_.write_counts();
  }
  void drop_counts() noexcept {
    organizations_.drop_counts();
    numbers_.drop_counts();
  }
  // Grows with everything that was deferred.
  std::uint64_t deferred() const noexcept {
    return organizations_.deferred() + numbers_.deferred();
  }

  // To be called when anything written through this session was undone.
  void forget_kept() noexcept {
    organizations_.forget_kept();
    users_.forget_kept();
    agents_.forget_kept();
    numbers_.forget_kept();
  }
  // Whether events were appended since the last call.
  bool take_event_mark() noexcept { return operations_.take_event_mark(); }

 private:
  organization_table organizations_;
  user_table users_;
  agent_table agents_;
  number_table numbers_;
  campaign_table campaigns_;
  operation_table operations_;
  approval_table approvals_;
  ledger_table ledger_;
  replay_table replays_;
  job_table jobs_;
  audit_table audit_;
  message_table messages_;
  inbox_table inbox_;
  contact_table contacts_;
  send_counter_table send_counters_;
  webhook_table webhooks_;
  event_table events_;
  carrier_account_table carrier_accounts_;
  quote_table quotes_;
  call_table calls_;
  reconcile_table reconciles_;
  rental_table rentals_;
  integrity_table integrity_;
};

}  // namespace dialplane::sqlite
