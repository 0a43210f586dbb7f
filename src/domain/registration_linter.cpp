#include "domain/registration_linter.hpp"

#include "domain/registration_text.hpp"

namespace dialplane {

namespace {

finding finding_of(const lint_rule& rule) {
  finding found;
  found.rule = rule.id;
  found.field = rule.field;
  found.severity = rule.severity;
  found.message = rule.message;
  found.fix = rule.fix;
  found.source = rule.source;
  return found;
}

}  // namespace

std::vector<finding> lint_registration(const lint_subject& subject) {
  const registration_text text(subject);
  std::vector<finding> found;
  for (const finding_severity wanted : {finding_severity::error, finding_severity::warning}) {
    for (const auto rules : {missing_field_rules(), content_rules()}) {
      for (const lint_rule& rule : rules) {
        if (rule.severity == wanted && rule.broken(text)) found.push_back(finding_of(rule));
      }
    }
  }
  return found;
}

}  // namespace dialplane
