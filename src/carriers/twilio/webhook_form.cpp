#include "carriers/twilio/webhook_form.hpp"

#include <charconv>

namespace dialplane::twilio {

result<webhook_form> webhook_form::read(std::string_view body) {
  TRY_ASSIGN(form_fields form, parse_form(body));
  return webhook_form(std::move(form));
}

result<std::string> webhook_form::optional(std::string_view name, std::size_t max) const {
  const std::string_view value = form_.text(name);
  if (value.size() > max) return unreadable(name);
  return std::string(value);
}

result<std::int64_t> webhook_form::whole(std::string_view name) const {
  const std::string_view value = form_.text(name);
  if (value.empty()) return std::int64_t{0};
  std::int64_t number = 0;
  const auto [stop, failure] =
      std::from_chars(value.data(), value.data() + value.size(), number);
  const bool is_whole = failure == std::errc{} && stop == value.data() + value.size();
  if (!is_whole || number < 0) return unreadable(name);
  return number;
}

error webhook_form::unreadable(std::string_view name) const {
  return refused(error_code::invalid_input,
                 "The carrier's message has no proper \"" + std::string(name) + "\".");
}

}  // namespace dialplane::twilio
