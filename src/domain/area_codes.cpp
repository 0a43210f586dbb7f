#include "domain/area_codes.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <utility>

#include "base/check.hpp"
#include "domain/e164.hpp"
#include "domain/embedded_tables.hpp"

namespace dialplane {

namespace {

constexpr std::array<std::string_view, 5> territories = {"AS", "GU", "MP", "PR", "VI"};
constexpr std::string_view not_for_sale = "800";

area_code_class class_named(std::string_view name) {
  constexpr std::array<std::pair<std::string_view, area_code_class>, 7> classes = {{
      {"geographic", area_code_class::geographic},
      {"toll_free", area_code_class::toll_free},
      {"premium", area_code_class::premium},
      {"personal", area_code_class::personal},
      {"interexchange", area_code_class::interexchange},
      {"government", area_code_class::government},
      {"other", area_code_class::other},
  }};
  const auto* found = std::find_if(classes.begin(), classes.end(),
                                   [name](const auto& each) { return each.first == name; });
  CHECK(found != classes.end());
  return found->second;
}

// The code as an index from 0 to 999; nothing where it is not three digits.
std::optional<std::size_t> index_of(std::string_view code) noexcept {
  if (code.size() != 3) return std::nullopt;
  std::size_t index = 0;
  for (const char c : code) {
    if (c < '0' || c > '9') return std::nullopt;
    index = index * 10 + static_cast<std::size_t>(c - '0');
  }
  return index;
}

bool is_of_us_ground(const area_code_row& row) {
  return row.country == "US" && row.kind == area_code_class::geographic;
}

struct area_code_table {
  std::vector<area_code_row> rows;
  std::array<const area_code_row*, 1000> by_code{};
  std::map<std::string_view, area_code_list> groups;
  std::map<std::string_view, area_code_list> us_regions;
  area_code_list us_geographic;
  area_code_list toll_free;
  area_code_list toll_free_for_sale;

  area_code_table() {
    for (const auto& cells : embedded_rows(embedded_area_codes(), 6)) {
      rows.push_back({.code = cells[0],
                      .country = cells[1],
                      .region = cells[2],
                      .kind = class_named(cells[3]),
                      .overlay_group = cells[4],
                      .time_zones = {}});
      if (!cells[5].empty()) rows.back().time_zones = split_text(cells[5], '|');
    }
    const auto by_text = [](const auto& a, const auto& b) { return a.code < b.code; };
    CHECK(!rows.empty() && std::is_sorted(rows.begin(), rows.end(), by_text));
    for (const area_code_row& row : rows) index_row(row);
  }

  void index_row(const area_code_row& row) {
    CHECK(is_area_code_shape(row.code));
    const area_code_row*& place = by_code[*index_of(row.code)];
    CHECK(place == nullptr);
    place = &row;
    if (!row.overlay_group.empty()) groups[row.overlay_group].push_back(row.code);
    if (is_of_us_ground(row)) {
      us_regions[row.region].push_back(row.code);
      us_geographic.push_back(row.code);
    }
    if (row.kind == area_code_class::toll_free) {
      toll_free.push_back(row.code);
      if (row.code != not_for_sale) toll_free_for_sale.push_back(row.code);
    }
  }
};

const area_code_table& table() noexcept {
  static const area_code_table the_table;
  return the_table;
}

std::span<const std::string_view> members(const std::map<std::string_view, area_code_list>& lists,
                                          std::string_view name) noexcept {
  const auto found = lists.find(name);
  if (found == lists.end()) return {};
  return found->second;
}

}  // namespace

const area_code_row* find_area_code(std::string_view code) noexcept {
  const auto index = index_of(code);
  return index ? table().by_code[*index] : nullptr;
}

std::span<const area_code_row> all_area_codes() noexcept { return table().rows; }

bool is_us_geographic(std::string_view code) noexcept {
  const area_code_row* row = find_area_code(code);
  return row != nullptr && is_of_us_ground(*row);
}

bool is_us_territory(std::string_view region) noexcept {
  return std::find(territories.begin(), territories.end(), region) != territories.end();
}

std::span<const std::string_view> overlay_group_members(std::string_view group) noexcept {
  return members(table().groups, group);
}

std::span<const std::string_view> us_region_members(std::string_view region) noexcept {
  return members(table().us_regions, region);
}

std::span<const std::string_view> toll_free_codes() noexcept { return table().toll_free; }

std::span<const std::string_view> toll_free_codes_for_sale() noexcept {
  return table().toll_free_for_sale;
}

bool is_toll_free(std::string_view code) noexcept {
  const area_code_row* row = find_area_code(code);
  return row != nullptr && row->kind == area_code_class::toll_free;
}

std::span<const std::string_view> us_geographic_codes() noexcept { return table().us_geographic; }

}  // namespace dialplane
