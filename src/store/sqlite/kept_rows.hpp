// Rows that nearly every write reads and hardly any changes (organizations, settings, keys, users,
// kits, agents), remembered by the one connection that writes.
//
// Nobody else can change them behind its back. A table forgets its rows with each write to it, and
// the writer makes all tables forget when something is undone. Readers' connections keep nothing.
#pragma once

#include <cstddef>
#include <map>
#include <optional>

#include "base/error.hpp"

namespace dialplane::sqlite {

enum class row_keeping { off, on };

template <typename Key, typename Row>
class kept_rows {
 public:
  explicit kept_rows(row_keeping how) noexcept : keeps_(how == row_keeping::on) {}

  // The row with that key, or that there is none: kept, or as `read` finds it.
  template <typename Read>
  result<std::optional<Row>> find(const Key& key, Read read) {
    if (!keeps_) return read();
    const auto kept = rows_.find(key);
    if (kept != rows_.end()) return kept->second;
    TRY_ASSIGN(std::optional<Row> row, read());
    if (rows_.size() >= rows_max) rows_.clear();
    rows_.emplace(key, row);
    return row;
  }
  void forget() noexcept { rows_.clear(); }

 private:
  static constexpr std::size_t rows_max = 1000;

  const bool keeps_;
  std::map<Key, std::optional<Row>> rows_;
};

}  // namespace dialplane::sqlite
