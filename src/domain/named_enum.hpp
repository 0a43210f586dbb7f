// Enums that are stored and shown by name: one table per enum serves both directions.
#pragma once

#include <array>
#include <optional>
#include <string_view>
#include <utility>

#include "base/check.hpp"

namespace dialplane {

// Specialised next to each enum: static constexpr std::array<std::pair<E, string_view>, N> names.
template <typename E>
struct enum_names;

template <typename E>
constexpr std::string_view name_of_value(E value) {
  for (const auto& [candidate, name] : enum_names<E>::names) {
    if (candidate == value) return name;
  }
  DIALPLANE_CHECK(false);
}

template <typename E>
constexpr std::optional<E> value_named(std::string_view text) {
  for (const auto& [candidate, name] : enum_names<E>::names) {
    if (name == text) return candidate;
  }
  return std::nullopt;
}

}  // namespace dialplane

// NAMED_ENUM(number_type, {number_type::local, "local"}, ...), in namespace dialplane.
#define NAMED_ENUM(type, ...)                                                    \
  template <>                                                                    \
  struct enum_names<type> {                                                      \
    static constexpr auto names =                                                \
        std::to_array<std::pair<type, std::string_view>>({__VA_ARGS__});         \
  }
