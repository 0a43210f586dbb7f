// The tables that decide about texts, together and with one version: built into the program from
// share/*.csv, each replaceable by a file of the same name in the operator's folder
// (messaging.rules_dir), read at start.
//
// The version is a hash over all of them; refusals, opt-outs and accepted texts carry it, so that
// a decision can be explained by the rules it was made under.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "domain/destinations.hpp"
#include "domain/quiet_hours.hpp"
#include "domain/sms_keywords.hpp"
#include "domain/throughput.hpp"
#include "domain/time_zones.hpp"

namespace dialplane {

struct rule_tables {
  keyword_table keywords;
  quiet_hours_table quiet_hours;
  time_zone_table time_zones;
  throughput_table throughput;
  refused_prefix_table refused_prefixes;
  std::string version;  // 12 hexadecimal digits
};

struct rule_file {
  std::string_view name;  // "sms_keywords.csv"
  std::string text;
};

// The files built into the program.
std::vector<rule_file> built_in_rule_files();
// All of the files, in that order. invalid_input names file and line.
result<std::shared_ptr<const rule_tables>> read_rule_tables(const std::vector<rule_file>& files);
// CHECKed: they are part of the program.
std::shared_ptr<const rule_tables> built_in_rule_tables();

}  // namespace dialplane
