#include "workflow/operations/settle_provision.hpp"

#include <boost/json/parse.hpp>

#include "domain/provision_outcome.hpp"
#include "domain/stored_error.hpp"
#include "store/quote_queries.hpp"
#include "workflow/records.hpp"
#include "workflow/registration/joining.hpp"

namespace dialplane {

namespace {

// Moves the whole hold on: captured when the number is there, returned when it is not.
result<void> move_hold(session& work, workflow_environment& env, operation& ending,
                       ledger_kind kind, ledger_account to) {
  if (ending.held.value == 0) return {};
  ledger_entry entry;
  entry.id = env.ids.make<ledger_entry_id>();
  entry.organization = ending.organization;
  entry.user = ending.user;
  entry.kind = kind;
  entry.from = ledger_account::held;
  entry.to = to;
  entry.amount = ending.held;
  entry.action = "phone.provision";
  entry.reference = ending.id.uuid();
  entry.created_at = env.time.now();
  TRY(work.ledger().post(std::move(entry)));
  ending.held = {};
  return {};
}

result<void> resolve_approval(session& work, workflow_environment& env, const operation& ending) {
  if (!ending.approval) return {};
  TRY_ASSIGN(std::optional<approval> row,
             work.approvals().find(ending.organization, *ending.approval));
  if (!row) return internal_fault("an executing approval is not there");
  const bool executed = ending.state == operation_state::succeeded;
  row->status = executed ? approval_status::executed : approval_status::failed;
  (executed ? row->result : row->failure) = ending.outcome;
  TRY(work.approvals().update(*row));
  return append_event(work, env, row->organization, row->user, "approval.resolved",
                      {{"approval_id", row->id.uuid()},
                       {"primitive", "phone"},
                       {"action_type", row->action_type},
                       {"status", name_of_value(row->status)}});
}

// The agent may have been deleted since the request was accepted.
result<std::optional<agent>> connect_agent(session& work, workflow_environment& env,
                                           const provision_plan& plan, number& bought) {
  if (!plan.agent) return std::optional<agent>();
  TRY_ASSIGN(std::optional<agent> who, work.agents().find(bought.organization, *plan.agent));
  if (!who) {
    bought.inbound_agent.reset();
    return std::optional<agent>();
  }
  if (bought.bought_through == dialect::naive) {
    TRY(work.numbers().put_assignment(
        {bought.organization, bought.id, who->id, true, true, env.time.now()}));
  }
  return who;
}

result<void> tell_of_number(session& work, workflow_environment& env, const operation& ending,
                            const number& bought, micro_credits price) {
  const std::string id = bought.id.uuid();
  json_text told(192);
  told.put_text("id", id);
  told.put_text("e164", bought.e164);
  told.put_text("type", name_of(bought.type));
  told.put_text("status", name_of_value(bought.status));
  TRY(append_event(work, env, bought.organization, bought.user, "phone.provisioned",
                   std::move(told)));
  json_text detail(96);
  detail.put_text("operation", ending.id.uuid());
  detail.put_text("e164", bought.e164);
  return append_audit(work, env, bought.organization, "phone.provision.settled", id,
                      ending.request_id, std::move(detail), price);
}

result<number> number_of(session& work, const operation& ending) {
  TRY_ASSIGN(std::optional<number> row, work.numbers().find(ending.organization, *ending.number));
  if (!row) return internal_fault("an operation's number is not there");
  return *std::move(row);
}

// The carrier's word at the purchase, else what its offer said.
carrier_cost cost_of(const provision_plan& plan, const carrier_number& seen) {
  if (!seen.price) return plan.offered;
  return {seen.price->monthly_micro_usd, seen.price->upfront_micro_usd, seen.price->is_estimate};
}

result<void> record_cost(session& work, const number& bought, const provision_plan& plan,
                         const carrier_number& seen, timestamp at) {
  return work.quotes().put_purchase({bought.id, bought.organization, bought.carrier,
                                     seen.reference, cost_of(plan, seen), at});
}

}  // namespace

result<void> note_purchase(session& work, const operation& provision, const provision_plan& plan,
                           const carrier_number& seen, timestamp at) {
  TRY_ASSIGN(number bought, number_of(work, provision));
  bought.carrier_reference = seen.reference;
  bought.updated_at = at;
  TRY(work.numbers().update(bought));
  return record_cost(work, bought, plan, seen, at);
}

result<void> settle_provision(session& work, workflow_environment& env, operation& ending,
                              const provision_plan& plan, const carrier_number* seen) {
  TRY_ASSIGN(number bought, number_of(work, ending));
  micro_credits price = ending.held + plan.brand_fee + plan.campaign_fee;
  bought.e164 = ending.e164;
  bought.status = number_status::active;
  bought.routing_set = !plan.routing_failed;
  bought.updated_at = env.time.now();
  if (seen != nullptr) {
    bought.carrier_reference = seen->reference;
    TRY(record_cost(work, bought, plan, *seen, bought.updated_at));
  }
  TRY_ASSIGN(const std::optional<agent> connected, connect_agent(work, env, plan, bought));
  begun_registration begun;
  if (plan.with_campaign) {
    TRY_ASSIGN(begun, begin_registration(work, env, ending, bought));
    price = price - begun.returned;
  }
  TRY(work.numbers().update(bought));
  TRY(move_hold(work, env, ending, ledger_kind::charge, ledger_account::spent));
  TRY_ASSIGN(const ledger_balances balances, work.ledger().balances(ending.organization));
  ending.state = operation_state::succeeded;
  ending.step = operation_step::settled;
  ending.slot_held = false;  // the slot is the number's now
  auto outcome = std::make_shared<const provision_outcome>(outcome_of_provision(
      bought, connected, begun.joined, begun.company, price, balances.available));
  ending.outcome = to_json(*outcome);
  ending.outcome_at_hand = std::move(outcome);
  TRY(resolve_approval(work, env, ending));
  return tell_of_number(work, env, ending, bought, price);
}

result<void> compensate_provision(session& work, workflow_environment& env, operation& ending,
                                  const provision_plan& plan, const error& why) {
  TRY_ASSIGN(const number never_bought, number_of(work, ending));
  TRY(work.numbers().remove(ending.organization, *ending.number));
  if (ending.slot_held) TRY(work.organizations().add_slots_used(ending.organization, -1));
  TRY(move_hold(work, env, ending, ledger_kind::refund, ledger_account::available));
  if (plan.with_campaign) TRY(give_back_registration(work, env, ending, never_bought));
  ending.state = operation_state::failed;
  ending.step = operation_step::compensated;
  ending.slot_held = false;
  ending.outcome = failure_outcome_json(why);
  TRY(resolve_approval(work, env, ending));
  return append_audit(work, env, ending.organization, "phone.provision.failed", ending.id.uuid(),
                      ending.request_id, {{"code", name_of(why.code)}}, micro_credits{0});
}

}  // namespace dialplane
