// The query of a request, read strictly: percent-decoding, repeats, limits, cursors.
//
// parse_query refuses what is ambiguous before any handler runs; query_reader then reads typed
// values out of it, remembers the first wrong one, and refuses parameters nobody asked for. Pure
// functions of the text; nothing here knows a route.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.hpp"
#include "base/ids.hpp"
#include "store/paging.hpp"

namespace dialplane {

struct parsed_query {
  std::vector<std::pair<std::string, std::string>> parameters;  // decoded, names unique
  const std::string* find(std::string_view name) const noexcept;
};

// `raw` is the text after '?'. "+" is a space. invalid_input, naming the parameter: a bad percent
// escape, not UTF-8, a control character, a repeated name, more than 32 parameters.
result<parsed_query> parse_query(std::string_view raw);

// Decodes %XX; "+" becomes a space only if asked. Nothing for a bad escape.
std::optional<std::string> percent_decoded(std::string_view text, bool plus_is_space);

// An opaque cursor of the naive dialect: names the last row of a page.
std::string cursor_of(const uuid_bytes& last);
std::optional<uuid_bytes> parse_cursor(std::string_view text) noexcept;

class query_reader {
 public:
  // `query` must outlive the reader.
  explicit query_reader(const parsed_query& query) : query_(query) {}

  // At most `max` code points.
  std::optional<std::string> text(std::string_view name, std::size_t max = 255);
  // The index of the word.
  std::optional<std::size_t> choice(std::string_view name,
                                    std::initializer_list<std::string_view> words);
  // Digits only, bounds included; `fallback` where absent or wrong.
  std::int64_t integer(std::string_view name, std::int64_t min, std::int64_t max,
                       std::int64_t fallback);
  // An id in either form. An unparsable one is not found rather than wrong: see `unknown_id`.
  template <typename Id>
  std::optional<Id> id(std::string_view name) {
    const auto raw = text(name, 64);
    if (!raw) return std::nullopt;
    const auto parsed = Id::parse(*raw);
    if (!parsed) refuse(name, "an id of that kind");
    return parsed;
  }

  // `limit` (1-100, default 10), `starting_after`, `ending_before`, which are ids.
  template <typename Id>
  page_request cartesia_page() {
    page_request cut;
    cut.limit = static_cast<std::size_t>(integer("limit", 1, 100, 10));
    if (const auto after = id<Id>("starting_after")) cut.after = after->bytes;
    if (const auto before = id<Id>("ending_before")) cut.before = before->bytes;
    if (cut.after && cut.before) refuse("ending_before", "left out when starting_after is given");
    return cut;
  }
  // `limit` (1-100, default 20) and `cursor`.
  page_request naive_page();

  void take_error(error failure);
  // The first error, or invalid_input for a parameter nobody asked for.
  result<void> finish();

 private:
  void refuse(std::string_view name, std::string_view must_be);

  const parsed_query& query_;
  std::vector<std::string_view> known_;
  std::optional<error> failure_;
};

}  // namespace dialplane
