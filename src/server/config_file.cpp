#include "server/config_file.hpp"

#define TOML_EXCEPTIONS 0
#include <array>
#include <charconv>
#include <fstream>
#include <iterator>
#include <optional>
#include <toml++/toml.h>

namespace dialplane {

namespace {

constexpr std::size_t file_bytes_max = 1024 * 1024;
constexpr int depth_max = 2;  // [messaging.caps]

error wrong_file(const std::string& path, const std::string& why) {
  return refused(error_code::invalid_input, "The configuration file " + path + " " + why + ".");
}

std::string shortest(double value) {
  std::array<char, 32> digits;
  const auto [end, failure] = std::to_chars(digits.data(), digits.data() + digits.size(), value);
  return std::string(digits.data(), end);
}

std::optional<std::string> text_of_value(const toml::node& node) {
  if (const auto* text = node.as_string()) return text->get();
  if (const auto* number = node.as_integer()) return std::to_string(number->get());
  if (const auto* number = node.as_floating_point()) return shortest(number->get());
  if (const auto* yes = node.as_boolean()) return yes->get() ? "true" : "false";
  return std::nullopt;
}

result<void> collect(const std::string& path, const toml::table& table, const std::string& prefix,
                     int depth, std::vector<config_entry>& entries) {
  for (const auto& [key, node] : table) {
    const std::string name = prefix + std::string(key.str());
    const std::int64_t line = node.source().begin.line;
    if (const auto* inner = node.as_table(); inner != nullptr && depth < depth_max) {
      TRY(collect(path, *inner, name + ".", depth + 1, entries));
      continue;
    }
    std::optional<std::string> text = text_of_value(node);
    if (!text) {
      return wrong_file(path, "gives " + name + " in line " + std::to_string(line) +
                                  " something that is no text, number, true or false");
    }
    entries.push_back({name, std::move(*text), line});
  }
  return {};
}

}  // namespace

result<std::vector<config_entry>> read_config_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return wrong_file(path, "cannot be read");
  std::string content;
  content.resize(file_bytes_max + 1);
  file.read(content.data(), static_cast<std::streamsize>(content.size()));
  if (file.bad()) return wrong_file(path, "cannot be read");
  content.resize(static_cast<std::size_t>(file.gcount()));
  if (content.size() > file_bytes_max) return wrong_file(path, "is longer than 1 MiB");

  const toml::parse_result parsed = toml::parse(content, path);
  if (!parsed) {
    return wrong_file(path, "is not TOML: line " +
                                std::to_string(parsed.error().source().begin.line) + ", " +
                                std::string(parsed.error().description()));
  }
  std::vector<config_entry> entries;
  TRY(collect(path, parsed.table(), "", 0, entries));
  return entries;
}

}  // namespace dialplane
