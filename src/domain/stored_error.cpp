#include "domain/stored_error.hpp"

#include <boost/json/value.hpp>
#include <optional>

namespace dialplane {

namespace {

std::string_view text_of_member(const boost::json::object& from, std::string_view name) {
  const boost::json::value* member = from.if_contains(name);
  if (member == nullptr || !member->is_string()) return {};
  return member->get_string();
}

std::optional<error_class> parse_error_class(std::string_view name) noexcept {
  for (const error_class kind : {error_class::refused, error_class::not_done,
                                 error_class::unknown, error_class::conflict}) {
    if (name_of(kind) == name) return kind;
  }
  return std::nullopt;
}

}  // namespace

std::optional<error_code> parse_error_code(std::string_view name) noexcept {
  for (int value = 0; value <= static_cast<int>(error_code::internal_error); ++value) {
    const auto code = static_cast<error_code>(value);
    if (name_of(code) == name) return code;
  }
  return std::nullopt;
}

boost::json::object error_to_json(const error& failure) {
  return {{"class", name_of(failure.kind)}, {"code", name_of(failure.code)},
          {"message", failure.message},     {"field", failure.field},
          {"hint", failure.hint},           {"details", failure.details}};
}

error error_from_json(const boost::json::object& stored) {
  const auto kind = parse_error_class(text_of_member(stored, "class"));
  const auto code = parse_error_code(text_of_member(stored, "code"));
  if (!kind || !code) return internal_fault("a stored error lacks class or code");
  error failure{.kind = *kind, .code = *code,
                .message = std::string(text_of_member(stored, "message"))};
  failure.field = text_of_member(stored, "field");
  failure.hint = text_of_member(stored, "hint");
  const boost::json::value* details = stored.if_contains("details");
  if (details != nullptr && details->is_object()) failure.details = details->get_object();
  return failure;
}

}  // namespace dialplane
