#include "domain/account_kit_rules.hpp"

#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <cmath>
#include <string>

#include "base/object_reader.hpp"
#include "domain/area_codes.hpp"

namespace dialplane {

namespace {

namespace json = boost::json;

constexpr std::int64_t numbers_max = 1'000'000;
constexpr double credit_limit_max = 1e12;

bool is_credit_limit(const json::value& value) {
  if (!value.is_number()) return false;
  const double credits = value.to_number<double>();
  return std::isfinite(credits) && credits >= 0 && credits <= credit_limit_max;
}

// {from_hour, to_hour}: marketing texts leave from the one on and before the other.
result<void> check_quiet_hours(const json::object& hours, const std::string& path) {
  object_reader read(hours, path);
  const std::int64_t from = read.required_int("from_hour", 4, 23);
  const std::int64_t to = read.required_int("to_hour", 5, 24);
  if (!read.failed() && from >= to) {
    const std::string field = read.path_of("to_hour");
    read.take_error(bad_field(field, field + " must be later than from_hour."));
  }
  return read.finish();
}

result<void> check_defaults(const json::object& defaults, const std::string& path) {
  object_reader read(defaults, path);
  const auto area_code = read.optional_string("area_code", {.min = 3, .max = 3});
  if (area_code && !is_us_geographic(*area_code)) {
    const std::string field = read.path_of("area_code");
    read.take_error(bad_field(field, field + " is not an area code in use in the United States.",
                              error_code::area_code_invalid));
  }
  read.optional_int("max_numbers", 0, numbers_max);
  const json::value* limit = read.optional_value("monthly_credit_limit");
  if (limit != nullptr && !is_credit_limit(*limit)) {
    const std::string field = read.path_of("monthly_credit_limit");
    read.take_error(bad_field(field, field + " must be a number of credits, not below 0."));
  }
  if (const json::object* hours = read.optional_object("quiet_hours")) {
    auto checked = check_quiet_hours(*hours, read.path_of("quiet_hours"));
    if (!checked) read.take_error(std::move(checked).error());
  }
  return read.finish();
}

result<void> check_primitive(const json::object& primitive, const std::string& path) {
  object_reader read(primitive, path);
  read.optional_bool("enabled");
  read.optional_bool("requiresApproval");
  if (const json::object* defaults = read.optional_object("defaults")) {
    auto checked = check_defaults(*defaults, read.path_of("defaults"));
    if (!checked) read.take_error(std::move(checked).error());
  }
  return read.finish();
}

}  // namespace

result<void> check_primitives_config(const json::object& config) {
  if (config.size() > primitives_max) {
    return bad_field("primitives_config", "primitives_config has more than 32 members.");
  }
  object_reader read(config, "primitives_config");
  for (const auto& [name, unused] : config) {
    if (name.empty() || name.size() > 64) {
      return bad_field("primitives_config", "A primitive's name has 1 to 64 characters.");
    }
    if (const json::object* primitive = read.required_object({name.data(), name.size()})) {
      TRY(check_primitive(*primitive, read.path_of({name.data(), name.size()})));
    }
  }
  return read.finish();
}

result<void> check_connections_config(const json::object& config) {
  if (const json::value* mode = config.if_contains("mode")) {
    if (!mode->is_string() || (mode->get_string() != "open" && mode->get_string() != "allowlist" &&
                               mode->get_string() != "blocklist")) {
      return bad_field("connections_config.mode",
                       "connections_config.mode must be open, allowlist or blocklist.");
    }
  }
  if (json::serialize(config).size() > connections_config_bytes_max) {
    return bad_field("connections_config", "connections_config is longer than 16 KiB.");
  }
  return {};
}

}  // namespace dialplane
