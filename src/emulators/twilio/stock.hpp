// The numbers that are for sale: made up by rule, some thousands in every area code, always the
// same ones. Which of them are sold is the emulator's to know. Never a number of a real subscriber
// by intent; whoever dials them reaches whomever the real network has there.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace dialplane::emulators::twilio {

struct stock_place {
  std::string_view locality;  // "" where the emulator knows none
  std::string_view region;
};

class stock {
 public:
  static constexpr std::size_t per_area_code = 20'000;

  // Are numbers of this area code sold? Not of N11, N9X and codes whose last digits are the same,
  // which no place has (533, 200), except the toll-free ones.
  static bool sells(std::string_view area_code);
  static bool is_toll_free(std::string_view area_code);
  // Is it a number that could be on the shelf?
  static bool has(std::string_view e164);
  static stock_place place_of(std::string_view area_code);
  // Area codes of a place, or those offered where none is asked for.
  static std::vector<std::string> codes_of(std::string_view locality, std::string_view region,
                                           bool toll_free);

  // Up to `limit` numbers of that area code that `fits` accepts. Each call begins where the last
  // one of that area code ended.
  std::vector<std::string> offer(const std::string& area_code, std::size_t limit,
                                 const std::function<bool(const std::string&)>& fits);

 private:
  std::map<std::string, std::size_t> next_;
};

}  // namespace dialplane::emulators::twilio
