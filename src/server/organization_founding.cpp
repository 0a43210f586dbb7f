#include "server/organization_founding.hpp"

#include "app/new_keys.hpp"

namespace dialplane {

namespace {

// Open: everything enabled, nothing gated (naive dialect §6: the kit made at sign-up).
account_kit open_kit(organization_id owner, account_kit_id id, timestamp now) {
  account_kit kit;
  kit.id = id;
  kit.organization = owner;
  kit.name = "Default";
  kit.description = "Everything enabled, nothing needs approval.";
  kit.is_default = true;
  kit.primitives = {{"phone", {{"enabled", true}, {"requiresApproval", false}}}};
  kit.connections = {{"mode", "open"}};
  kit.created_at = now;
  kit.updated_at = now;
  return kit;
}

user default_user(organization_id owner, user_id id, account_kit_id kit, timestamp now) {
  user row;
  row.id = id;
  row.organization = owner;
  row.label = "Default";
  row.kit = kit;
  row.is_default = true;
  row.created_at = now;
  return row;
}

result<void> give_credits(session& work, id_generator& ids, timestamp now, organization_id owner,
                          micro_credits amount) {
  if (amount.value == 0) return {};
  ledger_entry entry;
  entry.id = ids.make<ledger_entry_id>();
  entry.organization = owner;
  entry.kind = ledger_kind::topup;
  entry.from = ledger_account::granted;
  entry.to = ledger_account::available;
  entry.amount = amount;
  entry.action = "starting_balance";
  entry.reference = owner.uuid();
  entry.created_at = now;
  TRY(work.ledger().post(std::move(entry)));
  return {};
}

}  // namespace

result<void> record_local_act(session& work, id_generator& ids, timestamp now,
                              organization_id owner, std::string_view actor_type,
                              std::string_view action, std::string_view object) {
  audit_entry entry;
  entry.id = ids.make<audit_id>();
  entry.organization = owner;
  entry.actor_type = actor_type;
  entry.action = action;
  entry.object = object;
  entry.detail = "{}";
  entry.at = now;
  return work.audit().append(entry);
}

result<founded_organization> found_organization(session& work, id_generator& ids, timestamp now,
                                                const organization_wish& wish) {
  founded_organization made;
  made.row.id = ids.make<organization_id>();
  made.row.name = wish.name;
  made.row.plan = wish.plan;
  made.row.slots_override = wish.slots_override;
  made.row.created_at = now;
  const organization_id owner = made.row.id;
  TRY(work.organizations().insert(made.row));

  const account_kit kit = open_kit(owner, ids.make<account_kit_id>(), now);
  TRY(work.users().insert_kit(kit));
  made.default_user = ids.make<user_id>();
  TRY(work.users().insert(default_user(owner, made.default_user, kit.id, now)));
  TRY(give_credits(work, ids, now, owner, wish.credits));

  made.operator_key = row_of_key(wish.operator_key, key_role::operator_key, owner,
                                 ids.make<api_key_id>(), now);
  made.agent_key =
      row_of_key(wish.agent_key, key_role::agent_key, owner, ids.make<api_key_id>(), now);
  TRY(work.organizations().insert_key(made.operator_key));
  TRY(work.organizations().insert_key(made.agent_key));
  return made;
}

}  // namespace dialplane
