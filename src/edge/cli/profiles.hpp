// Servers and keys that `dialplane login` keeps for later: one small file of the user's,
// dialplane/profiles.json in $XDG_CONFIG_HOME or ~/.config, readable by nobody else.
//
// Never prints a key. A file that others can read is refused, as it may have been read already.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "base/error.hpp"
#include "base/named_texts.hpp"
#include "base/secret.hpp"

namespace dialplane::cli {

struct profile {
  std::string server;
  secret_string api_key;
  std::optional<std::string> user;  // `dialplane use`
};

struct profile_book {
  std::string file;  // where it was read from, and is kept
  std::string current = "default";
  std::map<std::string, profile> profiles;

  const profile* find(const std::string& name) const;
};

// An empty book where there is no file. Refused (invalid_input, one sentence): a file that others
// can read, or that is none of ours.
result<profile_book> load_profiles(const named_texts& variables);
// Replaces the file at once, mode 0600; makes the folder (0700) where it is missing.
result<void> save_profiles(const profile_book& book);

}  // namespace dialplane::cli
