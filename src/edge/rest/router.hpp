// The table of everything the server answers over HTTP, and the way of a request through it:
// match, dialect, version, key, role, rate limit, handler.
//
// endpoints.cpp lists every route in one place. Literal segments win over {parameters}.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "edge/rest/request_context.hpp"

namespace dialplane {

// approver: the operator; the use case judges, because a rule may let agent keys resolve, and its
// refusal has a reason of its own.
enum class access { anyone, any_key, operator_only, approver };

struct endpoint {
  std::string_view method;
  std::string_view pattern;      // "/v1/phone/{id}/assign/{agent_id}"
  wire_dialect speaks;
  access needs;
  void (*handle)(rest_context);
};

// All routes, in the order of the documents.
std::span<const endpoint> all_endpoints();

// For `dialplane routes --json`: [{"method","pattern","dialect","role"}].
std::string dump_routes_json();

// What a path and a method lead to. Views of parameters point into the path.
struct route_match {
  const endpoint* found = nullptr;
  std::vector<std::pair<std::string_view, std::string_view>> parameters;
  std::string allow;  // where the path is known but not the method: "GET, HEAD, POST"
};

// The table as a tree of segments, built once. A segment never matches an empty parameter, and a
// trailing slash is another path.
class router {
 public:
  explicit router(std::span<const endpoint> table);
  ~router();
  router(const router&) = delete;
  router& operator=(const router&) = delete;

  // HEAD finds what GET would.
  route_match match(std::string_view method, std::string_view path) const;

 private:
  struct node;
  std::unique_ptr<node> root_;
};

// The dialect of a path that no route has: that of its first segments.
wire_dialect dialect_of_path(std::string_view path) noexcept;

}  // namespace dialplane
