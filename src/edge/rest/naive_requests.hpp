// How the handlers of the naive dialect read a request: ids of the path, pages, bodies that must be
// empty, and one way out for whatever is wrong before the work starts.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/ids.hpp"
#include "base/object_reader.hpp"
#include "edge/rest/query_reader.hpp"
#include "edge/rest/request_context.hpp"

namespace dialplane {

// Starts the work of a request: either hands the context on to whoever will answer, or says why
// it cannot start.
using request_start = result<void> (*)(const rest_context&);

inline void start_or_fail(const rest_context& context, request_start start) {
  const result<void> started = start(context);
  if (!started) context->fail(started.error());
}

// An id of the path; one that cannot be parsed names nothing.
template <typename Id>
result<Id> path_id(const rest_context& context, std::string_view name, error_code missing,
                   std::string_view what) {
  const auto parsed = Id::parse(context->path_parameter(name));
  if (!parsed) return refused(missing, "No such " + std::string(what) + ".");
  return *parsed;
}

inline result<number_id> asked_number(const rest_context& context) {
  return path_id<number_id>(context, "id", error_code::resource_not_found, "phone number");
}

// Of the lists that are paged by offset: users and account kits.
struct offset_page {
  std::size_t limit = 0;
  std::size_t offset = 0;
};

inline offset_page read_offset_page(query_reader& query) {
  constexpr std::int64_t offset_max = 1'000'000;
  const auto limit = static_cast<std::size_t>(query.integer("limit", 1, 100, 20));
  const auto offset = static_cast<std::size_t>(query.integer("offset", 0, offset_max, 0));
  return {.limit = limit, .offset = offset};
}

// For calls without a body: none, or {}.
inline result<void> expect_no_body(const rest_context& context) {
  TRY_ASSIGN(const boost::json::object* members, context->body(true));
  return object_reader(*members).finish();
}

}  // namespace dialplane
