#include "app/legal_entities.hpp"

#include <utility>

#include "app/audit_trail.hpp"
#include "app/subject.hpp"

namespace dialplane {

namespace {

void put_changes(legal_entity& row, const app_environment& env,
                 const legal_entity_changes& changes) {
  apply_changes(row.record, changes.record);
  if (changes.ein.present) {
    row.sealed_ein.clear();
    row.ein_last_four.clear();
    if (changes.ein.value) {
      const std::string& digits = changes.ein.value->reveal_digits();
      row.sealed_ein = env.seals.seal(digits, "ein");
      row.ein_last_four = digits.substr(digits.size() - 4);
    }
  }
  row.updated_at = env.now();
}

// Which members were touched: names only, values may be private.
boost::json::object audited(const legal_entity& row, const legal_entity_changes& changes) {
  boost::json::array fields;
  for (const auto& member : changes.record) fields.push_back(boost::json::value(member.key()));
  if (changes.ein.present) fields.push_back("ein");
  return {{"status", name_of_value(row.status)}, {"fields", std::move(fields)}};
}

// Who the company is, as it was attested and is registered with carriers.
bool touches_identity(const legal_entity& row, const legal_entity_changes& changes) {
  if (changes.ein.present) return true;
  for (const std::string_view name : {"entity_type", "registered_name", "country"}) {
    const boost::json::value* wanted = changes.record.if_contains(name);
    const boost::json::value* present = row.record.if_contains(name);
    if (wanted == nullptr) continue;
    if (present == nullptr || *wanted != *present) return true;
  }
  return false;
}

// All the rest (messaging, contact, addresses, site) may be corrected at any time.
result<void> identity_may_change(session& work, const legal_entity& row) {
  TRY_ASSIGN(const auto company,
             work.campaigns().find_brand_of_user(row.organization, row.user));
  const bool free = !company || company->stage == brand_stage::draft ||
                    company->stage == brand_stage::failed;
  if (free) return {};
  error failure = conflicting(error_code::conflict,
                              "The company is registered with carriers under this name, type, "
                              "country and EIN: they cannot change any more.");
  failure.hint = "Messaging, contact, addresses and website can be corrected.";
  return failure;
}

result<void> must_be_complete(const legal_entity& row) {
  const std::vector<std::string> missing = missing_entity_fields(row.record);
  if (!missing.empty()) return entity_is_incomplete(missing);
  return {};
}

result<legal_entity> move_to(session& work, const app_environment& env, const actor& who,
                             legal_entity row, formation_status status, std::string_view action,
                             std::string_view request) {
  row.status = status;
  row.updated_at = env.now();
  TRY(work.users().update_entity(row));
  TRY(record_act(work, env, who, action, row.id.uuid(), request,
                 {{"tenant_user_id", row.user.uuid()}}));
  return row;
}

}  // namespace

result<legal_entity> create_legal_entity(session& work, const app_environment& env,
                                         const actor& who, std::optional<user_id> asked,
                                         const legal_entity_changes& changes,
                                         std::string_view request) {
  TRY_ASSIGN(const user subject, find_subject(work, who, asked));
  TRY_ASSIGN(const auto present, work.users().find_entity_of_user(who.organization, subject.id));
  if (present) {
    error failure = conflicting(error_code::conflict, "The user already has a legal entity.");
    failure.hint = "Change it with PATCH /v1/formation/" + present->id.uuid() + ".";
    return failure;
  }
  legal_entity row;
  row.id = env.ids().make<legal_entity_id>();
  row.organization = who.organization;
  row.user = subject.id;
  row.created_at = env.now();
  put_changes(row, env, changes);
  TRY(work.users().insert_entity(row));
  TRY(record_act(work, env, who, "legal_entity.created", row.id.uuid(), request,
                 audited(row, changes)));
  return row;
}

result<legal_entity> update_legal_entity(session& work, const app_environment& env,
                                         const actor& who, legal_entity_id id,
                                         const legal_entity_changes& changes,
                                         std::string_view request) {
  TRY_ASSIGN(legal_entity row, get_legal_entity(work, who, id));
  if (touches_identity(row, changes)) TRY(identity_may_change(work, row));
  put_changes(row, env, changes);
  if (row.status == formation_status::formation_completed) {
    TRY(must_be_complete(row));
  } else {
    row.status = formation_status::pending;
  }
  TRY(work.users().update_entity(row));
  TRY(record_act(work, env, who, "legal_entity.updated", row.id.uuid(), request,
                 audited(row, changes)));
  return row;
}

result<legal_entity> submit_legal_entity(session& work, const app_environment& env,
                                         const actor& who, legal_entity_id id,
                                         std::string_view request) {
  TRY_ASSIGN(legal_entity row, get_legal_entity(work, who, id));
  if (row.status == formation_status::submitted) return row;
  if (row.status == formation_status::formation_completed) {
    return conflicting(error_code::conflict, "The legal entity is completed already.");
  }
  TRY(must_be_complete(row));
  return move_to(work, env, who, std::move(row), formation_status::submitted,
                 "legal_entity.submitted", request);
}

result<legal_entity> complete_legal_entity(session& work, const app_environment& env,
                                           const actor& who, legal_entity_id id,
                                           std::string_view request) {
  TRY_ASSIGN(legal_entity row, get_legal_entity(work, who, id));
  if (!who.is_operator()) {
    return refused(error_code::forbidden, "Only an operator attests a legal entity.");
  }
  if (row.status == formation_status::formation_completed) return row;
  if (row.status != formation_status::submitted) {
    error failure = conflicting(error_code::conflict, "The legal entity is not submitted.");
    failure.hint = "Submit it with POST /v1/formation/" + row.id.uuid() + "/submit.";
    return failure;
  }
  TRY(must_be_complete(row));
  return move_to(work, env, who, std::move(row), formation_status::formation_completed,
                 "legal_entity.completed", request);
}

result<legal_entity> get_legal_entity(session& work, const actor& who, legal_entity_id id) {
  TRY_ASSIGN(auto found, work.users().find_entity(who.organization, id));
  const auto visible = visible_user(who, std::nullopt);
  if (!found || (visible && found->user != *visible)) {
    return refused(error_code::not_found, "No such legal entity.");
  }
  return *std::move(found);
}

result<std::vector<legal_entity>> list_legal_entities(session& work, const actor& who,
                                                      std::optional<user_id> asked) {
  TRY_ASSIGN(const user subject, find_subject(work, who, asked));
  TRY_ASSIGN(auto found, work.users().find_entity_of_user(who.organization, subject.id));
  std::vector<legal_entity> rows;
  if (found) rows.push_back(*std::move(found));
  return rows;
}

result<verification_view> get_verification(session& work, const actor& who,
                                           std::optional<user_id> asked) {
  TRY_ASSIGN(const user subject, find_subject(work, who, asked));
  TRY_ASSIGN(auto found, work.users().find_entity_of_user(who.organization, subject.id));
  return verification_view{std::move(found)};
}

}  // namespace dialplane
