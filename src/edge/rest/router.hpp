// The table of everything the server answers over HTTP, and the way of a request through it:
// match, dialect, version, key, role, rate limit, handler.
//
// endpoints.cpp lists every route in one place. Literal segments win over {parameters}.
#pragma once

#include <memory>
#include <span>
#include <string_view>

#include "edge/rest/request_context.hpp"

namespace dialplane {

enum class access { anyone, any_key, operator_only };

struct endpoint {
  std::string_view method;
  std::string_view pattern;      // "/v1/phone/{id}/assign/{agent_id}"
  wire_dialect speaks;
  access needs;
  void (*handle)(rest_context);
};

// All routes, in the order of the documents.
std::span<const endpoint> all_endpoints();

}  // namespace dialplane
