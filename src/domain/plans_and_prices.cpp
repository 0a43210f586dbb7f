#include "domain/plans_and_prices.hpp"

namespace dialplane {

namespace {

constexpr std::array<std::string_view, 5> plan_names = {"free", "pro", "startup", "scale",
                                                        "enterprise"};

}  // namespace

micro_credits monthly_price(const price_list& prices, number_type type) noexcept {
  return type == number_type::toll_free ? prices.monthly_toll_free : prices.monthly_local;
}

number_quote quote_number(const price_list& prices, number_type type, bool is_first) {
  number_quote quote;
  quote.registration = is_first ? prices.registration : micro_credits{0};
  quote.first_month = monthly_price(prices, type);
  quote.total = quote.registration + quote.first_month;
  return quote;
}

std::string_view name_of(plan which) noexcept {
  return plan_names[static_cast<std::size_t>(which)];
}

std::optional<plan> parse_plan(std::string_view name) noexcept {
  for (std::size_t i = 0; i < plan_names.size(); ++i) {
    if (plan_names[i] == name) return static_cast<plan>(i);
  }
  return std::nullopt;
}

}  // namespace dialplane
