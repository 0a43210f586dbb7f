// Between rows of tables and the records of domain/: one ordered list of fields per record serves
// reading and writing, so that the two cannot drift apart.
//
// A record's shape is told by a specialisation of row_shape next to its queries:
//   template <> struct row_shape<brand> {
//     static auto fields(auto& row) { return field_list(row.organization, row.id, ...); }
//   };
// in the order of the SELECT's columns and of the INSERT's and UPDATE's parameters. Texts and ids
// are bound without a copy: they must live until the statement is destroyed or run again.
#pragma once

#include <array>
#include <boost/json/object.hpp>
#include <concepts>
#include <cstdint>
#include <optional>
#include <source_location>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/ids.hpp"
#include "base/money.hpp"
#include "base/sqlite.hpp"
#include "domain/named_enum.hpp"
#include "domain/number_type.hpp"

namespace dialplane::sqlite {

template <typename Record>
struct row_shape;

// References to members, and the markers below by value.
template <typename... Fields>
std::tuple<Fields...> field_list(Fields&&... fields) {
  return {std::forward<Fields>(fields)...};
}

// A std::string that is stored as bytes.
template <typename Text>
struct blob_field {
  Text& bytes;
};
template <typename Text>
blob_field<Text> as_blob(Text& bytes) {
  return {bytes};
}
// A std::string whose empty value is stored as NULL.
template <typename Text>
struct nullable_field {
  Text& text;
};
template <typename Text>
nullable_field<Text> empty_as_null(Text& text) {
  return {text};
}

// The stored names of enums that have a table (named_enum.hpp), and of number_type.
template <typename Enum>
std::string_view stored_name(Enum value) {
  return name_of_value(value);
}
template <typename Enum>
std::optional<Enum> value_of_stored(std::string_view text) {
  return value_named<Enum>(text);
}
template <>
inline std::string_view stored_name(number_type value) {
  return name_of(value);
}
template <>
inline std::optional<number_type> value_of_stored(std::string_view text) {
  return parse_number_type(text);
}

// --- writing ---

template <std::integral T>
void put(statement& to, int at, T value) {
  to.bind(at, value);
}
template <typename Enum>
  requires std::is_enum_v<Enum>
void put(statement& to, int at, Enum value) {
  to.bind_borrowed(at, stored_name(value));
}
inline void put(statement& to, int at, std::nullopt_t) { to.bind(at, std::nullopt); }
inline void put(statement& to, int at, timestamp value) { to.bind(at, value.unix_ms); }
inline void put(statement& to, int at, micro_credits value) { to.bind(at, value.value); }
inline void put(statement& to, int at, std::string_view value) { to.bind_borrowed(at, value); }
template <std::size_t N>
void put(statement& to, int at, const std::array<std::uint8_t, N>& value) {
  to.bind_borrowed(at, blob_view(value));
}
template <typename Kind>
void put(statement& to, int at, const typed_id<Kind>& value) {
  to.bind_borrowed(at, blob_view(value.bytes));
}
void put(statement& to, int at, const boost::json::object& value);  // copied
template <typename Text>
void put(statement& to, int at, const blob_field<Text>& value) {
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(value.bytes.data());
  to.bind_borrowed(at, blob_view(bytes, value.bytes.size()));
}
template <typename Text>
void put(statement& to, int at, const nullable_field<Text>& value) {
  if (value.text.empty()) {
    to.bind(at, std::nullopt);
  } else {
    to.bind_borrowed(at, std::string_view(value.text));
  }
}
template <typename T>
void put(statement& to, int at, const std::optional<T>& value) {
  if (value) {
    put(to, at, *value);
  } else {
    to.bind(at, std::nullopt);
  }
}

template <typename... Values>
void put_all(statement& to, const Values&... values) {
  int at = 0;
  (put(to, ++at, values), ...);
}

// --- reading: false where the column does not hold such a value ---

template <std::integral T>
bool get(const statement& from, int at, T& value) {
  value = static_cast<T>(from.int64(at));
  return true;
}
template <typename Enum>
  requires std::is_enum_v<Enum>
bool get(const statement& from, int at, Enum& value) {
  const std::optional<Enum> known = value_of_stored<Enum>(from.text(at));
  if (known) value = *known;
  return known.has_value();
}
inline bool get(const statement& from, int at, timestamp& value) {
  value.unix_ms = from.int64(at);
  return true;
}
inline bool get(const statement& from, int at, micro_credits& value) {
  value.value = from.int64(at);
  return true;
}
inline bool get(const statement& from, int at, std::string& value) {
  value = from.text(at);
  return true;
}
template <std::size_t N>
bool get(const statement& from, int at, std::array<std::uint8_t, N>& value) {
  const blob_view bytes = from.blob(at);
  if (bytes.size() != N) return false;
  std::copy(bytes.begin(), bytes.end(), value.begin());
  return true;
}
template <typename Kind>
bool get(const statement& from, int at, typed_id<Kind>& value) {
  return get(from, at, value.bytes);
}
bool get(const statement& from, int at, boost::json::object& value);
inline bool get(const statement& from, int at, blob_field<std::string> value) {
  const blob_view bytes = from.blob(at);
  value.bytes.assign(bytes.begin(), bytes.end());
  return true;
}
inline bool get(const statement& from, int at, nullable_field<std::string> value) {
  value.text = from.text(at);  // NULL reads as empty
  return true;
}
template <typename T>
bool get(const statement& from, int at, std::optional<T>& value) {
  if (from.is_null(at)) {
    value.reset();
    return true;
  }
  return get(from, at, value.emplace());
}

error unreadable_row(int column);

// Fills `record` from the present row, from column `first` on.
template <typename Record>
result<void> read_row_into(Record& record, const statement& from, int first = 0) {
  int bad = -1;
  int at = first;
  const auto read_one = [&](auto&& field) {
    if (!get(from, at, field) && bad < 0) bad = at;
    ++at;
  };
  std::apply([&](auto&&... fields) { (read_one(fields), ...); },
             row_shape<Record>::fields(record));
  if (bad >= 0) return unreadable_row(bad);
  return {};
}

template <typename Record>
result<Record> read_row(const statement& from, int first = 0) {
  Record record;
  TRY(read_row_into(record, from, first));
  return record;
}

// --- statements ---

// May `select` keep a reference to it after the call?
template <typename T>
inline constexpr bool outlives_call =
    std::is_lvalue_reference_v<T> || std::is_arithmetic_v<T> || std::is_enum_v<T> ||
    std::is_same_v<T, timestamp> || std::is_same_v<T, micro_credits> ||
    std::is_same_v<T, std::string_view> || std::is_same_v<T, std::optional<timestamp>>;

// A statement with its parameters bound, ready to step.
template <typename... Values>
result<statement> select(database& from, std::string_view sql, Values&&... values) {
  static_assert((outlives_call<Values> && ...), "a temporary would dangle: name it first");
  TRY_ASSIGN(statement prepared, from.prepare(sql));
  put_all(prepared, values...);
  return prepared;
}

// Runs a statement without rows.
template <typename... Values>
result<void> execute(database& on, std::string_view sql, const Values&... values) {
  TRY_ASSIGN(statement prepared, on.prepare(sql));
  put_all(prepared, values...);
  return prepared.run();
}

// Runs it with the record's fields as its parameters.
template <typename Record>
result<void> execute_with_row(database& on, std::string_view sql, const Record& row) {
  TRY_ASSIGN(statement prepared, on.prepare(sql));
  std::apply([&](const auto&... fields) { put_all(prepared, fields...); },
             row_shape<const Record>::fields(row));
  return prepared.run();
}

// conflict, where the last statement changed no row: what was to be changed is gone.
result<void> expect_changed(const database& on, std::source_location where =
                                                    std::source_location::current());

template <typename Record>
result<void> update_with_row(database& on, std::string_view sql, const Record& row,
                             std::source_location where = std::source_location::current()) {
  TRY(execute_with_row(on, sql, row));
  return expect_changed(on, where);
}

template <typename Record, typename... Values>
result<std::optional<Record>> find_row(database& from, std::string_view sql, Values&&... values) {
  TRY_ASSIGN(statement rows, select(from, sql, std::forward<Values>(values)...));
  TRY_ASSIGN(const bool more, rows.step());
  result<std::optional<Record>> found;  // filled in place: some records are long to move
  if (more) TRY(read_row_into(found->emplace(), rows));
  return found;
}

// All rows of a statement that limits itself.
template <typename Record, typename... Values>
result<std::vector<Record>> find_rows(database& from, std::string_view sql, Values&&... values) {
  TRY_ASSIGN(statement rows, select(from, sql, std::forward<Values>(values)...));
  std::vector<Record> found;
  for (;;) {
    TRY_ASSIGN(const bool more, rows.step());
    if (!more) return found;
    TRY(read_row_into(found.emplace_back(), rows));
  }
}

// First column of the first row; nothing where there is no row or it is NULL.
template <typename... Values>
result<std::optional<std::int64_t>> find_int64(database& from, std::string_view sql,
                                               Values&&... values) {
  TRY_ASSIGN(statement rows, select(from, sql, std::forward<Values>(values)...));
  TRY_ASSIGN(const bool found, rows.step());
  return found ? rows.optional_int64(0) : std::nullopt;
}

// Records are written through const references; their shape is the same.
template <typename Record>
struct row_shape<const Record> : row_shape<Record> {};

}  // namespace dialplane::sqlite
