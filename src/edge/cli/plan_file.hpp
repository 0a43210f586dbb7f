// The file of `dialplane plan` and `apply`: which kits, agents, webhooks and numbers there should
// be. docs/plans.md describes it.
//
// Reading is strict: what is misspelt, twice or of the wrong kind is refused with its place, and
// nothing is looked up or changed. There is no way to say that something should not be there: a
// file never releases a number.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"

namespace dialplane::cli {

struct wished_kit {
  std::string name;
  std::optional<std::string> description;
  std::optional<bool> requires_approval;
  std::optional<std::int64_t> max_numbers;
  std::optional<std::int64_t> monthly_credits;
};

struct wished_voice {
  std::string type;  // websocket or sip
  std::string address;
};

struct wished_agent {
  std::string name;
  std::optional<std::string> was;  // its name before: renames
  std::optional<std::string> description;
  std::optional<std::string> instructions;
  std::optional<wished_voice> voice;
};

struct wished_webhook {
  std::string url;
  std::vector<std::string> events;
};

struct wished_number {
  std::string label;
  std::optional<std::string> was;  // its label before: renames
  std::optional<std::string> area_code;
  std::optional<std::string> area_code_policy;
  std::string type = "local";
  std::optional<std::string> agent;  // by name
  std::optional<std::string> ein;    // for a first number
};

struct plan_wish {
  std::vector<wished_kit> kits;
  std::vector<wished_agent> agents;
  std::vector<wished_webhook> webhooks;
  std::vector<wished_number> numbers;
};

// Refused (invalid_input): naming the place ("numbers[2].area_code") or the line.
result<plan_wish> parse_plan(const std::string& yaml);
// `file`, or - for standard input; at most 256 KiB.
result<plan_wish> read_plan(const std::string& file);

}  // namespace dialplane::cli
