#include "emulators/emulated_routes.hpp"

#include <optional>

#include "base/json_gate.hpp"

namespace dialplane::emulators {

namespace {

using path_values = std::map<std::string, std::string, std::less<>>;

// Values may end inside a segment: "/Calls/{id}.json".
std::optional<path_values> fit(std::string_view pattern, std::string_view path) {
  path_values values;
  while (!pattern.empty()) {
    if (pattern.front() != '{') {
      if (path.empty() || path.front() != pattern.front()) return std::nullopt;
      pattern.remove_prefix(1);
      path.remove_prefix(1);
      continue;
    }
    const std::size_t close = pattern.find('}');
    const std::string_view name = pattern.substr(1, close - 1);
    pattern.remove_prefix(close + 1);
    std::size_t end = path.find('/');
    if (end == std::string_view::npos) end = path.size();
    const std::string_view tail = pattern.substr(0, pattern.find('/'));
    const std::string_view segment = path.substr(0, end);
    if (!segment.ends_with(tail) || segment.size() <= tail.size()) return std::nullopt;
    const std::string_view value = segment.substr(0, segment.size() - tail.size());
    values.emplace(name, value);
    path.remove_prefix(value.size());
  }
  if (!path.empty()) return std::nullopt;
  return values;
}

bool is_form(const http_request& request) {
  const std::string* type = request.header("content-type");
  return type != nullptr && type->starts_with("application/x-www-form-urlencoded");
}

}  // namespace

emulated_request emulated_routes::match(const http_request& request, const row*& found) const {
  found = nullptr;
  emulated_request asked{request, {}, {}, {}, {}, {}};
  for (const row& one : rows_) {
    if (one.method != request.method) continue;
    auto values = fit(one.pattern, request.path);
    if (!values) continue;
    found = &one;
    asked.path_values = *std::move(values);
    asked.call = one.call;
    break;
  }
  if (found == nullptr) return asked;
  if (auto query = parse_form(request.query)) asked.query_ = *std::move(query);
  if (request.body.empty()) return asked;
  if (is_form(request)) {
    if (auto form = parse_form(request.body)) asked.form_ = *std::move(form);
  } else if (auto body = parse_json_object(request.body)) {
    asked.json_ = *std::move(body);
  }
  return asked;
}

}  // namespace dialplane::emulators
