// What things cost, and how many numbers each plan may hold. Configuration with these defaults,
// which give the figures of the founding documents: 1000 credits, 50 for a first number.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/money.hpp"
#include "domain/number_type.hpp"

namespace dialplane {

struct price_list {
  micro_credits starting_balance = micro_credits::credits(1000);
  micro_credits registration = micro_credits::credits(46);  // once, with the first number
  micro_credits monthly_local = micro_credits::credits(4);
  micro_credits monthly_toll_free = micro_credits::credits(8);
  micro_credits outbound_sms_segment = {40'000};  // 0.04
  micro_credits inbound_sms = {0};
};

struct number_quote {
  micro_credits registration;
  micro_credits first_month;
  micro_credits total;
  bool operator==(const number_quote&) const = default;
};

micro_credits monthly_price(const price_list& prices, number_type type) noexcept;
// `is_first`: the organization has not paid its registration yet.
number_quote quote_number(const price_list& prices, number_type type, bool is_first);

enum class plan { free, pro, startup, scale, enterprise };

std::string_view name_of(plan which) noexcept;
std::optional<plan> parse_plan(std::string_view name) noexcept;

// Numbers an organization may hold at once, by plan. Enterprise is agreed per organization: this is
// its value where none was set.
struct slot_table {
  std::array<std::int64_t, 5> slots = {1, 3, 5, 10, 10};
  std::int64_t of(plan which) const noexcept { return slots[static_cast<std::size_t>(which)]; }
};

}  // namespace dialplane
