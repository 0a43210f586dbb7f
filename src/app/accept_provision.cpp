#include "app/accept_provision.hpp"

#include "app/audit_trail.hpp"
#include "app/usage_day.hpp"
#include "domain/area_codes.hpp"
#include "domain/ownership_mark.hpp"
#include "domain/provision_plan.hpp"
#include "store/quote_queries.hpp"
#include "workflow/purchasing/offered_cost.hpp"
#include "workflow/purchasing/sellers_for.hpp"

namespace dialplane {

namespace {

provision_plan plan_of(const provision_number_request& request, const judged_provision& judged) {
  provision_plan plan;
  plan.type = judged.type;
  plan.area_code = judged.area_code;
  plan.policy = request.policy;
  plan.label = request.label;
  plan.agent = request.agent;
  plan.with_campaign = request.asked_through == dialect::naive;
  plan.registers_brand = judged.registers_brand;
  plan.price = judged.price;
  plan.brand_fee = judged.quote.brand_fee;
  plan.campaign_fee = judged.quote.campaign_fee;
  plan.exact = request.exact;
  if (judged.quoted) {
    plan.exact = judged.quoted->e164;
    plan.quote = judged.quoted->id;
    plan.only_at = judged.quoted->carrier;
    plan.reservation = judged.quoted->reservation;
    plan.quoted = judged.quoted->cost;
  }
  return plan;
}

number pending_number(const app_environment& env, const provision_number_request& request,
                      const judged_provision& judged, const operation& work) {
  number row;
  row.id = *work.number;
  row.organization = request.who.organization;
  row.user = judged.subject.id;
  row.type = judged.type;
  row.bought_through = request.asked_through;
  row.label = request.label;
  row.area_code_asked = judged.area_code;
  // On the cartesia surface the agent answers calls; on the naive one it gets texts.
  if (request.asked_through == dialect::cartesia) row.inbound_agent = request.agent;
  row.carrier = work.carrier;
  row.mark = work.mark;
  row.created_at = env.now();
  row.updated_at = row.created_at;
  return row;
}

operation new_operation(const app_environment& env, const provision_number_request& request,
                        const judged_provision& judged,
                        const std::optional<instant_offer>& offer) {
  operation work;
  work.id = env.ids().make<operation_id>();
  work.organization = request.who.organization;
  work.user = judged.subject.id;
  work.key = request.who.key;
  work.request_id = request.identity.request_id;
  work.asked_through = request.asked_through;
  work.number = env.ids().make<number_id>();
  work.carrier = judged.account;
  work.mark = to_text({env.work.installation, work.organization, work.id});
  work.held = judged.quote.first_month;  // the filings' fees are held apart
  work.slot_held = true;
  work.created_at = env.now();
  work.updated_at = work.created_at;
  provision_plan plan = plan_of(request, judged);
  const bool still_wanted = offer && judged.area_code == request.area_code.value_or("") &&
                            judged.account == offer->carrier;
  if (still_wanted) {
    work.step = operation_step::intent_written;
    work.e164 = offer->offer.e164;
    work.numbers_tried = 1;
    work.intent_at = work.created_at;
    plan.offered = offered_cost(offer->offer);
  }
  work.request = to_json(plan);
  work.plan_at_hand = std::make_shared<const provision_plan>(std::move(plan));
  return work;
}

result<void> keep_ein(session& work, const app_environment& env,
                      const provision_number_request& request, const judged_provision& judged) {
  legal_entity entity = *judged.entity;
  entity.sealed_ein = env.seals.seal(request.ein.reveal(), "ein");
  entity.ein_last_four = std::string(request.ein.reveal().substr(5));
  entity.updated_at = env.now();
  return work.users().update_entity(entity);
}

result<void> hold_credits(session& work, const app_environment& env, const operation& accepted) {
  if (accepted.held.value == 0) return {};
  ledger_entry entry;
  entry.id = env.ids().make<ledger_entry_id>();
  entry.organization = accepted.organization;
  entry.user = accepted.user;
  entry.kind = ledger_kind::hold;
  entry.from = ledger_account::available;
  entry.to = ledger_account::held;
  entry.amount = accepted.held;
  entry.action = "phone.provision";
  entry.reference = accepted.id.uuid();
  entry.created_at = accepted.created_at;
  TRY(work.ledger().post(std::move(entry)));
  return {};
}

result<void> use_quote(session& work, const judged_provision& judged, const operation& by) {
  if (!judged.quoted) return {};
  TRY_ASSIGN(const bool first, work.quotes().use(by.organization, judged.quoted->id, by.id));
  if (!first) return quote_is_over("This quote was used already.");
  return {};
}

result<job> first_job_of(session& work, const app_environment& env, const operation& accepted) {
  job row;
  row.id = env.ids().make<job_id>();
  row.organization = accepted.organization;
  row.subject = accepted.id.bytes;
  row.run_at = accepted.created_at;
  row.leased_until = env.operations.fresh_lease();
  TRY(work.jobs().insert(row));
  return row;
}

json_text audit_detail(const provision_number_request& request, const judged_provision& judged,
                       std::optional<approval_id> approved_as) {
  json_text detail(160);
  detail.put_text("dialect", name_of_value(request.asked_through));
  detail.put_text("type", name_of(judged.type));
  detail.put_text("user", judged.subject.id.uuid());
  if (!judged.area_code.empty()) detail.put_text("area_code", judged.area_code);
  if (approved_as) detail.put_text("approval", approved_as->uuid());
  return detail;
}

}  // namespace

std::optional<instant_offer> offer_at_once(const app_environment& env,
                                           const provision_number_request& request) {
  if (!request.exact.empty() || request.quote) return std::nullopt;
  seller_wish wish;
  wish.type = request.type;
  const std::vector<carrier*> sellers = sellers_for(env.work.carriers, wish);
  if (sellers.empty()) return std::nullopt;
  const bool compares =
      env.rules().purchases.order == purchase_order::price && sellers.size() > 1;
  carrier& seller = *sellers.front();
  if (compares || !seller.abilities().search_is_local) return std::nullopt;
  number_search wanted;
  wanted.type = request.type;
  if (request.type == number_type::toll_free) {
    for (const std::string_view code : toll_free_codes_for_sale()) {
      wanted.area_codes.emplace_back(code);
    }
  } else if (request.area_code) {
    wanted.area_codes.push_back(*request.area_code);
  }
  auto offer = seller.offer_at_once(wanted);
  if (!offer) return std::nullopt;
  return instant_offer{seller.abilities().name, *std::move(offer)};
}

result<accepted_provision> accept_provision(session& work, const app_environment& env,
                                            const provision_number_request& request,
                                            const judged_provision& judged,
                                            const std::optional<instant_offer>& offer,
                                            std::optional<approval_id> approved_as) {
  accepted_provision accepted;
  bool promised = false;  // by a quote, to whoever it is
  if (offer) {
    TRY_ASSIGN(promised,
               work.quotes().is_promised(offer->offer.e164, env.now(), std::nullopt));
  }
  accepted.work = new_operation(env, request, judged, promised ? std::nullopt : offer);
  accepted.work.approval = approved_as;
  const operation& fresh = accepted.work;
  if (judged.store_ein) TRY(keep_ein(work, env, request, judged));
  // First, so that the ledger's rows stand in order of time.
  TRY(hold_credits(work, env, fresh));
  number pending = pending_number(env, request, judged, fresh);
  if (judged.entity) {
    TRY(join_registration(work, env.work, judged.registration, *judged.entity, judged.tier,
                          judged.quote, pending));
    accepted.work.campaign = pending.campaign;
  }
  TRY(work.numbers().insert(pending));
  TRY(use_quote(work, judged, fresh));
  TRY(work.operations().insert(fresh));
  TRY(work.organizations().add_slots_used(fresh.organization, 1));
  TRY(work.organizations().add_usage_of_key(fresh.key, fresh.created_at.unix_ms / usage_day_ms,
                                            {.purchases = 1, .spent = judged.price}));
  TRY(record_act(work, env, request.who, "phone.provision.accepted", fresh.id.uuid(),
                 fresh.request_id, audit_detail(request, judged, approved_as), judged.price));
  TRY_ASSIGN(accepted.first_job, first_job_of(work, env, fresh));
  return accepted;
}

}  // namespace dialplane
