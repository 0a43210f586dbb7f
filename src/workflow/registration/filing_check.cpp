#include "workflow/registration/filing_check.hpp"

#include "domain/ein.hpp"
#include "domain/registration_linter.hpp"

namespace dialplane {

namespace {

registration_tier tier_of(const legal_entity& entity) {
  const boost::json::value* type = entity.record.if_contains("entity_type");
  const bool alone = type != nullptr && type->is_string() &&
                     type->get_string() == "sole_proprietor";
  return alone ? registration_tier::sole_proprietor : registration_tier::standard;
}

}  // namespace

result<lint_subject> lint_subject_of(const workflow_environment& env,
                                     const legal_entity& entity) {
  lint_subject subject;
  subject.record = entity.record;
  subject.tier = tier_of(entity);
  subject.has_ein = !entity.sealed_ein.empty();
  if (!subject.has_ein) return subject;
  TRY_ASSIGN(const std::string digits, env.seals.open(entity.sealed_ein, "ein"));
  subject.ein_prefix = digits.substr(0, 2);
  const auto known = ein::parse(digits);
  subject.ein_looks_made_up = known && known->looks_made_up();
  return subject;
}

result<std::vector<finding>> check_filing(session& work, const workflow_environment& env,
                                          organization_id owner, user_id subject) {
  TRY_ASSIGN(const auto entity, work.users().find_entity_of_user(owner, subject));
  if (!entity) return internal_fault("a registration without a legal entity");
  TRY_ASSIGN(const lint_subject what, lint_subject_of(env, *entity));
  return lint_registration(what);
}

}  // namespace dialplane
