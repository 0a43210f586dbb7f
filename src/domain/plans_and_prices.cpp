#include "domain/plans_and_prices.hpp"

#include <algorithm>

namespace dialplane {

namespace {

constexpr std::array<std::string_view, 5> plan_names = {"free", "pro", "startup", "scale",
                                                        "enterprise"};

}  // namespace

micro_credits monthly_price(const price_list& prices, number_type type) noexcept {
  return type == number_type::toll_free ? prices.monthly_toll_free : prices.monthly_local;
}

void set_registration(price_list& prices, micro_credits total) {
  prices.brand_registration = std::min(prices.brand_registration, total);
  prices.campaign_registration = total - prices.brand_registration;
}

number_quote quote_number(const price_list& prices, number_type type, filings_due due) {
  number_quote quote;
  quote.first_month = monthly_price(prices, type);
  if (due.brand) quote.brand_fee = prices.brand_registration;
  if (due.campaign) {
    const micro_credits later = type == number_type::toll_free
                                    ? prices.toll_free_verification
                                    : prices.further_campaign_registration;
    quote.campaign_fee = due.brand ? prices.campaign_registration : later;
  }
  quote.total = quote.first_month + quote.brand_fee + quote.campaign_fee;
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
