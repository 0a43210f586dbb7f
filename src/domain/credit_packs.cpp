#include "domain/credit_packs.hpp"

#include <array>
#include <boost/json/object.hpp>

namespace dialplane {

namespace {

constexpr std::array<credit_pack, 4> packs = {{
    {"small", micro_credits::credits(20), 10},
    {"medium", micro_credits::credits(50), 25},
    {"large", micro_credits::credits(100), 50},
    {"xl", micro_credits::credits(250), 125},
}};

}  // namespace

std::span<const credit_pack> credit_packs() noexcept { return packs; }

const credit_pack* find_credit_pack(std::string_view id) noexcept {
  for (const credit_pack& pack : packs) {
    if (pack.id == id) return &pack;
  }
  return nullptr;
}

boost::json::array credit_packs_json() {
  boost::json::array all;
  for (const credit_pack& pack : packs) {
    all.push_back(boost::json::object{{"id", pack.id},
                                      {"credits", pack.credits.value / 1'000'000},
                                      {"price_usd", pack.price_usd}});
  }
  return all;
}

}  // namespace dialplane
