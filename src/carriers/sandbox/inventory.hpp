// The sandbox's stock, in memory: which numbers exist and which of them are off the shelf.
//
// One shelf per US area code in service and per toll-free code one can buy; on each the lines
// 555-0000 to 555-9999 without 555-1212 (directory assistance) and 555-0100 to 555-0199 (fiction).
// A shelf is two bitmaps of 10,000 bits and four bytes per line sold so far (where its entry in the
// books is), so a million sold numbers cost a few megabytes.
// Safe from any thread. Knows no file: who sells a number says so here.
#pragma once

#include <array>
#include <cstdint>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/random.hpp"
#include "carriers/carrier.hpp"

namespace dialplane::sandbox {

// A number of the stock as eleven digits: 1, area code, 555, line.
enum class stock_key : std::int64_t {};

inline std::int64_t to_int(stock_key key) noexcept { return static_cast<std::int64_t>(key); }
std::string e164_of(stock_key key);

class inventory {
 public:
  // `random` decides the order in which each shelf is offered.
  explicit inventory(random_source& random);

  // Nothing for a number that the sandbox never has.
  std::optional<stock_key> find(std::string_view e164) const noexcept;
  std::optional<stock_key> find(std::int64_t digits) const noexcept;  // without the "+"
  bool has_shelf(std::string_view area_code) const noexcept;

  bool is_taken(stock_key key) const;
  void take(stock_key key);
  void put_back(stock_key key);  // with its routing forgotten

  bool is_routed(stock_key key) const;
  void set_routed(stock_key key, bool routed);

  // The row of the books where the number's last sale stands; 0: none. What the row says by now is
  // for the books to tell.
  std::uint32_t row_of(stock_key key) const;
  void set_row(stock_key key, std::uint32_t row);

  // Free numbers, best first, none twice; at most 1,000. Each search goes on where the last one on
  // the same shelf stopped, so that parallel searches get different numbers. Without preferred
  // area codes it goes from shelf to shelf, leaving out the US territories. Nothing comes from
  // `skipped` area codes. Numbers that contain given digits are looked for from the first shelf on
  // and stay on offer.
  std::vector<number_offer> search(const number_search& wanted,
                                   std::span<const std::string> skipped);

  static constexpr std::size_t max_offers = 1'000;

 private:
  static constexpr std::uint32_t lines = 10'000;
  static constexpr std::size_t words = (lines + 63) / 64;
  using bitmap = std::array<std::uint64_t, words>;

  // Bits stand in the order of offering: position = (line - start) / step, modulo 10,000.
  struct shelf {
    std::uint32_t area_code = 0;
    number_type type = number_type::local;
    std::string_view region;           // empty where toll-free
    std::uint32_t start = 0;
    std::uint32_t step = 1;
    std::uint32_t step_inverse = 1;
    std::uint32_t cursor = 0;
    bitmap taken{};
    bitmap routed{};
    std::vector<std::uint32_t> rows;  // by position: they are sold nearly in that order

    std::uint32_t position_of(std::uint32_t line) const noexcept;
    std::uint32_t line_at(std::uint32_t position) const noexcept;
    // The first free position in [from, to), or `to`.
    std::uint32_t next_free(std::uint32_t from, std::uint32_t to) const noexcept;
    std::optional<std::uint32_t> take_turn() noexcept;
  };
  // The shelves visited in turn when no area code is preferred.
  struct rotation {
    std::vector<std::uint16_t> shelves;
    std::size_t next = 0;
  };

  void add_shelf(std::string_view area_code, number_type type, random_source& random);
  // -1: none.
  int shelf_index(std::uint32_t area_code) const noexcept;
  std::size_t shelf_index(stock_key key) const noexcept;
  static number_offer offer_of(const shelf& from, std::uint32_t line);
  static void offer_containing(const shelf& from, std::string_view digits, std::size_t limit,
                               std::vector<number_offer>& offers);
  std::vector<number_offer> search_containing(const number_search& wanted, std::size_t limit,
                                              std::span<const std::string> skipped) const;
  void offer_from(shelf& from, std::size_t limit, std::vector<number_offer>& offers);
  void offer_in_turn(rotation& turns, std::size_t limit, std::span<const std::string> skipped,
                     std::vector<number_offer>& offers);

  mutable std::mutex mutex_;
  std::vector<shelf> shelves_;
  std::array<std::int16_t, 1'000> shelf_by_code_;  // -1: none
  rotation local_turns_;
  rotation toll_free_turns_;
};

}  // namespace dialplane::sandbox
