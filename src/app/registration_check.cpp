#include "app/registration_check.hpp"

#include "app/subject.hpp"
#include "workflow/registration/filing_check.hpp"

namespace dialplane {

result<std::vector<finding>> check_registration(session& work, const app_environment& env,
                                                const actor& who, std::optional<user_id> asked) {
  TRY_ASSIGN(const user subject, find_subject(work, who, asked));
  TRY_ASSIGN(const auto entity, work.users().find_entity_of_user(who.organization, subject.id));
  if (!entity) {
    error refusal = refused(error_code::formation_required, "The user has no legal entity.");
    refusal.hint = "An operator records one with POST /v1/formation.";
    return refusal;
  }
  return check_filing(work, env.work, who.organization, subject.id);
}

}  // namespace dialplane
