#include "domain/findings.hpp"

#include <algorithm>
#include <boost/json.hpp>

namespace dialplane {

namespace json = boost::json;

namespace {

std::string text_of(const json::object& from, std::string_view name) {
  const json::value* found = from.if_contains(name);
  if (found == nullptr || !found->is_string()) return {};
  return {found->get_string().data(), found->get_string().size()};
}

}  // namespace

std::string to_json(const std::vector<finding>& findings) {
  json::array list;
  for (const finding& each : findings) {
    list.push_back(json::object{{"rule", each.rule},
                                {"field", each.field},
                                {"severity", name_of_value(each.severity)},
                                {"message", each.message},
                                {"fix", each.fix},
                                {"source", each.source}});
  }
  return json::serialize(list);
}

std::vector<finding> parse_findings(std::string_view text) {
  boost::system::error_code failure;
  const json::value parsed = json::parse(text, failure);
  std::vector<finding> findings;
  if (failure || !parsed.is_array()) return findings;
  for (const json::value& each : parsed.get_array()) {
    if (!each.is_object()) continue;
    const json::object& from = each.get_object();
    findings.push_back({text_of(from, "rule"), text_of(from, "field"),
                        value_named<finding_severity>(text_of(from, "severity"))
                            .value_or(finding_severity::error),
                        text_of(from, "message"), text_of(from, "fix"), text_of(from, "source")});
  }
  return findings;
}

std::vector<finding> findings_of_fields(const std::vector<std::string>& fields,
                                        std::string_view reason) {
  std::vector<finding> findings;
  for (const std::string& field : fields) {
    finding each;
    each.field = field;
    each.message = reason;
    each.source = "the carrier";
    findings.push_back(std::move(each));
  }
  return findings;
}

bool has_errors(const std::vector<finding>& findings) noexcept {
  return std::any_of(findings.begin(), findings.end(), [](const finding& each) {
    return each.severity == finding_severity::error;
  });
}

}  // namespace dialplane
