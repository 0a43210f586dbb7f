#include "carriers/sandbox/inventory.hpp"

#include <algorithm>
#include <bit>
#include <bitset>

#include "base/check.hpp"
#include "domain/area_codes.hpp"

namespace dialplane::sandbox {

namespace {

constexpr std::int64_t code_weight = 10'000'000;
constexpr std::int64_t country_part = 10'000'000'000;
constexpr std::int64_t exchange_part = 5'550'000;

std::uint32_t line_of(stock_key key) noexcept {
  return static_cast<std::uint32_t>(to_int(key) % 10'000);
}

std::uint32_t code_of(stock_key key) noexcept {
  return static_cast<std::uint32_t>((to_int(key) - country_part) / code_weight);
}

stock_key make_key(std::uint32_t area_code, std::uint32_t line) noexcept {
  return stock_key{country_part + area_code * code_weight + exchange_part + line};
}

// 0 where the text is not all digits; no area code, and no number, begins with 0.
std::int64_t digits_value(std::string_view text) noexcept {
  std::int64_t value = 0;
  for (char c : text) {
    if (c < '0' || c > '9') return 0;
    value = value * 10 + (c - '0');
  }
  return value;
}

std::uint32_t area_code_value(std::string_view text) noexcept {
  return text.size() == 3 ? static_cast<std::uint32_t>(digits_value(text)) : 0;
}

bool is_never_sold(std::uint32_t line) noexcept {
  return line == 1212 || (line >= 100 && line <= 199);
}

// The number that undoes multiplying by `step` modulo 10,000. 4,000 is the order of the group's
// size (Euler's phi of 10,000), so step^(4000 - 1) is the inverse.
std::uint32_t inverse_of(std::uint32_t step) noexcept {
  std::uint64_t inverse = 1;
  std::uint64_t power = step;
  for (std::uint32_t exponent = 3'999; exponent != 0; exponent >>= 1) {
    if ((exponent & 1) != 0) inverse = inverse * power % 10'000;
    power = power * power % 10'000;
  }
  return static_cast<std::uint32_t>(inverse);
}

// What the sandbox asks for a number, in millionths of a US dollar.
constexpr carrier_price local_price{.monthly_micro_usd = 1'000'000};
constexpr carrier_price toll_free_price{.monthly_micro_usd = 2'000'000};

// The lines whose number, written with ten digits, has the digits side by side: one pattern of
// four characters, '?' for any digit, per place where they can stand.
std::vector<std::array<char, 4>> line_patterns(std::uint32_t area_code, std::string_view digits) {
  constexpr std::size_t size = 10;
  constexpr std::size_t line_at = 6;
  const std::string head = std::to_string(area_code) + "555";
  std::vector<std::array<char, 4>> patterns;
  if (digits.size() > size) return patterns;
  // The end of the number first: whoever gives all of exchange and line means that very number.
  for (std::size_t place = size - digits.size() + 1; place-- > 0;) {
    std::array<char, 4> pattern = {'?', '?', '?', '?'};
    bool fits = true;
    for (std::size_t i = 0; i < digits.size() && fits; ++i) {
      const std::size_t at = place + i;
      if (at < line_at) {
        fits = head[at] == digits[i];
      } else {
        pattern[at - line_at] = digits[i];
      }
    }
    if (fits) patterns.push_back(pattern);
  }
  return patterns;
}

// Calls `visit` with each line of the pattern until it says false.
template <typename Visit>
void visit_lines(const std::array<char, 4>& pattern, Visit visit) {
  const auto from = [&](std::size_t at) {
    return pattern[at] == '?' ? 0U : static_cast<std::uint32_t>(pattern[at] - '0');
  };
  const auto to = [&](std::size_t at) { return pattern[at] == '?' ? 9U : from(at); };
  for (std::uint32_t a = from(0); a <= to(0); ++a) {
    for (std::uint32_t b = from(1); b <= to(1); ++b) {
      for (std::uint32_t c = from(2); c <= to(2); ++c) {
        for (std::uint32_t d = from(3); d <= to(3); ++d) {
          if (!visit(a * 1'000 + b * 100 + c * 10 + d)) return;
        }
      }
    }
  }
}

template <typename Bits>
bool test_bit(const Bits& bits, std::uint32_t at) noexcept {
  return (bits[at / 64] >> (at % 64) & 1) != 0;
}

template <typename Bits>
void assign_bit(Bits& bits, std::uint32_t at, bool on) noexcept {
  const std::uint64_t bit = std::uint64_t{1} << (at % 64);
  bits[at / 64] = on ? bits[at / 64] | bit : bits[at / 64] & ~bit;
}

bool contains(std::span<const std::string> codes, std::uint32_t area_code) noexcept {
  return std::any_of(codes.begin(), codes.end(), [area_code](const std::string& code) {
    return area_code_value(code) == area_code;
  });
}

}  // namespace

std::string e164_of(stock_key key) { return "+" + std::to_string(to_int(key)); }

std::uint32_t inventory::shelf::position_of(std::uint32_t line) const noexcept {
  return (line + lines - start) % lines * step_inverse % lines;
}

std::uint32_t inventory::shelf::line_at(std::uint32_t position) const noexcept {
  return (start + position * step) % lines;
}

std::uint32_t inventory::shelf::next_free(std::uint32_t from, std::uint32_t to) const noexcept {
  while (from < to) {
    const std::uint64_t free = ~taken[from / 64] >> (from % 64);
    if (free != 0) return std::min(to, from + static_cast<std::uint32_t>(std::countr_zero(free)));
    from = (from / 64 + 1) * 64;
  }
  return to;
}

std::optional<std::uint32_t> inventory::shelf::take_turn() noexcept {
  std::uint32_t found = next_free(cursor, lines);
  if (found == lines) {
    found = next_free(0, cursor);
    if (found == cursor) return std::nullopt;
  }
  cursor = (found + 1) % lines;
  return found;
}

inventory::inventory(random_source& random) {
  shelf_by_code_.fill(-1);
  const auto local = us_geographic_codes();
  const auto toll_free = toll_free_codes_for_sale();
  shelves_.reserve(local.size() + toll_free.size());
  for (std::string_view code : local) add_shelf(code, number_type::local, random);
  for (std::string_view code : toll_free) add_shelf(code, number_type::toll_free, random);
  local_turns_.next = random.below(std::max<std::size_t>(1, local_turns_.shelves.size()));
}

void inventory::add_shelf(std::string_view area_code, number_type type, random_source& random) {
  const auto index = static_cast<std::uint16_t>(shelves_.size());
  shelf& added = shelves_.emplace_back();
  added.area_code = area_code_value(area_code);
  added.type = type;
  added.start = static_cast<std::uint32_t>(random.below(lines));
  do {
    added.step = static_cast<std::uint32_t>(random.below(lines));
  } while (added.step % 2 == 0 || added.step % 5 == 0);
  added.step_inverse = inverse_of(added.step);
  for (std::uint32_t line = 0; line < lines; ++line) {
    if (is_never_sold(line)) assign_bit(added.taken, added.position_of(line), true);
  }
  shelf_by_code_[added.area_code] = static_cast<std::int16_t>(index);
  if (type == number_type::local) added.region = find_area_code(area_code)->region;
  if (type == number_type::toll_free) {
    toll_free_turns_.shelves.push_back(index);
  } else if (!is_us_territory(find_area_code(area_code)->region)) {
    local_turns_.shelves.push_back(index);
  }
}

std::optional<stock_key> inventory::find(std::string_view e164) const noexcept {
  if (e164.size() != 12 || e164[0] != '+') return std::nullopt;
  return find(digits_value(e164.substr(1)));
}

std::optional<stock_key> inventory::find(std::int64_t digits) const noexcept {
  const stock_key key{digits};
  if (digits < country_part || digits >= 2 * country_part) return std::nullopt;
  const std::uint32_t area_code = code_of(key);
  const std::uint32_t line = line_of(key);
  const bool is_ours = key == make_key(area_code, line);  // the exchange is 555
  if (!is_ours || shelf_index(area_code) < 0 || is_never_sold(line)) return std::nullopt;
  return key;
}

bool inventory::has_shelf(std::string_view area_code) const noexcept {
  return shelf_index(area_code_value(area_code)) >= 0;
}

// The shelves themselves are made once; only their bits and cursors need the mutex.
int inventory::shelf_index(std::uint32_t area_code) const noexcept {
  return area_code < shelf_by_code_.size() ? shelf_by_code_[area_code] : -1;
}

std::size_t inventory::shelf_index(stock_key key) const noexcept {
  const int index = shelf_index(code_of(key));
  CHECK(index >= 0);
  return static_cast<std::size_t>(index);
}

bool inventory::is_taken(stock_key key) const {
  const std::lock_guard lock(mutex_);
  const shelf& place = shelves_[shelf_index(key)];
  return test_bit(place.taken, place.position_of(line_of(key)));
}

void inventory::take(stock_key key) {
  const std::lock_guard lock(mutex_);
  shelf& place = shelves_[shelf_index(key)];
  assign_bit(place.taken, place.position_of(line_of(key)), true);
}

void inventory::put_back(stock_key key) {
  const std::lock_guard lock(mutex_);
  shelf& place = shelves_[shelf_index(key)];
  const std::uint32_t position = place.position_of(line_of(key));
  assign_bit(place.taken, position, false);
  assign_bit(place.routed, position, false);
}

bool inventory::is_routed(stock_key key) const {
  const std::lock_guard lock(mutex_);
  const shelf& place = shelves_[shelf_index(key)];
  return test_bit(place.routed, place.position_of(line_of(key)));
}

void inventory::set_routed(stock_key key, bool routed) {
  const std::lock_guard lock(mutex_);
  shelf& place = shelves_[shelf_index(key)];
  assign_bit(place.routed, place.position_of(line_of(key)), routed);
}

std::uint32_t inventory::row_of(stock_key key) const {
  const std::lock_guard lock(mutex_);
  const shelf& place = shelves_[shelf_index(key)];
  const std::uint32_t position = place.position_of(line_of(key));
  return position < place.rows.size() ? place.rows[position] : 0;
}

void inventory::set_row(stock_key key, std::uint32_t row) {
  const std::lock_guard lock(mutex_);
  shelf& place = shelves_[shelf_index(key)];
  const std::uint32_t position = place.position_of(line_of(key));
  if (position >= place.rows.size()) place.rows.resize(position + 1);
  place.rows[position] = row;
}

number_offer inventory::offer_of(const shelf& from, std::uint32_t line) {
  number_offer offer{.e164 = e164_of(make_key(from.area_code, line))};
  offer.region = from.region;
  offer.price = from.type == number_type::local ? local_price : toll_free_price;
  return offer;
}

void inventory::offer_containing(const shelf& from, std::string_view digits, std::size_t limit,
                                 std::vector<number_offer>& offers) {
  std::bitset<lines> seen;
  for (const auto& pattern : line_patterns(from.area_code, digits)) {
    visit_lines(pattern, [&](std::uint32_t line) {
      if (offers.size() >= limit) return false;
      const bool is_new = !seen[line];
      seen.set(line);
      if (is_new && !test_bit(from.taken, from.position_of(line))) {
        offers.push_back(offer_of(from, line));
      }
      return true;
    });
  }
}

std::vector<number_offer> inventory::search_containing(const number_search& wanted,
                                                       std::size_t limit,
                                                       std::span<const std::string> skipped) const {
  std::vector<number_offer> offers;
  const bool digits_only = std::all_of(wanted.contains.begin(), wanted.contains.end(),
                                       [](char c) { return c >= '0' && c <= '9'; });
  if (!digits_only) return offers;
  const std::lock_guard lock(mutex_);
  for (const shelf& from : shelves_) {
    const bool asked = wanted.area_codes.empty() || contains(wanted.area_codes, from.area_code);
    if (from.type != wanted.type || !asked || contains(skipped, from.area_code)) continue;
    offer_containing(from, wanted.contains, limit, offers);
    if (offers.size() >= limit) break;
  }
  return offers;
}

void inventory::offer_from(shelf& from, std::size_t limit, std::vector<number_offer>& offers) {
  std::optional<std::uint32_t> first;
  while (offers.size() < limit) {
    const auto position = from.take_turn();
    if (!position || position == first) return;  // empty, or once around
    if (!first) first = position;
    offers.push_back(offer_of(from, from.line_at(*position)));
  }
}

void inventory::offer_in_turn(rotation& turns, std::size_t limit,
                              std::span<const std::string> skipped,
                              std::vector<number_offer>& offers) {
  // Passes over all shelves, one number from each; a pass that finds none is the last. `max_offers`
  // is far below what one shelf holds, so the passes of one search meet no number twice unless the
  // stock is nearly sold out; then a repeated one ends the search.
  const std::size_t count = turns.shelves.size();
  for (std::size_t fruitless = 0; offers.size() < limit && fruitless < count;) {
    shelf& from = shelves_[turns.shelves[turns.next]];
    turns.next = (turns.next + 1) % count;
    const auto position = contains(skipped, from.area_code) ? std::nullopt : from.take_turn();
    if (!position) {
      ++fruitless;
      continue;
    }
    number_offer offer = offer_of(from, from.line_at(*position));
    const bool repeated = std::any_of(offers.begin(), offers.end(), [&](const number_offer& seen) {
      return seen.e164 == offer.e164;
    });
    if (repeated) return;
    fruitless = 0;
    offers.push_back(std::move(offer));
  }
}

std::vector<number_offer> inventory::search(const number_search& wanted,
                                            std::span<const std::string> skipped) {
  std::vector<number_offer> offers;
  const std::size_t limit = std::min(wanted.limit, max_offers);
  if (!wanted.contains.empty()) return search_containing(wanted, limit, skipped);
  const std::lock_guard lock(mutex_);
  if (wanted.area_codes.empty()) {
    const bool is_local = wanted.type == number_type::local;
    offer_in_turn(is_local ? local_turns_ : toll_free_turns_, limit, skipped, offers);
    return offers;
  }
  for (auto code = wanted.area_codes.begin(); code != wanted.area_codes.end(); ++code) {
    const std::uint32_t area_code = area_code_value(*code);
    const bool seen_before =
        contains({wanted.area_codes.begin(), code}, area_code) || contains(skipped, area_code);
    const int index = shelf_index(area_code);
    if (index < 0 || seen_before) continue;
    shelf& from = shelves_[static_cast<std::size_t>(index)];
    if (from.type == wanted.type) offer_from(from, limit, offers);
  }
  return offers;
}

}  // namespace dialplane::sandbox
