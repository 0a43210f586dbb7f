#include "base/crash_point.hpp"

#include <algorithm>
#include <charconv>
#include <csignal>

namespace dialplane {

namespace {

struct armed_point {
  std::string name;
  std::int64_t nth = 1;
  std::atomic<std::int64_t> seen{0};
};

// Written by arm_crash_point before other threads run, read-only afterwards but for `seen`.
armed_point point;

bool is_name(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.' || c == '-' ||
           c == ':';
  });
}

}  // namespace

namespace crash_points {

std::atomic<bool> armed{false};

void reached(std::string_view name) noexcept {
  if (name != point.name) return;
  if (point.seen.fetch_add(1) + 1 == point.nth) std::raise(SIGKILL);
}

}  // namespace crash_points

result<void> arm_crash_point(std::string_view spec) {
  std::string_view name = spec;
  std::int64_t nth = 1;
  if (const auto colon = spec.rfind(':'); colon != std::string_view::npos) {
    const std::string_view tail = spec.substr(colon + 1);
    std::int64_t parsed = 0;
    const auto [end, failure] = std::from_chars(tail.data(), tail.data() + tail.size(), parsed);
    if (failure == std::errc{} && end == tail.data() + tail.size()) {
      name = spec.substr(0, colon);
      nth = parsed;
    }
  }
  if (!is_name(name) || nth < 1) {
    return refused(error_code::invalid_input,
                   "A crash point is a name in lower case, or a name, a colon and the count (from "
                   "1) at which to stop.");
  }
  point.name = name;
  point.nth = nth;
  crash_points::armed.store(true);
  return {};
}

}  // namespace dialplane
