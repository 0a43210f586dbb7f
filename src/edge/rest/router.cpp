#include "edge/rest/router.hpp"

#include <algorithm>
#include <map>

#include "base/check.hpp"

namespace dialplane {

// One segment of the table's tree. Names of parameters belong to the endpoint, not to the node, so
// that {id} and {agent_id} may stand in the same place.
struct router::node {
  std::map<std::string, std::unique_ptr<node>, std::less<>> literals;
  std::unique_ptr<node> parameter;
  std::vector<const endpoint*> ends;  // one per method
};

namespace {

// Cuts the first segment off "/a/b" (leaving "/b"), or off "a".
std::string_view take_segment(std::string_view& path) noexcept {
  path.remove_prefix(1);
  const std::size_t end = std::min(path.find('/'), path.size());
  const std::string_view segment = path.substr(0, end);
  path.remove_prefix(end);
  return segment;
}

bool is_parameter(std::string_view segment) noexcept {
  return segment.size() > 2 && segment.front() == '{' && segment.back() == '}';
}

std::string allow_list(const std::vector<const endpoint*>& ends) {
  std::string list;
  for (const endpoint* end : ends) {
    if (!list.empty()) list += ", ";
    list += end->method;
    if (end->method == "GET") list += ", HEAD";
  }
  return list;
}

// The values of a matched path, by the names in the pattern.
void name_parameters(route_match& match, std::string_view path) {
  std::string_view pattern = match.found->pattern;
  while (!pattern.empty()) {
    const std::string_view name = take_segment(pattern);
    const std::string_view value = take_segment(path);
    if (is_parameter(name)) match.parameters.emplace_back(name.substr(1, name.size() - 2), value);
  }
}

}  // namespace

router::router(std::span<const endpoint> table) : root_(std::make_unique<node>()) {
  for (const endpoint& row : table) {
    node* at = root_.get();
    std::string_view pattern = row.pattern;
    CHECK(pattern.starts_with('/'));
    while (!pattern.empty()) {
      const std::string_view segment = take_segment(pattern);
      auto& next = is_parameter(segment) ? at->parameter : at->literals[std::string(segment)];
      if (!next) next = std::make_unique<node>();
      at = next.get();
    }
    for (const endpoint* end : at->ends) CHECK(end->method != row.method);
    at->ends.push_back(&row);
  }
}

router::~router() = default;

route_match router::match(std::string_view method, std::string_view path) const {
  route_match match;
  if (!path.starts_with('/')) return match;
  // A literal goes first; where its branch leads nowhere, the parameter beside it is tried. Each
  // segment leaves at most one such alternative behind.
  struct step {
    const node* at;
    std::string_view rest;
  };
  std::vector<step> open{{root_.get(), path}};
  while (!open.empty()) {
    auto [at, rest] = open.back();
    open.pop_back();
    if (rest.empty()) {
      if (at->ends.empty()) continue;
      const std::string_view wanted = method == "HEAD" ? "GET" : method;
      const auto found = std::find_if(at->ends.begin(), at->ends.end(), [&](const endpoint* end) {
        return end->method == wanted;
      });
      if (found != at->ends.end()) {
        match.found = *found;
        name_parameters(match, path);
        return match;
      }
      // The most literal path decides: /v1/phone/status is never a number called "status".
      match.allow = allow_list(at->ends);
      return match;
    }
    const std::string_view segment = take_segment(rest);
    if (at->parameter && !segment.empty()) open.push_back({at->parameter.get(), rest});
    const auto literal = at->literals.find(segment);
    if (literal != at->literals.end()) open.push_back({literal->second.get(), rest});
  }
  return match;
}

wire_dialect dialect_of_path(std::string_view path) noexcept {
  if (path == "/") return wire_dialect::cartesia;
  for (const std::string_view root : {"/agents", "/v1/agents", "/access-token"}) {
    if (path.starts_with(root) && (path.size() == root.size() || path[root.size()] == '/')) {
      return wire_dialect::cartesia;
    }
  }
  if (path == "/mcp" || path.starts_with("/.well-known/oauth-protected-resource")) {
    return wire_dialect::mcp;
  }
  return wire_dialect::naive;
}

std::string dump_routes_json() {
  boost::json::array routes;
  for (const endpoint& row : all_endpoints()) {
    const std::string_view dialect = row.speaks == wire_dialect::cartesia ? "cartesia"
                                     : row.speaks == wire_dialect::naive  ? "naive"
                                     : row.speaks == wire_dialect::mcp    ? "mcp"
                                                                          : "plain";
    const std::string_view role = row.needs == access::anyone    ? "none"
                                  : row.needs == access::any_key ? "agent"
                                                                 : "operator";
    routes.push_back(boost::json::object{{"method", row.method},
                                         {"pattern", row.pattern},
                                         {"dialect", dialect},
                                         {"role", role}});
  }
  return boost::json::serialize(routes);
}

}  // namespace dialplane
