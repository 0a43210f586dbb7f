#include "edge/cli/arguments.hpp"

#include <algorithm>

#include "base/object_reader.hpp"

namespace dialplane {

namespace {

error wrong(std::string sentence) { return refused(error_code::invalid_input, sentence); }

std::string nearest_flag(std::string_view given, std::span<const flag_spec> known) {
  constexpr std::size_t limit = 4;
  std::size_t least = limit + 1;
  std::string_view nearest;
  for (const flag_spec& spec : known) {
    const std::size_t distance = edit_distance(given, spec.name, limit);
    if (distance >= least) continue;
    least = distance;
    nearest = spec.name;
  }
  return nearest.empty() ? std::string() : " Did you mean " + std::string(nearest) + "?";
}

}  // namespace

bool parsed_arguments::has(std::string_view flag) const { return text_of(flag).has_value(); }

std::optional<std::string> parsed_arguments::text_of(std::string_view flag) const {
  for (const auto& [name, text] : flags) {
    if (name == flag) return text;
  }
  return std::nullopt;
}

result<parsed_arguments> parse_arguments(std::span<const std::string> words,
                                         std::span<const flag_spec> known) {
  parsed_arguments parsed;
  for (std::size_t at = 0; at < words.size(); ++at) {
    const std::string& word = words[at];
    if (!word.starts_with("-") || word == "-") {
      parsed.words.push_back(word);
      continue;
    }
    const std::size_t equals = word.find('=');
    const std::string name = word.substr(0, equals);
    const auto spec = std::ranges::find(known, name, &flag_spec::name);
    if (spec == known.end()) {
      return wrong("There is no option " + name + " here." + nearest_flag(name, known));
    }
    if (parsed.has(name) && !spec->repeats) return wrong(name + " is given twice.");
    if (equals != std::string::npos) {
      parsed.flags.emplace_back(name, word.substr(equals + 1));
    } else if (spec->placeholder.empty()) {
      parsed.flags.emplace_back(name, "true");
    } else if (at + 1 < words.size() && !words[at + 1].starts_with("--")) {
      parsed.flags.emplace_back(name, words[++at]);
    } else {
      return wrong(name + " wants a value: " + name + " " + std::string(spec->placeholder) + ".");
    }
  }
  return parsed;
}

}  // namespace dialplane
