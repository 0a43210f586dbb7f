#include "workflow/reconcile/adopt_orphan.hpp"

#include "domain/area_codes.hpp"
#include "domain/ownership_mark.hpp"
#include "store/reconcile_queries.hpp"
#include "store/rental_queries.hpp"
#include "workflow/records.hpp"

namespace dialplane {

namespace {

constexpr std::string_view review_label = "Found at the carrier: review";

adoption not_adopted(std::string why) { return {std::nullopt, std::move(why)}; }

// Whose it would be: of the purchase behind the mark, else of the organization's default user.
result<std::optional<user_id>> user_for(session& work, const ownership_mark& mark,
                                        const std::optional<operation>& behind) {
  if (behind && behind->organization == mark.organization) {
    TRY_ASSIGN(const auto buyer, work.users().find(mark.organization, behind->user));
    if (buyer && buyer->status != user_status::deleted) return std::optional(buyer->id);
  }
  TRY_ASSIGN(const auto usual, work.users().find_default(mark.organization));
  if (!usual) return std::optional<user_id>();
  return std::optional(usual->id);
}

// Why this number cannot be taken into the books; empty: it can.
result<std::string> hindrance(session& work, const ownership_mark& mark,
                              const number_there& orphan,
                              const std::optional<operation>& behind) {
  TRY_ASSIGN(const auto owner, work.organizations().find(mark.organization));
  if (!owner) return std::string("The organization of its mark is not here.");
  TRY_ASSIGN(const auto same, work.numbers().find_live_by_e164(orphan.e164));
  if (same) return "Our books have it at the account " + same->carrier + ".";
  TRY_ASSIGN(const bool adopted_before, work.reconciles().is_adopted(orphan.mark));
  if (adopted_before) return std::string("Another number of that purchase was adopted before.");
  if (!behind || !behind->number) return std::string();
  TRY_ASSIGN(const auto bought, work.numbers().find(behind->organization, *behind->number));
  const bool has_another = bought && bought->status != number_status::released &&
                           bought->mark == orphan.mark && bought->e164 != orphan.e164;
  return has_another ? "That purchase has its number already: " + bought->e164 + "."
                     : std::string();
}

number reviewed_number(workflow_environment& env, const ownership_mark& mark, user_id user,
                       std::string_view carrier, const number_there& orphan) {
  number row;
  row.id = env.ids.make<number_id>();
  row.organization = mark.organization;
  row.user = user;
  row.status = number_status::active;
  row.e164 = orphan.e164;
  if (is_toll_free(row.area_code())) row.type = number_type::toll_free;
  row.label = std::string(review_label);
  row.carrier = carrier;
  row.mark = orphan.mark;
  row.routing_set = orphan.routing_set;
  row.locked = true;
  row.created_at = env.time.now();
  row.updated_at = row.created_at;
  return row;
}

}  // namespace

result<adoption> adopt_orphan(session& work, workflow_environment& env, std::string_view carrier,
                              const number_there& orphan) {
  const auto mark = parse_ownership_mark(orphan.mark);
  if (!mark || mark->installation != env.installation) {
    return not_adopted("Its mark is not ours.");
  }
  TRY_ASSIGN(const auto behind, work.operations().find_any(mark->operation));
  TRY_ASSIGN(std::string why_not, hindrance(work, *mark, orphan, behind));
  if (!why_not.empty()) return not_adopted(std::move(why_not));
  TRY_ASSIGN(const auto user, user_for(work, *mark, behind));
  if (!user) return not_adopted("Its organization has no user.");
  const number row = reviewed_number(env, *mark, *user, carrier, orphan);
  TRY(work.numbers().insert(row));
  TRY(work.organizations().add_slots_used(row.organization, 1));
  rental never;
  never.organization = row.organization;
  never.number = row.id;
  never.state = rental_state::exempt;
  never.since = row.created_at;
  never.next_at = row.created_at;
  TRY(work.rentals().put(never));
  TRY(append_audit(work, env, row.organization, "phone.adopted", row.id.uuid(), "",
                   {{"e164", row.e164}, {"carrier", carrier}}, std::nullopt));
  return adoption{row.id, {}};
}

}  // namespace dialplane
