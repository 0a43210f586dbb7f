#include "domain/sandbox_numbers.hpp"

namespace dialplane {

bool is_sandbox_number(const e164& number) noexcept {
  return number.is_nanp() && number.exchange() == "555";
}

}  // namespace dialplane
