// What the operator may set about choosing and buying numbers over several carrier accounts.
#pragma once

#include <chrono>
#include <cstdint>

#include "domain/named_enum.hpp"

namespace dialplane {

// Which account sells, of those that have a fitting number at the same stage of a search.
enum class purchase_order {
  preference,  // the one the operator prefers
  price,       // the one that asks least for the number; where none tells, by preference
};
NAMED_ENUM(purchase_order, {purchase_order::preference, "preference"},
           {purchase_order::price, "price"});

struct purchase_rules {
  purchase_order order = purchase_order::preference;
  std::chrono::milliseconds quote_good_for{600'000};
  // Purchases under way at one account, of all organizations together; the others queue.
  std::int64_t in_flight_max = 4;
  // How long one account may take to answer when several are asked for numbers at once.
  std::chrono::milliseconds search_limit{8'000};
};

}  // namespace dialplane
