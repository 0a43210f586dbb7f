#include "app/agents.hpp"

#include "app/agent_config.hpp"
#include "app/audit_trail.hpp"
#include "store/call_queries.hpp"
#include "store/webhook_queries.hpp"

namespace dialplane {

namespace {

namespace json = boost::json;

error no_such_agent() {
  return refused(error_code::resource_not_found, "There is no such agent.");
}

json::object& object_at(json::object& parent, std::string_view name) {
  json::value& value = parent[name];
  if (!value.is_object()) value = json::object{};
  return value.get_object();
}

// The two settings both generations of paths show live in the configuration; the columns repeat
// them, so that lists need not read it.
void copy_settings_from_config(agent& row) {
  const auto text = [](const json::object& from, std::string_view name) {
    const json::value* value = from.if_contains(name);
    return value != nullptr && value->is_string() ? std::string(value->get_string())
                                                  : std::string();
  };
  json::object& output = object_at(object_at(row.config, "audio"), "output");
  row.tts_voice = text(output, "voice_id");
  row.tts_language = text(object_at(row.config, "language"), "primary");
}

result<void> change_config(agent& row, const agent_change& change) {
  json::object config = row.config;
  if (change.config) {
    TRY_ASSIGN(config, merge_agent_config(config, *change.config));
  }
  if (change.tts_voice) {
    object_at(object_at(config, "audio"), "output")["voice_id"] = *change.tts_voice;
  }
  if (change.tts_language) object_at(config, "language")["primary"] = *change.tts_language;
  if (config == row.config) return {};
  row.config = std::move(config);
  ++row.version;
  copy_settings_from_config(row);
  return {};
}

bool same_shown(const agent& a, const agent& b) {
  return a.name == b.name && a.description == b.description && a.version == b.version &&
         a.webhook == b.webhook;
}

result<void> attach_webhook(session& work, agent& row, const std::optional<std::string>& asked) {
  row.webhook.reset();
  if (!asked) return {};
  const auto id = webhook_endpoint_id::parse(*asked);
  bool known = false;
  if (id) {
    TRY_ASSIGN(const auto found, work.webhooks().find(row.organization, *id));
    known = found && found->style == webhook_style::cartesia;
  }
  if (!known) {
    error failure = refused(error_code::resource_not_found, "There is no such agent webhook.");
    failure.field = "webhook_id";
    return failure;
  }
  row.webhook = id->prefixed();
  return {};
}

}  // namespace

bool may_use_agent(const actor& who, agent_id id) {
  return who.is_operator() || !who.agent || *who.agent == id;
}

result<agent> create_agent(session& work, const app_environment& env, const actor& who,
                           agent_creation input, std::string_view request_id) {
  if (!who.is_operator() && who.agent) {
    return refused(error_code::forbidden, "A key that is bound to one agent makes no others.");
  }
  agent row;
  row.id = env.ids().make<agent_id>();
  row.organization = who.organization;
  row.name = std::move(input.name);
  row.description = std::move(input.description);
  TRY_ASSIGN(row.config, complete_agent_config(input.config));
  copy_settings_from_config(row);
  TRY(attach_webhook(work, row, input.webhook));
  row.created_at = env.now();
  row.updated_at = row.created_at;
  TRY(work.agents().insert(row));
  TRY(record_act(work, env, who, "agent.created", row.id.uuid(), request_id));
  return row;
}

result<agent> find_agent(session& work, const actor& who, agent_id id) {
  if (!may_use_agent(who, id)) return no_such_agent();
  TRY_ASSIGN(auto row, work.agents().find(who.organization, id));
  if (!row) return no_such_agent();
  return *std::move(row);
}

result<agent> update_agent(session& work, const app_environment& env, const actor& who,
                           agent_id id, agent_change change, std::string_view request_id) {
  TRY_ASSIGN(const agent before, find_agent(work, who, id));
  agent row = before;
  if (change.name) row.name = std::move(*change.name);
  if (change.description.present) row.description = std::move(change.description.value);
  TRY(change_config(row, change));
  if (change.webhook.present) TRY(attach_webhook(work, row, change.webhook.value));
  if (same_shown(before, row)) return row;
  row.updated_at = env.now();
  TRY(work.agents().update(row));
  TRY(record_act(work, env, who, "agent.updated", row.id.uuid(), request_id));
  return row;
}

result<void> remove_agent(session& work, const app_environment& env, const actor& who, agent_id id,
                          std::string_view request_id) {
  TRY_ASSIGN(const agent row, find_agent(work, who, id));
  TRY(work.numbers().clear_inbound_agent(row.organization, id, env.now()));
  TRY(work.numbers().remove_assignments_of_agent(row.organization, id));
  TRY_ASSIGN(const auto endpoint, work.webhooks().find_of_agent(row.organization, id));
  if (endpoint) TRY(work.webhooks().remove(row.organization, endpoint->id));
  TRY(work.calls().remove_endpoint(row.organization, id));
  TRY(work.agents().remove(row.organization, id));
  return record_act(work, env, who, "agent.deleted", id.uuid(), request_id);
}

result<page<agent>> list_agents(session& work, const actor& who, const std::string& search,
                                const page_request& cut) {
  if (who.is_operator() || !who.agent) {
    return work.agents().page_of(who.organization, search, cut);
  }
  // A bound key sees one agent, on the page it belongs to.
  page<agent> one;
  TRY_ASSIGN(auto row, work.agents().find(who.organization, *who.agent));
  const bool cut_off = row && ((cut.after && row->id.bytes >= *cut.after) ||
                               (cut.before && row->id.bytes <= *cut.before));
  if (row && !cut_off && (search.empty() || row->name.find(search) != std::string::npos)) {
    one.rows.push_back(*std::move(row));
  }
  return one;
}

}  // namespace dialplane
