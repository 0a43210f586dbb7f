#include "app/subject.hpp"

namespace dialplane {

namespace {

error unknown_user() { return refused(error_code::not_found, "There is no such user."); }

}  // namespace

result<user> find_subject(session& work, const actor& who, std::optional<user_id> asked) {
  if (who.user && asked && *asked != *who.user) return unknown_user();
  const std::optional<user_id> wanted = asked ? asked : who.user;
  std::optional<user> found;
  if (wanted) {
    TRY_ASSIGN(found, work.users().find(who.organization, *wanted));
  } else {
    TRY_ASSIGN(found, work.users().find_default(who.organization));
  }
  if (!found || found->status == user_status::deleted) return unknown_user();
  if (found->status == user_status::suspended) {
    return refused(error_code::user_suspended, "This user is suspended.");
  }
  return *std::move(found);
}

std::optional<user_id> visible_user(const actor& who, std::optional<user_id> asked) {
  return who.user ? who.user : asked;
}

}  // namespace dialplane
