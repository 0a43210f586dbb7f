// Reads the members of a JSON object into typed values, for the handlers of the edges.
//
// The reader never throws and never stops half-way: a wrong member gives an empty value and is
// remembered; the first one wrong wins. After all members were asked for, finish() returns that
// error, or refuses members that nobody asked for (a misspelt field on a request that spends money
// must not pass silently), naming the nearest known one. The object must outlive the reader.
//
//   object_reader body(object);
//   request.label = body.optional_string("label", {.max = 80});
//   TRY(body.finish());
#pragma once

#include <boost/json/object.hpp>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"

namespace dialplane {

// What a text member may look like. Lengths count Unicode code points. Control characters are
// always refused, except TAB, LF and CR where line breaks are allowed.
struct text_rule {
  std::size_t min = 0;
  std::size_t max = 1000;
  bool allow_line_breaks = false;
};

// A member that may be absent, null, or a value: the three mean different things in an update.
template <typename T>
struct nullable {
  bool present = false;
  std::optional<T> value = {};  // nothing while present: an explicit null
};

class object_reader {
 public:
  // `path` is put before member names in errors ("defaults" makes "defaults.area_code").
  explicit object_reader(const boost::json::object& members, std::string path = {});

  std::string required_string(std::string_view name, const text_rule& rule = {});
  std::optional<std::string> optional_string(std::string_view name, const text_rule& rule = {});
  nullable<std::string> nullable_string(std::string_view name, const text_rule& rule = {});

  // One of the given words. `required_choice` gives the index of the word, 0 after an error.
  std::size_t required_choice(std::string_view name,
                              std::initializer_list<std::string_view> words);
  std::optional<std::size_t> optional_choice(std::string_view name,
                                             std::initializer_list<std::string_view> words);

  bool required_bool(std::string_view name);
  std::optional<bool> optional_bool(std::string_view name);

  // Both bounds included. 1.0 and "1" are not integers.
  std::int64_t required_int(std::string_view name, std::int64_t min, std::int64_t max);
  std::optional<std::int64_t> optional_int(std::string_view name, std::int64_t min,
                                           std::int64_t max);
  nullable<std::int64_t> nullable_int(std::string_view name, std::int64_t min, std::int64_t max);

  // Null where absent or wrong. Read it with a reader of its own, built with path_of(name), and
  // hand a failed finish() of that reader to take_error.
  const boost::json::object* required_object(std::string_view name);
  const boost::json::object* optional_object(std::string_view name);

  std::optional<std::vector<std::string>> optional_string_list(std::string_view name,
                                                               std::size_t max_items,
                                                               const text_rule& rule = {});
  // Any JSON value, null included; null pointer where absent.
  const boost::json::value* optional_value(std::string_view name);

  // Accepts the member, whatever it is.
  void ignore(std::string_view name);
  bool has(std::string_view name) const { return members_.contains(name); }

  // Remembers a caller's own error, unless one came before.
  void take_error(error failure);
  bool failed() const noexcept { return failure_.has_value(); }
  std::string path_of(std::string_view name) const;

  result<void> finish();

 private:
  const boost::json::value* look_up(std::string_view name);
  const boost::json::value* look_up_required(std::string_view name);
  void refuse(std::string_view name, std::string_view must_be);
  bool text_fits(std::string_view name, const boost::json::value& value, const text_rule& rule);
  std::optional<std::int64_t> integer_from(std::string_view name,
                                           const boost::json::value& value, std::int64_t min,
                                           std::int64_t max);
  std::optional<error> unknown_member() const;

  const boost::json::object& members_;
  std::string path_;
  std::vector<std::string_view> known_;  // literals of the caller, alive for the call
  std::optional<error> failure_;
  bool failure_is_absence_ = false;
};

// Number of one-character edits that turn `a` into `b`, at most `limit` + 1.
std::size_t edit_distance(std::string_view a, std::string_view b, std::size_t limit);

}  // namespace dialplane
