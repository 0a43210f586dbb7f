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
  // A company's registration, with its first number: 46 together.
  micro_credits brand_registration = micro_credits::credits(8);
  micro_credits campaign_registration = micro_credits::credits(38);  // its first filing
  micro_credits further_campaign_registration = {0};  // of another use case, later
  micro_credits toll_free_verification = {0};         // of a later toll-free number
  micro_credits campaign_resubmission = {0};          // after a rejection
  micro_credits monthly_local = micro_credits::credits(4);
  micro_credits monthly_toll_free = micro_credits::credits(8);
  micro_credits outbound_sms_segment = {40'000};  // 0.04
  micro_credits inbound_sms = {0};
};

// Sets brand and campaign registration so that both together cost `total`: the brand keeps its
// price while that leaves something for the campaign.
void set_registration(price_list& prices, micro_credits total);

// What a number costs, each filing's fee apart.
struct number_quote {
  micro_credits first_month;
  micro_credits brand_fee;
  micro_credits campaign_fee;  // or the toll-free verification's
  micro_credits total;
  bool operator==(const number_quote&) const = default;
};

// Which filings come with the number.
struct filings_due {
  bool brand = false;     // the company is not registered yet: this is its first number
  bool campaign = false;  // no campaign (or verification) that it could join is paid for
  bool operator==(const filings_due&) const = default;
};

micro_credits monthly_price(const price_list& prices, number_type type) noexcept;
number_quote quote_number(const price_list& prices, number_type type, filings_due due);

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
