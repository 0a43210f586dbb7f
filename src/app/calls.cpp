#include "app/calls.hpp"

#include "app/agents.hpp"
#include "app/subject.hpp"

namespace dialplane {

namespace {

// A key that is bound to an agent sees that agent's calls, one bound to a user that user's.
bool may_see(const actor& who, const call& row) {
  const auto user = visible_user(who, std::nullopt);
  if (user && *user != row.user) return false;
  if (row.agent) return may_use_agent(who, *row.agent);
  return who.is_operator() || !who.agent;
}

}  // namespace

result<page<call_view>> list_calls(session& work, const actor& who, call_filter only,
                                   const page_request& cut) {
  TRY_ASSIGN(const agent called, find_agent(work, who, only.agent));
  only.user = visible_user(who, std::nullopt);
  TRY_ASSIGN(page<call> found, work.calls().page_of(who.organization, only, cut));
  page<call_view> shown;
  shown.has_more = found.has_more;
  for (call& row : found.rows) shown.rows.push_back({std::move(row), called.name});
  return shown;
}

result<call_view> get_call(session& work, const actor& who, call_id id) {
  TRY_ASSIGN(auto found, work.calls().find(who.organization, id));
  if (!found || !may_see(who, *found)) {
    return refused(error_code::resource_not_found, "There is no such call.");
  }
  call_view shown{*std::move(found), std::nullopt};
  if (shown.row.agent) {
    TRY_ASSIGN(const auto called, work.agents().find(who.organization, *shown.row.agent));
    if (called) shown.agent_name = called->name;
  }
  return shown;
}

}  // namespace dialplane
