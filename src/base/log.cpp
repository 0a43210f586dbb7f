#include "base/log.hpp"

#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <charconv>
#include <mutex>
#include <string>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/utf8.hpp"

namespace dialplane {

namespace {

constexpr std::size_t max_value_bytes = 4096;

struct log_state {
  std::atomic<log_level> level{log_level::info};
  log_format format = log_format::text;
  int file_descriptor = 2;
  const clock* time = nullptr;
};

log_state& state() {
  static log_state the_state;
  return the_state;
}

std::string_view word_for(log_level level) {
  switch (level) {
    case log_level::debug: return "debug";
    case log_level::info: return "info";
    case log_level::warn: return "warn";
    case log_level::error: return "error";
  }
  return "?";
}

void append_escaped(std::string& line, std::string_view text) {
  const std::string_view shown = utf8_prefix(text, max_value_bytes);
  const bool valid = is_valid_utf8(shown);
  for (const char c : shown) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      line.append({'\\', c});
    } else if (byte < 0x20 || byte == 0x7f) {
      constexpr std::string_view digits = "0123456789abcdef";
      line.append("\\u00").append({digits[byte >> 4], digits[byte & 0xf]});
    } else if (byte >= 0x80 && !valid) {
      line.append("\\ufffd");
    } else {
      line += c;
    }
  }
  if (shown.size() < text.size()) line.append("...");
}

void append_quoted(std::string& line, std::string_view text) {
  line += '"';
  append_escaped(line, text);
  line += '"';
}

// Bare where a reader cannot mistake where it ends.
void append_text_word(std::string& line, std::string_view text) {
  bool plain = !text.empty() && text.size() <= max_value_bytes;
  for (const char c : text) plain = plain && c > ' ' && c < 0x7f && c != '"' && c != '=';
  if (plain) {
    line += text;
  } else {
    append_quoted(line, text);
  }
}

template <typename Number>
void append_number(std::string& line, Number number) {
  std::array<char, 32> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  line.append(digits.data(), end);
}

struct value_writer {
  std::string& line;
  log_format format;

  void operator()(std::string_view text) const {
    if (format == log_format::json) {
      append_quoted(line, text);
    } else {
      append_text_word(line, text);
    }
  }
  void operator()(std::int64_t number) const { append_number(line, number); }
  void operator()(double number) const {
    // JSON has no words for these.
    if (number - number != 0) {
      line += "null";
    } else {
      append_number(line, number);
    }
  }
  void operator()(bool yes) const { line += yes ? "true" : "false"; }
};

void append_field(std::string& line, log_format format, const log_field& field) {
  if (format == log_format::json) {
    line += ',';
    append_quoted(line, field.key);
    line += ':';
  } else {
    line.append(" ").append(field.key).append("=");
  }
  std::visit(value_writer{line, format}, field.value);
}

std::string head_of_line(log_level level, std::string_view event, log_format format) {
  const clock* time = state().time;
  const std::string now = to_rfc3339(time != nullptr ? time->now() : system_clock().now());
  std::string line;
  line.reserve(256);
  if (format == log_format::json) {
    line.append("{\"time\":\"").append(now).append("\",\"level\":\"").append(word_for(level));
    line.append("\",\"event\":");
    append_quoted(line, event);
  } else {
    line.append(now).append(" ").append(word_for(level)).append(" ");
    append_escaped(line, event);
  }
  return line;
}

// One thread at a time: a file without O_APPEND may lose one of two writes that meet, and a short
// write would let another line in between.
std::mutex write_mutex;

void write_line(std::string_view line) noexcept {
  const std::lock_guard lock(write_mutex);
  while (!line.empty()) {
    const ssize_t written = ::write(state().file_descriptor, line.data(), line.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return;  // nobody reads the log: the work goes on
    line.remove_prefix(static_cast<std::size_t>(written));
  }
}

void finish_and_write(std::string& line, log_format format) {
  line += format == log_format::json ? "}\n" : "\n";
  write_line(line);
}

}  // namespace

void configure_log(const log_settings& settings) noexcept {
  log_state& to = state();
  to.format = settings.format;
  to.file_descriptor = settings.file_descriptor;
  to.time = settings.time;
  to.level.store(settings.level, std::memory_order_release);
}

bool log_enabled(log_level level) noexcept {
  return level >= state().level.load(std::memory_order_relaxed);
}

void log_line(log_level level, std::string_view event,
              std::initializer_list<log_field> fields) noexcept {
  if (!log_enabled(level)) return;
  try {
    const log_format format = state().format;
    std::string line = head_of_line(level, event, format);
    for (const log_field& field : fields) append_field(line, format, field);
    finish_and_write(line, format);
  } catch (...) {
    write_line("a log line was lost: no memory\n");
  }
}

void log_error(log_level level, std::string_view event, const error& failure,
               std::initializer_list<log_field> fields) noexcept {
  if (!log_enabled(level)) return;
  try {
    const log_format format = state().format;
    std::string line = head_of_line(level, event, format);
    for (const log_field& field : fields) append_field(line, format, field);
    const std::string place =
        std::string(failure.where.file_name()) + ":" + std::to_string(failure.where.line());
    append_field(line, format, {"error_class", name_of(failure.kind)});
    append_field(line, format, {"error_code", name_of(failure.code)});
    if (!failure.field.empty()) append_field(line, format, {"error_field", failure.field});
    if (!failure.internal.empty()) append_field(line, format, {"error_detail", failure.internal});
    append_field(line, format, {"error_at", place});
    finish_and_write(line, format);
  } catch (...) {
    write_line("a log line was lost: no memory\n");
  }
}

}  // namespace dialplane
