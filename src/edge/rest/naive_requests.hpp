// How the handlers of the naive dialect read a request: ids of the path, bodies that must be empty,
// and one way out for whatever is wrong before the work starts.
#pragma once

#include <string>
#include <string_view>

#include "base/object_reader.hpp"
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

// For calls without a body: none, or {}.
inline result<void> expect_no_body(const rest_context& context) {
  TRY_ASSIGN(const boost::json::object* members, context->body(true));
  return object_reader(*members).finish();
}

}  // namespace dialplane
