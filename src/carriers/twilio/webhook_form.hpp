// The body of a webhook: a form of bounded size, read member by member. Verified by then, and still
// judged as if anybody had written it. Pure functions.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "carriers/carrier.hpp"
#include "net/form_encoding.hpp"

namespace dialplane::twilio {

class webhook_form {
 public:
  static result<webhook_form> read(std::string_view body);

  // The first of that name, or "".
  std::string_view text(std::string_view name) const noexcept { return form_.text(name); }
  // "" where it is absent; an error where it is longer.
  result<std::string> optional(std::string_view name, std::size_t max) const;
  // 0 where it is absent or empty; an error where it is no whole number from 0.
  result<std::int64_t> whole(std::string_view name) const;
  error unreadable(std::string_view name) const;

 private:
  explicit webhook_form(form_fields form) : form_(std::move(form)) {}
  form_fields form_;
};

// What a body says of texts; `now` is when it came, as it names no time.
result<std::vector<carrier_news>> read_text_webhook(std::string_view body, timestamp now);
// What a body of the voice address says of a call.
result<carrier_call> read_call_webhook(std::string_view body);

}  // namespace dialplane::twilio
