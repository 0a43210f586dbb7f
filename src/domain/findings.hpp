// What is to be corrected in a registration: found by our own check before filing, or named by a
// carrier that refused one. Stored as JSON with the brand or campaign.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "domain/named_enum.hpp"

namespace dialplane {

enum class finding_severity { error, warning };
NAMED_ENUM(finding_severity, {finding_severity::error, "error"},
           {finding_severity::warning, "warning"});

struct finding {
  std::string rule;      // "sample_without_opt_out"; empty where a carrier named the field
  std::string field;     // dot path in the legal entity's record
  finding_severity severity = finding_severity::error;
  std::string message;   // why carriers reject it
  std::string fix;       // what would be right
  std::string source;    // where the rule comes from

  bool operator==(const finding&) const = default;
};

std::string to_json(const std::vector<finding>& findings);
// As stored; what is not readable is left out.
std::vector<finding> parse_findings(std::string_view json);

// A carrier's refusal as findings: one per field it named, each with its reason.
std::vector<finding> findings_of_fields(const std::vector<std::string>& fields,
                                        std::string_view reason);

bool has_errors(const std::vector<finding>& findings) noexcept;

}  // namespace dialplane
