#include "app/assignments.hpp"

#include <algorithm>
#include <utility>

#include "app/audit_trail.hpp"
#include "app/phone_numbers.hpp"

namespace dialplane {

namespace {

constexpr std::size_t agents_per_number_max = 1000;  // what assignments_of shows

result<number> changeable_number(session& work, const actor& who, std::optional<user_id> asked,
                                 number_id id) {
  // Or an agent without send_sms would grant it to itself.
  if (!who.is_operator() && who.agent) {
    error refusal = refused(error_code::forbidden, "An agent's own key connects no agents.");
    refusal.hint = "Use an operator's key, or one that is bound to no agent.";
    return refusal;
  }
  TRY_ASSIGN(number row, find_phone(work, who, asked, id));
  if (row.status == number_status::released) {
    return refused(error_code::resource_not_found, "No such phone number.");
  }
  if (row.status == number_status::releasing) {
    return conflicting(error_code::conflict, "The phone number is being released.");
  }
  return row;
}

}  // namespace

result<assignment> assign_agent(session& work, const app_environment& env, const actor& who,
                                std::optional<user_id> asked, number_id number_asked,
                                agent_id agent_asked, sms_permissions may,
                                std::string_view request) {
  TRY_ASSIGN(const number row, changeable_number(work, who, asked, number_asked));
  TRY_ASSIGN(const auto found, work.agents().find(who.organization, agent_asked));
  if (!found) return refused(error_code::resource_not_found, "No such agent.");
  assignment link;
  link.organization = who.organization;
  link.number = row.id;
  link.agent = agent_asked;
  link.send_sms = may.send_sms;
  link.receive_sms = may.receive_sms;
  link.created_at = env.now();
  TRY_ASSIGN(const auto present, work.numbers().assignments_of(who.organization, row.id));
  const auto same = std::find_if(present.begin(), present.end(),
                                 [&](const assignment& each) { return each.agent == agent_asked; });
  if (same != present.end()) {
    link.created_at = same->created_at;
  } else if (present.size() >= agents_per_number_max) {
    return conflicting(error_code::conflict, "The phone number has 1000 agents already.");
  }
  TRY(work.numbers().put_assignment(link));
  TRY(record_act(work, env, who, "phone.agent_assigned", row.id.uuid(), request,
                 {{"agent_id", agent_asked.uuid()},
                  {"send_sms", may.send_sms},
                  {"receive_sms", may.receive_sms}}));
  return link;
}

result<void> unassign_agent(session& work, const app_environment& env, const actor& who,
                            std::optional<user_id> asked, number_id number_asked,
                            agent_id agent_asked, std::string_view request) {
  TRY_ASSIGN(const number row, changeable_number(work, who, asked, number_asked));
  TRY_ASSIGN(const bool removed,
             work.numbers().remove_assignment(who.organization, row.id, agent_asked));
  if (!removed) {
    return refused(error_code::resource_not_found, "The agent is not connected to the number.");
  }
  return record_act(work, env, who, "phone.agent_unassigned", row.id.uuid(), request,
                    {{"agent_id", agent_asked.uuid()}});
}

result<std::vector<assignment>> list_assignments(session& work, const actor& who,
                                                 std::optional<user_id> asked, number_id id) {
  TRY_ASSIGN(const number row, find_phone(work, who, asked, id));
  return work.numbers().assignments_of(who.organization, row.id);
}

}  // namespace dialplane
