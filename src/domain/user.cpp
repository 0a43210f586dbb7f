#include "domain/user.hpp"

#include <boost/json/value.hpp>
#include <cmath>

namespace dialplane {

namespace {

const boost::json::object* phone_policy(const account_kit& kit) {
  const boost::json::value* phone = kit.primitives.if_contains("phone");
  return phone != nullptr ? phone->if_object() : nullptr;
}

std::optional<bool> phone_flag(const account_kit& kit, std::string_view name) {
  const boost::json::object* phone = phone_policy(kit);
  if (phone == nullptr) return std::nullopt;
  const boost::json::value* flag = phone->if_contains(name);
  if (flag == nullptr || !flag->is_bool()) return std::nullopt;
  return flag->get_bool();
}

const boost::json::value* phone_default(const account_kit& kit, std::string_view name) {
  const boost::json::object* phone = phone_policy(kit);
  if (phone == nullptr) return nullptr;
  const boost::json::value* defaults = phone->if_contains("defaults");
  if (defaults == nullptr || !defaults->is_object()) return nullptr;
  return defaults->get_object().if_contains(name);
}

}  // namespace

bool account_kit::phone_enabled() const { return phone_flag(*this, "enabled").value_or(true); }

bool account_kit::phone_provision_needs_approval() const {
  return phone_flag(*this, "requiresApproval").value_or(true);
}

std::optional<std::int64_t> account_kit::phone_max_numbers() const {
  const boost::json::value* most = phone_default(*this, "max_numbers");
  if (most == nullptr || !most->is_int64()) return std::nullopt;
  return most->get_int64();
}

std::optional<micro_credits> account_kit::phone_monthly_credit_limit() const {
  const boost::json::value* limit = phone_default(*this, "monthly_credit_limit");
  if (limit == nullptr || !limit->is_number()) return std::nullopt;
  return micro_credits{std::llround(limit->to_number<double>() * 1e6)};
}

std::optional<std::string> account_kit::phone_area_code() const {
  const boost::json::value* code = phone_default(*this, "area_code");
  if (code == nullptr || !code->is_string()) return std::nullopt;
  return std::string(code->get_string());
}

std::optional<std::pair<int, int>> account_kit::phone_text_hours() const {
  const boost::json::value* hours = phone_default(*this, "quiet_hours");
  if (hours == nullptr || !hours->is_object()) return std::nullopt;
  const boost::json::value* from = hours->get_object().if_contains("from_hour");
  const boost::json::value* to = hours->get_object().if_contains("to_hour");
  if (from == nullptr || to == nullptr || !from->is_int64() || !to->is_int64()) return std::nullopt;
  return std::pair(static_cast<int>(from->get_int64()), static_cast<int>(to->get_int64()));
}

}  // namespace dialplane
