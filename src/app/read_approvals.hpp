// Reading approvals: lists and one. Resolving them is resolve_approval.hpp. Runs inside a unit and
// changes nothing. A key bound to a user sees that user's only.
#pragma once

#include <optional>
#include <vector>

#include "app/environment.hpp"
#include "domain/approval.hpp"
#include "domain/organization.hpp"
#include "store/session.hpp"

namespace dialplane {

// not_found for another user's where one was asked for.
result<approval> get_approval(session& work, const app_environment& env, const actor& who,
                              std::optional<user_id> asked, approval_id id);
struct approval_page {
  std::vector<approval> rows;
  std::optional<approval_id> next;  // the last row looked at, where there are more
};

// Newest first. One past its time counts as expired before its job has said so; a list of pending
// ones leaves it out after the page is cut, so a page may be short with more behind it.
result<approval_page> list_approvals(session& work, const app_environment& env, const actor& who,
                                     std::optional<user_id> asked,
                                     std::optional<approval_status> only, const page_request& cut);

}  // namespace dialplane
