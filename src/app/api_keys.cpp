#include "app/api_keys.hpp"

#include <boost/json/serialize.hpp>
#include <utility>

#include "app/new_keys.hpp"
#include "app/usage_day.hpp"

namespace dialplane {

namespace {

constexpr std::size_t key_pages_max = 100;  // of 100 keys

bool works(const api_key& row, timestamp now) {
  return !row.revoked_at && !(row.expires_at && *row.expires_at <= now);
}

result<void> record_key(session& work, const key_change& change, std::string_view action,
                        const api_key& row) {
  boost::json::object detail{{"role", name_of_value(row.role)}, {"prefix", row.hint}};
  if (row.user) detail["user_id"] = row.user->uuid();
  if (row.agent) detail["agent_id"] = row.agent->prefixed();
  if (row.expires_at) detail["expires_at"] = to_rfc3339(*row.expires_at);
  if (row.spend_cap_per_day) {
    detail["spend_cap_credits_per_day"] = to_decimal(*row.spend_cap_per_day);
  }
  audit_entry entry;
  entry.id = change.ids.make<audit_id>();
  entry.organization = change.organization;
  entry.actor_type = change.by ? "operator" : "local";
  entry.key = change.by;
  entry.action = action;
  entry.object = row.id.uuid();
  entry.detail = boost::json::serialize(detail);
  entry.request_id = change.request_id;
  entry.at = change.now;
  return work.audit().append(entry);
}

result<void> bind(session& work, const key_change& change, const key_wish& wish) {
  if (wish.role == key_role::operator_key && (wish.user || wish.agent)) {
    return bad_field("role", "Only agent keys are bound to a user or an agent.");
  }
  if (wish.user) {
    TRY_ASSIGN(const auto found, work.users().find(change.organization, *wish.user));
    if (!found || found->status == user_status::deleted) {
      return refused(error_code::not_found, "There is no user " + wish.user->uuid() + ".");
    }
  }
  if (wish.agent) {
    TRY_ASSIGN(const auto found, work.agents().find(change.organization, *wish.agent));
    if (!found) {
      return refused(error_code::not_found, "There is no agent " + wish.agent->prefixed() + ".");
    }
  }
  return {};
}

result<bool> another_operator_key_works(session& work, const key_change& change,
                                        api_key_id besides) {
  page_request cut{.limit = 100};
  for (std::size_t i = 0; i < key_pages_max; ++i) {
    TRY_ASSIGN(const page<api_key> some,
               work.organizations().page_of_keys(change.organization, cut));
    for (const api_key& row : some.rows) {
      if (row.role == key_role::operator_key && row.id != besides && works(row, change.now)) {
        return true;
      }
    }
    if (!some.has_more || some.rows.empty()) break;
    cut.after = some.rows.back().id.bytes;
  }
  return false;
}

}  // namespace

result<made_key> make_api_key(session& work, const key_change& change, random_source& random,
                              const key_wish& wish) {
  if (wish.expires_at && *wish.expires_at <= change.now) {
    return bad_field("expires_at", "expires_at must lie ahead.");
  }
  TRY(bind(work, change, wish));
  made_key made;
  made.text = make_key_text(wish.role, random);
  made.row = row_of_key(made.text, wish.role, change.organization, change.ids.make<api_key_id>(),
                        change.now);
  made.row.user = wish.user;
  made.row.agent = wish.agent;
  made.row.expires_at = wish.expires_at;
  made.row.spend_cap_per_day = wish.spend_cap_per_day;
  TRY(work.organizations().insert_key(made.row));
  TRY(record_key(work, change, "key.created", made.row));
  return made;
}

result<api_key> end_api_key(session& work, const key_change& change, api_key_id id) {
  TRY_ASSIGN(auto found, work.organizations().find_key(change.organization, id));
  if (!found) return refused(error_code::not_found, "There is no key " + id.uuid() + ".");
  api_key row = *std::move(found);
  if (row.revoked_at) return row;
  if (change.by == row.id) {
    error told = conflicting(error_code::conflict, "A key cannot revoke itself.");
    told.hint = "Revoke it with another operator key, or at the machine: dialplane keys revoke.";
    return told;
  }
  if (row.role == key_role::operator_key && works(row, change.now)) {
    TRY_ASSIGN(const bool others, another_operator_key_works(work, change, row.id));
    if (!others) {
      error told = conflicting(error_code::conflict,
                               "This is the organization's last operator key that works.");
      told.hint = "Make another operator key first.";
      return told;
    }
  }
  row.revoked_at = change.now;
  TRY(work.organizations().revoke_key(row.organization, row.id, change.now));
  TRY(record_key(work, change, "key.revoked", row));
  return row;
}

std::vector<std::string_view> scopes_of(key_role role, const business_rules& rules) {
  if (role == key_role::operator_key) return {"use", "approve", "manage"};
  if (rules.agent_keys_may_resolve) return {"use", "approve"};
  return {"use"};
}

result<key_identity> identify_key(session& work, const app_environment& env, const actor& who) {
  TRY_ASSIGN(auto row, work.organizations().find_key(who.organization, who.key));
  TRY_ASSIGN(auto owner, work.organizations().find(who.organization));
  if (!row || !owner) return internal_fault("a key without its row or organization");
  key_identity found{.row = *std::move(row), .owner = *std::move(owner)};
  if (who.user) {
    TRY_ASSIGN(found.bound_user, work.users().find(who.organization, *who.user));
  }
  if (who.agent) {
    TRY_ASSIGN(found.bound_agent, work.agents().find(who.organization, *who.agent));
  }
  TRY_ASSIGN(found.today,
             work.organizations().usage_of_key(who.key, env.now().unix_ms / usage_day_ms));
  return found;
}

}  // namespace dialplane
