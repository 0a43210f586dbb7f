// Reads the configuration file (TOML) into names and texts; what they mean is settings.cpp's
// business. The only place that knows the TOML library.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/error.hpp"

namespace dialplane {

struct config_entry {
  std::string name;  // "approvals.expiry_ms"
  std::string text;  // "72", "true", "0.04", the text itself
  std::int64_t line = 0;
};

// In the order of the file's keys. Refused (invalid_input, one sentence): the file cannot be read,
// is not TOML or longer than 1 MiB, or a value is a list, a date or a table nested too deep.
result<std::vector<config_entry>> read_config_file(const std::string& path);

}  // namespace dialplane
