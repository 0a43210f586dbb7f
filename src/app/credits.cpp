#include "app/credits.hpp"

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>

#include "app/audit_trail.hpp"
#include "domain/credit_packs.hpp"
#include "domain/credits_json.hpp"
#include "store/rental_queries.hpp"

namespace dialplane {

result<void> check_balance(session& work, organization_id owner, micro_credits needed) {
  if (needed.value == 0) return {};
  TRY_ASSIGN(const ledger_balances balances, work.ledger().balances(owner));
  if (balances.available >= needed) return {};
  error refusal = refused(error_code::insufficient_credits,
                          "This needs " + to_decimal(needed) + " credits, " +
                              to_decimal(balances.available) + " are available.");
  refusal.hint = "Top up with POST /v1/billing/topup.";
  refusal.details = boost::json::object{{"required", credits_json(needed)},
                                        {"balance", credits_json(balances.available)},
                                        {"packs", credit_packs_json()}};
  return refusal;
}

result<usage_view> read_usage(session& work, const app_environment& env, const actor& who,
                              std::int64_t days, const page_request& cut) {
  usage_view view;
  TRY_ASSIGN(view.balances, work.ledger().balances(who.organization));
  const timestamp since = env.now() + std::chrono::hours(-24 * days);
  TRY_ASSIGN(auto found, work.ledger().page_of(who.organization, since, cut));
  if (found.has_more && !found.rows.empty()) view.next = found.rows.back().id;
  view.entries.reserve(found.rows.size());
  for (ledger_entry& entry : found.rows) {
    if (!who.user || entry.user == who.user) view.entries.push_back(std::move(entry));
  }
  return view;
}

result<completed_topup> top_up(session& work, const app_environment& env, const actor& who,
                               std::string_view pack_id, std::string_view request) {
  const auto pack = std::find_if(credit_packs.begin(), credit_packs.end(),
                                 [&](const credit_pack& each) { return each.id == pack_id; });
  if (pack == credit_packs.end()) {
    error failure = refused(error_code::not_found, "No such credit pack.");
    failure.field = "pack_id";
    failure.hint = "GET /v1/billing/packs lists them.";
    return failure;
  }
  ledger_entry entry;
  entry.id = env.ids().make<ledger_entry_id>();
  entry.organization = who.organization;
  entry.kind = ledger_kind::topup;
  entry.from = ledger_account::granted;
  entry.to = ledger_account::available;
  entry.amount = pack->credits;
  entry.action = "credits.topup";
  entry.reference = std::string(pack->id);
  entry.created_at = env.now();
  TRY_ASSIGN(const ledger_entry posted, work.ledger().post(std::move(entry)));
  // Rentals that could not be paid are looked at again now.
  TRY(work.rentals().retry_unpaid(who.organization, env.now()));
  TRY(record_act(work, env, who, "credits.topped_up", posted.id.uuid(), request,
                 {{"pack_id", pack->id}}, pack->credits));
  return completed_topup{pack->credits, posted.available_after};
}

}  // namespace dialplane
