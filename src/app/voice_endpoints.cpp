#include "app/voice_endpoints.hpp"

#include "app/agents.hpp"
#include "app/audit_trail.hpp"
#include "store/call_queries.hpp"

namespace dialplane {

namespace {

error none_there() {
  return refused(error_code::resource_not_found, "This agent has no voice endpoint.");
}

}  // namespace

result<voice_endpoint> put_voice_endpoint(session& work, const app_environment& env,
                                          const actor& who, agent_id id,
                                          const voice_endpoint_input& input,
                                          std::string_view request) {
  TRY(find_agent(work, who, id));
  TRY_ASSIGN(const auto before, work.calls().find_endpoint(who.organization, id));
  voice_endpoint row;
  row.organization = who.organization;
  row.agent = id;
  row.kind = input.kind;
  row.target = input.target;
  row.username = input.username;
  if (!input.password.empty()) {
    row.sealed_password = env.seals.seal(input.password, sip_password_purpose);
  }
  row.updated_at = env.now();
  row.created_at = before ? before->created_at : row.updated_at;
  TRY(work.calls().put_endpoint(row));
  // The path of a WebSocket's address may hold a secret of the agent's.
  TRY(record_act(work, env, who, "voice_endpoint.set", id.uuid(), request,
                 {{"kind", name_of_value(row.kind)}}));
  return row;
}

result<voice_endpoint> get_voice_endpoint(session& work, const actor& who, agent_id id) {
  TRY(find_agent(work, who, id));
  TRY_ASSIGN(auto row, work.calls().find_endpoint(who.organization, id));
  if (!row) return none_there();
  return *std::move(row);
}

result<void> remove_voice_endpoint(session& work, const app_environment& env, const actor& who,
                                   agent_id id, std::string_view request) {
  TRY(find_agent(work, who, id));
  TRY_ASSIGN(const bool was_there, work.calls().remove_endpoint(who.organization, id));
  if (!was_there) return none_there();
  return record_act(work, env, who, "voice_endpoint.removed", id.uuid(), request);
}

}  // namespace dialplane
