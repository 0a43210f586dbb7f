// The log: one line per event on standard error, as text for people or JSON for machines.
//
// A line is an event in words plus fields. Safe from any thread; one write per line, so lines never
// mix; never throws, never blocks on anything but that write. Secrets do not belong in it: pass
// masked() values or ids.
//
//   log_line(log_level::info, "number bought", {{"operation", id.uuid()}, {"attempt", 2}});
#pragma once

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <string_view>
#include <variant>

namespace dialplane {

class clock;
struct error;

enum class log_level { debug, info, warn, error };
enum class log_format { text, json };

// A name and a value for the duration of the call: texts are not copied.
struct log_field {
  using value_type = std::variant<std::string_view, std::int64_t, double, bool>;

  template <typename T>
    requires std::convertible_to<T, std::string_view>
  log_field(std::string_view name, const T& text) : key(name), value(std::string_view(text)) {}
  template <std::integral T>
    requires(!std::same_as<T, bool>)
  log_field(std::string_view name, T number)
      : key(name), value(static_cast<std::int64_t>(number)) {}
  log_field(std::string_view name, double number) : key(name), value(number) {}
  log_field(std::string_view name, bool yes) : key(name), value(yes) {}

  std::string_view key;
  value_type value;
};

struct log_settings {
  log_level level = log_level::info;  // lines below it are dropped
  log_format format = log_format::text;
  int file_descriptor = 2;
  const clock* time = nullptr;  // null: the machine's clock; must outlive the logging
};

// At start, before other threads log.
void configure_log(const log_settings& settings) noexcept;

bool log_enabled(log_level level) noexcept;
void log_line(log_level level, std::string_view event,
              std::initializer_list<log_field> fields = {}) noexcept;
// With class, code, internal text and place of `failure` as fields.
void log_error(log_level level, std::string_view event, const error& failure,
               std::initializer_list<log_field> fields = {}) noexcept;

}  // namespace dialplane
