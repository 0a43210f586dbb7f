// The credit packs shown with "insufficient credits" (naive dialect §8): 1 credit = 0.50 USD.
#pragma once

#include <array>
#include <boost/json/array.hpp>
#include <cstdint>
#include <string_view>

#include "base/money.hpp"

namespace dialplane {

struct credit_pack {
  std::string_view id;
  micro_credits credits;
  std::int64_t price_usd;
};

inline constexpr std::array<credit_pack, 4> credit_packs = {{
    {"small", micro_credits::credits(20), 10},
    {"medium", micro_credits::credits(50), 25},
    {"large", micro_credits::credits(100), 50},
    {"xl", micro_credits::credits(250), 125},
}};

// [{"id":"small","credits":20,"price_usd":10},…]
boost::json::array credit_packs_json();

}  // namespace dialplane
