// What the operator may set about texts: caps, consent, quiet hours, where texts may go. Part of
// business_rules; the defaults are the safe ones.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "domain/named_enum.hpp"
#include "domain/send_caps.hpp"
#include "domain/sms_segments.hpp"

namespace dialplane {

// domain/rule_tables.hpp, for those who read them.
struct rule_tables;
std::shared_ptr<const rule_tables> built_in_rule_tables();

// How far one person's STOP reaches.
enum class opt_out_scope { user, campaign, number };
NAMED_ENUM(opt_out_scope, {opt_out_scope::user, "user"}, {opt_out_scope::campaign, "campaign"},
           {opt_out_scope::number, "number"});

// Which first texts need consent on record.
enum class consent_rule { off, marketing, all };
NAMED_ENUM(consent_rule, {consent_rule::off, "off"}, {consent_rule::marketing, "marketing"},
           {consent_rule::all, "all"});

struct messaging_rules {
  segment_rule segments = segment_rule::parts;
  std::int64_t segments_max = 10;     // longer texts are refused; never more than 1600 characters
  std::vector<std::string> countries = {"US"};
  opt_out_scope opt_outs = opt_out_scope::user;
  // A text that only looks like a revocation blocks until an operator looked at it.
  bool free_text_blocks = true;
  consent_rule consent = consent_rule::marketing;
  bool quiet_hours = true;            // for marketing only, ever
  send_caps caps;
  std::string throughput = "low_volume";
  std::shared_ptr<const rule_tables> tables = built_in_rule_tables();
};

}  // namespace dialplane
