// The words of a command line: which are options (--name value, --name=value, --switch) and which
// stand for themselves. Pure; knows nothing of what the options mean.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "base/named_texts.hpp"

namespace dialplane {

// An option a command takes: "--name"; with `placeholder` empty it is a switch.
struct flag_spec {
  std::string name;
  std::string_view placeholder;
  std::string_view help;
  bool repeats = false;  // each is kept
};

struct parsed_arguments {
  named_texts flags;               // a bare switch has the text "true"
  std::vector<std::string> words;  // in order

  bool has(std::string_view flag) const;
  std::optional<std::string> text_of(std::string_view flag) const;
};

// Refused (invalid_input, one sentence): an unknown option (with the nearest known one), one given
// twice, one without its value.
result<parsed_arguments> parse_arguments(std::span<const std::string> words,
                                         std::span<const flag_spec> known);

}  // namespace dialplane
