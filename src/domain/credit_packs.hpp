// The packs in which credits are added, and what they cost. Rules: naive dialect §8, where one
// credit is half a US dollar.
#pragma once

#include <boost/json/array.hpp>
#include <cstdint>
#include <span>
#include <string_view>

#include "base/money.hpp"

namespace dialplane {

struct credit_pack {
  std::string_view id;  // "small"
  micro_credits credits;
  std::int64_t price_usd = 0;  // whole dollars
};

// Smallest first.
std::span<const credit_pack> credit_packs() noexcept;
// Null for an unknown one.
const credit_pack* find_credit_pack(std::string_view id) noexcept;

// [{"id":"small","credits":20,"price_usd":10}, ...], also the `packs` of insufficient_credits.
boost::json::array credit_packs_json();

}  // namespace dialplane
