#include "app/read_approvals.hpp"

#include <utility>

#include "app/resolve_approval.hpp"
#include "app/subject.hpp"

namespace dialplane {

result<approval> get_approval(session& work, const app_environment& env, const actor& who,
                              std::optional<user_id> asked, approval_id id) {
  if (asked) TRY(find_subject(work, who, asked));
  const std::optional<user_id> visible = visible_user(who, asked);
  TRY_ASSIGN(auto found, work.approvals().find(who.organization, id));
  if (!found || (visible && found->user != *visible)) {
    return refused(error_code::not_found, "No such approval.");
  }
  return as_of(*std::move(found), env.now());
}

result<approval_page> list_approvals(session& work, const app_environment& env, const actor& who,
                                     std::optional<user_id> asked,
                                     std::optional<approval_status> only, const page_request& cut) {
  if (asked) TRY(find_subject(work, who, asked));
  const std::optional<user_id> visible = visible_user(who, asked);
  TRY_ASSIGN(auto found, work.approvals().page_of(who.organization, visible, only, cut));
  approval_page shown;
  if (found.has_more && !found.rows.empty()) shown.next = found.rows.back().id;
  for (approval& row : found.rows) {
    approval now = as_of(std::move(row), env.now());
    if (!only || now.status == *only) shown.rows.push_back(std::move(now));
  }
  return shown;
}

}  // namespace dialplane
