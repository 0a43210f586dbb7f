#include "domain/number_type.hpp"

namespace dialplane {

std::string_view name_of(number_type type) noexcept {
  return type == number_type::local ? "local" : "toll_free";
}

std::optional<number_type> parse_number_type(std::string_view name) noexcept {
  if (name == "local") return number_type::local;
  if (name == "toll_free") return number_type::toll_free;
  return std::nullopt;
}

}  // namespace dialplane
