#include "workflow/purchasing/sellers_for.hpp"

#include <algorithm>

namespace dialplane {

namespace {

bool can_do(const carrier_abilities& able, const seller_wish& wish) {
  if (wish.type == number_type::toll_free && !able.sells_toll_free) return false;
  if (wish.features.calls && !able.takes_calls) return false;
  return !wish.features.media || able.sends_media;
}

auto named(const std::string& name) {
  return [&name](const carrier* one) { return one->abilities().name == name; };
}

}  // namespace

std::vector<carrier*> sellers_for(const carrier_registry& accounts, const seller_wish& wish) {
  std::vector<carrier*> ranked = accounts.sellers();
  if (!wish.only.empty()) {
    std::erase_if(ranked, [&](const carrier* one) { return !named(wish.only)(one); });
    return ranked;
  }
  const auto home = std::ranges::find_if(ranked, named(wish.first));
  const bool has_home = !wish.first.empty() && home != ranked.end();
  bool real = std::ranges::any_of(ranked, [](const carrier* one) {
    return one->abilities().is_real;
  });
  if (has_home) {
    real = (*home)->abilities().is_real;
    std::rotate(ranked.begin(), home, home + 1);
  }
  std::erase_if(ranked, [&](const carrier* one) {
    return one->abilities().is_real != real || !can_do(one->abilities(), wish);
  });
  const auto registers = [](const carrier* one) { return one->abilities().registers_brands; };
  if (wish.registers && std::ranges::any_of(ranked, registers)) {
    std::erase_if(ranked, [&](const carrier* one) { return !registers(one); });
  }
  return ranked;
}

bool is_account_fault(const error& why) noexcept {
  switch (why.code) {
    case error_code::carrier_credentials_rejected:
    case error_code::carrier_out_of_funds:
    case error_code::carrier_account_invalid:
    case error_code::carrier_unavailable:
    case error_code::not_configured:
    case error_code::overloaded: return true;
    default: return false;
  }
}

}  // namespace dialplane
