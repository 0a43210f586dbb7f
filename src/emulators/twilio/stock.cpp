#include "emulators/twilio/stock.hpp"

#include <algorithm>
#include <array>

#include "base/ascii.hpp"

namespace dialplane::emulators::twilio {

namespace {

struct known_place {
  std::string_view code;
  stock_place place;
};
constexpr std::array places{
    known_place{"415", {"San Francisco", "CA"}}, known_place{"628", {"San Francisco", "CA"}},
    known_place{"510", {"Oakland", "CA"}},       known_place{"213", {"Los Angeles", "CA"}},
    known_place{"212", {"New York", "NY"}},      known_place{"646", {"New York", "NY"}},
    known_place{"718", {"Brooklyn", "NY"}},      known_place{"512", {"Austin", "TX"}},
    known_place{"214", {"Dallas", "TX"}},        known_place{"206", {"Seattle", "WA"}},
    known_place{"312", {"Chicago", "IL"}},       known_place{"617", {"Boston", "MA"}},
    known_place{"305", {"Miami", "FL"}},         known_place{"303", {"Denver", "CO"}},
    known_place{"404", {"Atlanta", "GA"}},       known_place{"503", {"Portland", "OR"}},
};
constexpr std::array<std::string_view, 7> toll_free_codes{"800", "833", "844", "855",
                                                          "866", "877", "888"};

// 200 to 999, without N11.
std::vector<int> all_exchanges() {
  std::vector<int> all;
  for (int exchange = 200; exchange <= 999; ++exchange) {
    if (exchange % 100 != 11) all.push_back(exchange);
  }
  return all;
}

// The n-th number of an area code: every exchange in turn, then the next line of each.
std::string nth(const std::string& area_code, std::size_t n) {
  static const std::vector<int> exchanges = all_exchanges();
  const int exchange = exchanges[n % exchanges.size()];
  const std::size_t lap = n / exchanges.size();
  const std::size_t line = (lap * 337 + static_cast<std::size_t>(exchange) * 13) % 10'000;
  std::string last = std::to_string(line);
  last.insert(0, 4 - last.size(), '0');
  return "+1" + area_code + std::to_string(exchange) + last;
}

}  // namespace

bool stock::is_toll_free(std::string_view area_code) {
  return std::find(toll_free_codes.begin(), toll_free_codes.end(), area_code) !=
         toll_free_codes.end();
}

bool stock::sells(std::string_view code) {
  if (code.size() != 3 || !std::all_of(code.begin(), code.end(), is_digit)) return false;
  if (is_toll_free(code)) return true;
  return code[0] >= '2' && code[1] != '9' && code[1] != code[2];
}

bool stock::has(std::string_view e164) {
  if (e164.size() != 12 || !e164.starts_with("+1")) return false;
  if (!std::all_of(e164.begin() + 1, e164.end(), is_digit)) return false;
  const std::string_view exchange = e164.substr(5, 3);
  const bool is_exchange = exchange[0] >= '2' && exchange.substr(1) != "11";
  return is_exchange && sells(e164.substr(2, 3));
}

stock_place stock::place_of(std::string_view area_code) {
  for (const known_place& one : places) {
    if (one.code == area_code) return one.place;
  }
  return {};
}

std::vector<std::string> stock::codes_of(std::string_view locality, std::string_view region,
                                         bool toll_free) {
  std::vector<std::string> codes;
  if (toll_free) {
    codes.assign(toll_free_codes.begin(), toll_free_codes.end());
    return codes;
  }
  for (const known_place& one : places) {
    const bool fits = (locality.empty() || locality == one.place.locality) &&
                      (region.empty() || region == one.place.region);
    if (fits) codes.emplace_back(one.code);
  }
  return codes;
}

std::vector<std::string> stock::offer(const std::string& area_code, std::size_t limit,
                                      const std::function<bool(const std::string&)>& fits) {
  std::vector<std::string> offers;
  std::size_t& next = next_[area_code];
  for (std::size_t tried = 0; tried < per_area_code && offers.size() < limit; ++tried) {
    std::string number = nth(area_code, next);
    next = (next + 1) % per_area_code;
    if (fits(number)) offers.push_back(std::move(number));
  }
  return offers;
}

}  // namespace dialplane::emulators::twilio
