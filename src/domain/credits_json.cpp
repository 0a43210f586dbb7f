#include "domain/credits_json.hpp"

#include <charconv>
#include <string>

namespace dialplane {

boost::json::value credits_json(micro_credits amount) {
  const std::string text = to_decimal(amount);
  const char* end = text.data() + text.size();
  if (text.find('.') == std::string::npos) {
    std::int64_t whole = 0;
    std::from_chars(text.data(), end, whole);
    return whole;
  }
  // The double nearest to four decimals is written back as those four decimals.
  double number = 0;
  std::from_chars(text.data(), end, number);
  return number;
}

}  // namespace dialplane
