// The list of everything an operator can set: one row per option, which serves the flag, the
// environment variable, the key in the file and the help text. Pure data and parsing.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "base/error.hpp"
#include "server/settings.hpp"

namespace dialplane {

struct option_row {
  std::string_view name;         // as in the file: "approvals.expiry_ms"
  std::string_view placeholder;  // "MS"; empty: a switch (true, false)
  std::string_view help;         // one sentence, with the default
  // Reads `text` into the settings. The error's message begins with "must be".
  result<void> (*set)(server_settings& into, std::string_view text);
};

// In the order of the help text. `config` itself is one of them.
std::span<const option_row> all_options() noexcept;

std::string flag_of(const option_row& row);      // --approvals-expiry-ms
std::string variable_of(const option_row& row);  // DIALPLANE_APPROVALS_EXPIRY_MS

// " Did you mean --data-dir?", or nothing where no spelling is near. `spelling` is one of the
// functions above, or empty for the keys of the file.
std::string nearest_option(std::string_view wrong, std::string (*spelling)(const option_row&));

// The bounds of times that are counted in milliseconds.
inline constexpr std::int64_t day_ms = 24 * 3'600'000;

// The error of a `set`; `what` as in "must be at least 1".
inline error must_be(std::string what) {
  return refused(error_code::invalid_input, "must be " + std::move(what));
}

// true, false, 1, 0, yes, no, on, off.
result<bool> read_switch(std::string_view text);
// A whole number from `min` to `max`.
result<std::int64_t> read_whole_number(std::string_view text, std::int64_t min, std::int64_t max);

}  // namespace dialplane
