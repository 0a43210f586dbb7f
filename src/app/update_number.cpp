#include "app/update_number.hpp"

#include "app/agents.hpp"
#include "app/audit_trail.hpp"
#include "app/no_such_number.hpp"
#include "app/subject.hpp"

namespace dialplane {

namespace {

// A key bound to an agent sees the numbers that agent answers and those nobody answers.
bool may_see(const actor& who, const number& row) {
  const auto user = visible_user(who, std::nullopt);
  if (user && *user != row.user) return false;
  return !row.inbound_agent || may_use_agent(who, *row.inbound_agent);
}

}  // namespace

result<number_view> find_number(session& work, const actor& who, number_id id,
                                bool hide_releasing) {
  TRY_ASSIGN(auto view, work.numbers().find_view(who.organization, id));
  if (!view || !may_see(who, view->row)) return no_such_number();
  const bool leaving = view->row.status == number_status::releasing ||
                       view->row.status == number_status::released;
  if (hide_releasing && leaving) return no_such_number();
  return *std::move(view);
}

result<number_view> update_number(session& work, const app_environment& env, const actor& who,
                                  number_id id, const number_change& change,
                                  std::string_view request_id) {
  TRY_ASSIGN(number_view view, find_number(work, who, id, true));
  number& row = view.row;
  if (row.status == number_status::pending) {
    return conflicting(error_code::conflict, "The number is still being bought.");
  }
  std::optional<std::string> agent_name = view.inbound_agent_name;
  if (change.inbound_agent.value) {
    TRY_ASSIGN(const agent answering, find_agent(work, who, *change.inbound_agent.value));
    agent_name = answering.name;
  }
  const number before = row;
  if (change.label) row.label = *change.label;
  if (change.inbound_agent.present) row.inbound_agent = change.inbound_agent.value;
  if (!row.inbound_agent) agent_name.reset();
  view.inbound_agent_name = std::move(agent_name);
  if (row.label == before.label && row.inbound_agent == before.inbound_agent) return view;
  row.updated_at = env.now();
  TRY(work.numbers().update(row));
  boost::json::object detail;
  if (row.label != before.label) detail["label"] = "changed";
  if (row.inbound_agent != before.inbound_agent) {
    detail["agent_id"] = row.inbound_agent ? boost::json::value(row.inbound_agent->uuid())
                                           : boost::json::value(nullptr);
  }
  TRY(record_act(work, env, who, "phone.updated", row.id.uuid(), request_id, std::move(detail)));
  return view;
}

}  // namespace dialplane
