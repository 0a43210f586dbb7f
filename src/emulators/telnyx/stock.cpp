#include "emulators/telnyx/stock.hpp"

#include <algorithm>
#include <array>

namespace dialplane::emulators::telnyx {

namespace {

constexpr std::uint32_t first_exchange = 730;
constexpr std::uint32_t exchanges = 20;
constexpr std::uint32_t per_exchange = 10'000;
constexpr std::uint32_t per_area_code = exchanges * per_exchange;

constexpr auto toll_free_codes =
    std::to_array<std::string_view>({"833", "844", "855", "866", "877", "888"});

bool is_toll_free_code(std::string_view code) {
  return std::find(toll_free_codes.begin(), toll_free_codes.end(), code) != toll_free_codes.end();
}

bool all_digits(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

std::optional<std::uint32_t> index_of(std::string_view e164) {
  if (e164.size() != 12 || !e164.starts_with("+1") || !all_digits(e164.substr(1))) {
    return std::nullopt;
  }
  const auto digit = [&](std::size_t at) { return static_cast<std::uint32_t>(e164[at] - '0'); };
  const std::uint32_t exchange = digit(5) * 100 + digit(6) * 10 + digit(7);
  const std::uint32_t line = digit(8) * 1'000 + digit(9) * 100 + digit(10) * 10 + digit(11);
  if (exchange < first_exchange || exchange >= first_exchange + exchanges) return std::nullopt;
  return (exchange - first_exchange) * per_exchange + line;
}

std::string number_at(std::string_view area_code, std::uint32_t index) {
  const std::uint32_t exchange = first_exchange + index / per_exchange;
  const std::string line = std::to_string(per_exchange + index % per_exchange).substr(1);
  return "+1" + std::string(area_code) + std::to_string(exchange) + line;
}

}  // namespace

bool stock::sells(std::string_view area_code, bool toll_free) {
  if (area_code.size() != 3 || !all_digits(area_code)) return false;
  if (toll_free) return is_toll_free_code(area_code);
  const bool is_service = area_code[1] == '1' && area_code[2] == '1';
  return area_code[0] >= '2' && area_code[1] != '9' && !is_service &&
         !area_code.ends_with("00") && area_code != "555" && !is_toll_free_code(area_code);
}

bool stock::is_toll_free(std::string_view e164) {
  return e164.size() == 12 && is_toll_free_code(e164.substr(2, 3));
}

bool stock::is_listed(std::string_view e164) {
  return index_of(e164).has_value() && sells(e164.substr(2, 3), is_toll_free(e164));
}

std::string stock::locality_of(std::string_view area_code) {
  if (area_code == "415") return "SAN FRANCISCO";
  if (area_code == "212") return "NEW YORK";
  if (area_code == "512") return "AUSTIN";
  return "TOWN " + std::string(area_code);
}

std::string stock::region_of(std::string_view area_code) {
  if (area_code == "415") return "CA";
  if (area_code == "212") return "NY";
  return "TX";
}

const std::vector<std::string>& stock::usual_area_codes(bool toll_free) {
  static const std::vector<std::string> local{"415", "212", "512", "737", "832"};
  static const std::vector<std::string> free_ones{"833", "844", "855", "866", "877", "888"};
  return toll_free ? free_ones : local;
}

std::vector<std::string> stock::next(const std::string& area_code, std::size_t limit,
                                     const std::function<bool(const std::string&)>& fits) {
  shelf& at = shelves_[area_code];
  std::vector<std::string> found;
  for (std::uint32_t looked = 0; looked < per_area_code && found.size() < limit; ++looked) {
    std::string number = number_at(area_code, at.next);
    at.next = (at.next + 1) % per_area_code;
    at.shown = at.next == 0 ? per_area_code : std::max(at.shown, at.next);
    if (fits(number)) found.push_back(std::move(number));
  }
  return found;
}

bool stock::was_seen(std::string_view e164) const {
  const auto index = index_of(e164);
  if (!index) return false;
  const auto found = shelves_.find(e164.substr(2, 3));
  return found != shelves_.end() && *index < found->second.shown;
}

}  // namespace dialplane::emulators::telnyx
