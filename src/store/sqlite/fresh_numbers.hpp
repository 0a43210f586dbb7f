// Numbers as they were inserted, remembered by the one connection that writes until someone asks
// for them: the next that is done with nearly every new number is to settle its purchase.
//
// Handed out once; whatever changes a number otherwise drops it here first. As kept_rows.hpp says,
// nobody else can change them, and everything is forgotten when something is undone.
#pragma once

#include <optional>
#include <unordered_map>
#include <utility>

#include "domain/number.hpp"
#include "store/sqlite/kept_rows.hpp"

namespace dialplane::sqlite {

class fresh_numbers {
 public:
  explicit fresh_numbers(row_keeping how) noexcept : keeps_(how == row_keeping::on) {}

  void keep(const number& row) {
    if (!keeps_) return;
    if (rows_.size() >= rows_max) rows_.clear();
    rows_.insert_or_assign(row.id, row);
  }
  std::optional<number> take(organization_id owner, number_id id) {
    const auto found = rows_.find(id);
    if (found == rows_.end() || found->second.organization != owner) return std::nullopt;
    std::optional<number> row = std::move(found->second);
    rows_.erase(found);
    return row;
  }
  void drop(number_id id) noexcept { rows_.erase(id); }
  void forget() noexcept { rows_.clear(); }

 private:
  static constexpr std::size_t rows_max = 512;  // about as many as are bought at a time

  const bool keeps_;
  std::unordered_map<number_id, number> rows_;
};

}  // namespace dialplane::sqlite
