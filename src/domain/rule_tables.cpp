#include "domain/rule_tables.hpp"

#include <array>

#include "base/check.hpp"
#include "base/crypto.hpp"
#include "domain/embedded_tables.hpp"

namespace dialplane {

namespace {

constexpr std::size_t version_digits = 12;

std::string version_of(const std::vector<rule_file>& files) {
  std::string all;
  for (const rule_file& file : files) {
    all.append(file.name).append("\n").append(std::to_string(file.text.size())).append("\n");
    all.append(file.text);
  }
  return hex(sha256(all)).substr(0, version_digits);
}

}  // namespace

std::vector<rule_file> built_in_rule_files() {
  std::vector<rule_file> files;
  for (const auto& [name, text] : embedded_rule_tables()) {
    files.push_back({name, std::string(text)});
  }
  return files;
}

result<std::shared_ptr<const rule_tables>> read_rule_tables(const std::vector<rule_file>& files) {
  const auto text_of = [&files](std::string_view name) -> std::string_view {
    for (const rule_file& each : files) {
      if (each.name == name) return each.text;
    }
    return {};
  };
  auto tables = std::make_shared<rule_tables>();
  TRY_ASSIGN(tables->keywords, keyword_table::read(text_of("sms_keywords.csv"),
                                                   text_of("revocation_phrases.csv")));
  TRY_ASSIGN(tables->quiet_hours, quiet_hours_table::read(text_of("quiet_hours.csv")));
  TRY_ASSIGN(tables->time_zones, time_zone_table::read(text_of("time_zones.csv")));
  TRY_ASSIGN(tables->throughput, throughput_table::read(text_of("throughput_classes.csv")));
  TRY_ASSIGN(tables->refused_prefixes,
             refused_prefix_table::read(text_of("refused_prefixes.csv")));
  tables->version = version_of(files);
  return std::shared_ptr<const rule_tables>(std::move(tables));
}

std::shared_ptr<const rule_tables> built_in_rule_tables() {
  static const std::shared_ptr<const rule_tables> tables = [] {
    auto read = read_rule_tables(built_in_rule_files());
    CHECK(read.has_value());
    return *std::move(read);
  }();
  return tables;
}

}  // namespace dialplane
