// Changes a small file that belongs to another program: all or nothing, with a copy of what it was.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/error.hpp"

namespace dialplane {

struct replaced_file {
  std::string path;                   // where it really is, links followed
  std::optional<std::string> backup;  // nothing where there was no file
};

// Nothing where there is no such file. Refused (conflict): it cannot be read, or is too large
// for a settings file (4 MiB).
result<std::optional<std::string>> read_small_file(const std::string& path);

// Writes `text` in place of `before`, which is what read_small_file gave. Makes the folders on the
// way. `secret`: only the owner may read it from now on, else it keeps the mode it has.
// Refused (conflict): another program has changed the file meanwhile.
result<replaced_file> replace_file(const std::string& path, std::string_view text,
                                   const std::optional<std::string>& before, bool secret);

}  // namespace dialplane
