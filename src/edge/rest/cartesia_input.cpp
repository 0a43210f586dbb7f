#include "edge/rest/cartesia_input.hpp"

#include "base/utf8.hpp"

namespace dialplane {

namespace {

// Before trimming; a longer text is wrong whatever surrounds it.
constexpr std::size_t untrimmed_max = 4'096;

std::string checked_trim(object_reader& body, std::string_view name, std::string_view text,
                         std::size_t max) {
  const std::string_view trimmed = trim(text);
  const std::size_t length = count_code_points(trimmed);
  if ((length == 0 || length > max) && !body.failed()) {
    const std::string path = body.path_of(name);
    body.take_error(bad_field(
        path, path + " must be a string of 1 to " + std::to_string(max) + " characters."));
  }
  return std::string(trimmed);
}

}  // namespace

std::optional<std::string> trimmed_text(object_reader& body, std::string_view name,
                                        std::size_t max) {
  const auto text = body.optional_string(name, {.max = untrimmed_max});
  if (!text) return std::nullopt;
  return checked_trim(body, name, *text, max);
}

std::string required_trimmed_text(object_reader& body, std::string_view name, std::size_t max) {
  const std::string text = body.required_string(name, {.max = untrimmed_max});
  return checked_trim(body, name, text, max);
}

result<number_id> number_in_path(const request_context& context) {
  const auto id = number_id::parse(context.path_parameter("id"));
  if (!id) return refused(error_code::resource_not_found, "There is no such number.");
  return *id;
}

result<agent_id> agent_named(std::string_view text) {
  const auto id = agent_id::parse(text);
  if (!id) return refused(error_code::resource_not_found, "There is no such agent.");
  return *id;
}

result<agent_id> agent_in_path(const request_context& context) {
  return agent_named(context.path_parameter("agent_id"));
}

}  // namespace dialplane
