// Shell completion: the scripts that bash, zsh and fish load, and the candidates they ask for, with
// ids and labels from the server.
//
// Asking must never hurt: a server that does not answer within a second and a half, or refuses,
// just gives no candidates. Nothing here changes anything.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "edge/cli/catalog.hpp"

namespace dialplane::cli {

struct candidate {
  std::string text;
  std::string about;  // one line, may be empty
};

// What could stand in place of the last of `words` (which may be empty text).
std::vector<candidate> candidates_for(const command_catalog& catalog,
                                      std::span<const std::string> words);

// "bash", "zsh" or "fish"; refused (invalid_input) otherwise.
result<std::string> completion_script(std::string_view shell, const std::string& program);

}  // namespace dialplane::cli
