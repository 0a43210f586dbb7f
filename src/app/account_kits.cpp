#include "app/account_kits.hpp"

#include <utility>

#include "app/audit_trail.hpp"

namespace dialplane {

namespace {

void put_given(account_kit& row, const account_kit_input& input, timestamp now) {
  if (input.name) row.name = *input.name;
  if (input.description.present) row.description = input.description.value;
  if (input.primitives) row.primitives = *input.primitives;
  if (input.connections) row.connections = *input.connections;
  row.updated_at = now;
}

// A change of policy is worth its text in the audit log; it holds no secrets.
boost::json::object audited(const account_kit& row) {
  return {{"name", row.name}, {"primitives_config", row.primitives}};
}

}  // namespace

result<account_kit_view> create_account_kit(session& work, const app_environment& env,
                                            const actor& who, const account_kit_input& input,
                                            std::string_view request) {
  account_kit row;
  row.id = env.ids().make<account_kit_id>();
  row.organization = who.organization;
  row.created_at = env.now();
  put_given(row, input, row.created_at);
  TRY(work.users().insert_kit(row));
  TRY(record_act(work, env, who, "account_kit.created", row.id.uuid(), request, audited(row)));
  return account_kit_view{std::move(row), 0};
}

result<account_kit_view> update_account_kit(session& work, const app_environment& env,
                                            const actor& who, account_kit_id id,
                                            const account_kit_input& input,
                                            std::string_view request) {
  TRY_ASSIGN(account_kit_view kit, get_account_kit(work, who, id));
  put_given(kit.row, input, env.now());
  TRY(work.users().update_kit(kit.row));
  TRY(record_act(work, env, who, "account_kit.updated", id.uuid(), request, audited(kit.row)));
  return kit;
}

result<void> remove_account_kit(session& work, const app_environment& env, const actor& who,
                                account_kit_id id, std::string_view request) {
  TRY_ASSIGN(const account_kit_view kit, get_account_kit(work, who, id));
  if (kit.row.is_default) {
    return refused(error_code::invalid_input, "The default account kit cannot be deleted.");
  }
  if (kit.user_count > 0) {
    error failure = refused(error_code::invalid_input, "The account kit still has users.");
    failure.hint = "Put them under another kit first.";
    return failure;
  }
  TRY(work.users().remove_kit(who.organization, id));
  return record_act(work, env, who, "account_kit.deleted", id.uuid(), request,
                    {{"name", kit.row.name}});
}

result<account_kit_view> get_account_kit(session& work, const actor& who, account_kit_id id) {
  TRY_ASSIGN(auto found, work.users().find_kit(who.organization, id));
  if (!found) return refused(error_code::not_found, "No such account kit.");
  TRY_ASSIGN(const std::int64_t users, work.users().count_users_of_kit(who.organization, id));
  return account_kit_view{*std::move(found), users};
}

result<std::vector<account_kit_view>> list_account_kits(session& work, const actor& who,
                                                        std::size_t limit, std::size_t offset) {
  TRY_ASSIGN(auto rows, work.users().list_kits(who.organization, limit, offset));
  std::vector<account_kit_view> kits;
  kits.reserve(rows.size());
  for (account_kit& row : rows) {
    TRY_ASSIGN(const auto users, work.users().count_users_of_kit(who.organization, row.id));
    kits.push_back({std::move(row), users});
  }
  return kits;
}

}  // namespace dialplane
