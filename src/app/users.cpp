#include "app/users.hpp"

#include <utility>

#include "app/audit_trail.hpp"

namespace dialplane {

namespace {

result<account_kit> kit_for(session& work, const actor& who, std::optional<account_kit_id> asked) {
  if (!asked) {
    TRY_ASSIGN(auto found, work.users().find_default_kit(who.organization));
    if (!found) return internal_fault("organization without a default account kit");
    return *std::move(found);
  }
  TRY_ASSIGN(auto found, work.users().find_kit(who.organization, *asked));
  if (!found) return refused(error_code::not_found, "No such account kit.");
  return *std::move(found);
}

// The store says only "taken"; the one unique member is external_id.
error told_as_taken(error failure) {
  if (failure.kind != error_class::conflict) return failure;
  error told = conflicting(error_code::conflict, "Another user has this external_id.");
  told.field = "external_id";
  told.hint = "Use the user that has it, or another external_id.";
  return told;
}

void put_given(user& row, const user_input& input) {
  if (input.external_id.present) row.external_id = input.external_id.value;
  if (input.email.present) row.email = input.email.value;
  if (input.label.present) row.label = input.label.value;
  if (input.metadata) row.metadata = *input.metadata;
  if (input.status) row.status = *input.status;
}

}  // namespace

result<user> create_user(session& work, const app_environment& env, const actor& who,
                         const user_input& input, std::string_view request) {
  TRY_ASSIGN(const account_kit kit, kit_for(work, who, input.kit));
  user row;
  row.id = env.ids().make<user_id>();
  row.organization = who.organization;
  row.kit = kit.id;
  row.created_at = env.now();
  put_given(row, input);
  auto stored = work.users().insert(row);
  if (!stored) return told_as_taken(std::move(stored).error());
  TRY(record_act(work, env, who, "user.created", row.id.uuid(), request,
                 {{"account_kit_id", row.kit.uuid()}}));
  return row;
}

result<user> update_user(session& work, const app_environment& env, const actor& who, user_id id,
                         const user_input& input, std::string_view request) {
  TRY_ASSIGN(user row, get_user(work, who, id));
  if (input.kit) {
    TRY_ASSIGN(const account_kit kit, kit_for(work, who, input.kit));
    row.kit = kit.id;
  }
  put_given(row, input);
  auto stored = work.users().update(row);
  if (!stored) return told_as_taken(std::move(stored).error());
  TRY(record_act(work, env, who, "user.updated", row.id.uuid(), request,
                 {{"account_kit_id", row.kit.uuid()}, {"status", name_of_value(row.status)}}));
  return row;
}

result<void> remove_user(session& work, const app_environment& env, const actor& who, user_id id,
                         std::string_view request) {
  TRY_ASSIGN(user row, get_user(work, who, id));
  if (row.is_default) {
    return conflicting(error_code::conflict, "The default user cannot be deleted.");
  }
  TRY_ASSIGN(const std::int64_t numbers, work.numbers().count_of_user(who.organization, id));
  if (numbers > 0) {
    error failure = conflicting(error_code::conflict, "The user still has numbers.");
    failure.hint = "Release them first.";
    return failure;
  }
  row.status = user_status::deleted;
  row.external_id.reset();  // free for another user
  TRY(work.users().update(row));
  return record_act(work, env, who, "user.deleted", row.id.uuid(), request);
}

result<user> assign_account_kit(session& work, const app_environment& env, const actor& who,
                                user_id id, account_kit_id kit, std::string_view request) {
  TRY_ASSIGN(const account_kit found, kit_for(work, who, kit));
  TRY_ASSIGN(user row, get_user(work, who, id));
  row.kit = found.id;
  TRY(work.users().update(row));
  TRY(record_act(work, env, who, "account_kit.assigned", row.id.uuid(), request,
                 {{"account_kit_id", row.kit.uuid()}}));
  return row;
}

result<user> get_user(session& work, const actor& who, user_id id) {
  TRY_ASSIGN(auto found, work.users().find(who.organization, id));
  if (!found || found->status == user_status::deleted) {
    return refused(error_code::not_found, "No such user.");
  }
  return *std::move(found);
}

result<std::vector<user>> list_users(session& work, const actor& who, std::size_t limit,
                                     std::size_t offset) {
  return work.users().list(who.organization, limit, offset);
}

}  // namespace dialplane
