// The table of +1 area codes: which country, state and class each belongs to, which codes overlay
// each other, and their time zones. Data of share/area_codes.csv, built into the program.
//
// Read once at first use; all views live as long as the program. An area code says where a number
// was issued, not where its owner is. A code that is not in the table is unknown, never "US".
#pragma once

#include <span>
#include <string_view>
#include <vector>

namespace dialplane {

using area_code_list = std::vector<std::string_view>;

enum class area_code_class {
  geographic,
  toll_free,
  premium,
  personal,
  interexchange,
  government,
  other,
};

struct area_code_row {
  std::string_view code;           // "415"
  std::string_view country;        // "US"; empty where the code belongs to the whole plan
  std::string_view region;         // "CA"; empty outside US and Canada; several as "NS/PE"
  area_code_class kind;
  std::string_view overlay_group;  // same text: codes that touch through an overlay; may be empty
  std::vector<std::string_view> time_zones;  // IANA names, most populous first
};

// Null for a code that is not in service.
const area_code_row* find_area_code(std::string_view code) noexcept;

// All rows, by code.
std::span<const area_code_row> all_area_codes() noexcept;

// In service, of the US or a US territory, and geographic.
bool is_us_geographic(std::string_view code) noexcept;
// Puerto Rico, US Virgin Islands, Guam, Northern Marianas, American Samoa.
bool is_us_territory(std::string_view region) noexcept;

// By code; empty for an empty or unknown name.
std::span<const std::string_view> overlay_group_members(std::string_view group) noexcept;
std::span<const std::string_view> us_region_members(std::string_view region) noexcept;

// All toll-free codes, and those one can buy: all but 800, which is handed out by brokers only.
std::span<const std::string_view> toll_free_codes() noexcept;
std::span<const std::string_view> toll_free_codes_for_sale() noexcept;
bool is_toll_free(std::string_view code) noexcept;

// All US geographic codes, by code.
std::span<const std::string_view> us_geographic_codes() noexcept;

}  // namespace dialplane
