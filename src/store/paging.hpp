// How lists are cut into pages.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "base/ids.hpp"

namespace dialplane {

// Rows newest first. `after`: rows older than that id. `before`: the `limit` rows just newer than
// that id (still newest first). At most one of the two is set. The id need not exist any more.
struct page_request {
  std::optional<uuid_bytes> after;
  std::optional<uuid_bytes> before;
  std::size_t limit = 20;  // 1 to 100
};

template <typename T>
struct page {
  std::vector<T> rows;
  bool has_more = false;  // further rows in the direction of reading
};

}  // namespace dialplane
