// The two kinds of number we sell: local (an area code of a place) and toll-free.
#pragma once

#include <optional>
#include <string_view>

namespace dialplane {

enum class number_type { local, toll_free };

std::string_view name_of(number_type type) noexcept;  // "local", "toll_free"
std::optional<number_type> parse_number_type(std::string_view name) noexcept;

}  // namespace dialplane
