// Reads one page of a list as store/paging.hpp tells: newest first, from a cursor in either
// direction. The SQL has two forms because only a plain comparison can use an index.
#pragma once

#include <algorithm>
#include <string_view>
#include <utility>

#include "store/paging.hpp"
#include "store/sqlite/row_mapping.hpp"

namespace dialplane::sqlite {

struct paged_sql {
  std::string_view older;  // ... AND id < ? ORDER BY id DESC LIMIT ?
  std::string_view newer;  // ... AND id > ? ORDER BY id LIMIT ?
};

// `body` ends in a WHERE clause and numbers its parameters; `id` is the column to walk along.
#define PAGED_SQL(body, id)                                     \
  ::dialplane::sqlite::paged_sql {                              \
    body " AND " id " < ? ORDER BY " id " DESC LIMIT ?",        \
        body " AND " id " > ? ORDER BY " id " LIMIT ?"          \
  }

inline constexpr std::size_t max_page_rows = 100;

// `values` are the parameters of `body`, all of them and in order.
template <typename Record, typename... Values>
result<page<Record>> read_page(database& from, const paged_sql& sql, const page_request& cut,
                               const Values&... values) {
  static constexpr uuid_bytes above_all = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
                                           0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
  const std::size_t limit = std::clamp<std::size_t>(cut.limit, 1, max_page_rows);
  const bool newer = cut.before.has_value();
  const uuid_bytes& cursor = newer ? *cut.before : cut.after ? *cut.after : above_all;
  TRY_ASSIGN(statement rows, select(from, newer ? sql.newer : sql.older, values..., cursor,
                                    static_cast<std::int64_t>(limit + 1)));
  page<Record> found;
  for (;;) {
    TRY_ASSIGN(const bool more, rows.step());
    if (!more) break;
    if (found.rows.size() == limit) {
      found.has_more = true;
      break;
    }
    TRY(read_row_into(found.rows.emplace_back(), rows));
  }
  if (newer) std::reverse(found.rows.begin(), found.rows.end());
  return found;
}

}  // namespace dialplane::sqlite
