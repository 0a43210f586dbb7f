#include "server/settings.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "server/config_file.hpp"
#include "server/messaging_options.hpp"
#include "server/option_table.hpp"

namespace dialplane {

namespace {

// Variables that are no options: the keys of a first start, and what tests set.
constexpr std::array<std::string_view, 4> other_variables = {
    "DIALPLANE_OPERATOR_KEY", "DIALPLANE_AGENT_KEY", "DIALPLANE_CRASH_AT", "DIALPLANE_BIN"};

error wrong(const std::string& sentence) {
  return refused(error_code::invalid_input, sentence);
}

// The row whose spelling is `name`, or null.
const option_row* find_row(std::string_view name, std::string (*spelling)(const option_row&)) {
  for (const option_row& row : all_options()) {
    if ((spelling != nullptr ? spelling(row) : std::string(row.name)) == name) return &row;
  }
  return nullptr;
}

result<void> set_one(server_settings& into, const option_row& row, const std::string& place,
                     std::string_view text) {
  const result<void> done = row.set(into, text);
  if (!done) {
    return wrong(place + " " + done.error().message + ", not \"" + std::string(text) + "\".");
  }
  return {};
}

result<void> apply_named(server_settings& into, const named_texts& given,
                         std::string (*spelling)(const option_row&), std::string_view kind) {
  for (const auto& [name, text] : given) {
    const option_row* row = find_row(name, spelling);
    if (row == nullptr) {
      return wrong("There is no " + std::string(kind) + " " + name + "." +
                   nearest_option(name, spelling));
    }
    TRY(set_one(into, *row, name, text));
  }
  return {};
}

result<void> apply_file(server_settings& into, const std::string& path) {
  TRY_ASSIGN(const std::vector<config_entry> entries, read_config_file(path));
  for (const config_entry& entry : entries) {
    const std::string place = path + ", line " + std::to_string(entry.line) + ": ";
    const option_row* row = find_row(entry.name, nullptr);
    if (row == nullptr) {
      return wrong(place + "there is no option " + entry.name + "." +
                   nearest_option(entry.name, nullptr));
    }
    if (row->name == "config") return wrong(place + "a file cannot name another file.");
    TRY(set_one(into, *row, place + entry.name, entry.text));
  }
  return {};
}

}  // namespace

named_texts dialplane_variables() {
  named_texts found;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    const std::size_t equals = text.find('=');
    if (!text.starts_with("DIALPLANE_") || equals == std::string_view::npos) continue;
    found.emplace_back(text.substr(0, equals), text.substr(equals + 1));
  }
  return found;
}

result<server_settings> load_settings(const named_texts& flags, const named_texts& variables) {
  named_texts options;
  for (const auto& variable : variables) {
    if (std::ranges::find(other_variables, variable.first) == other_variables.end()) {
      options.push_back(variable);
    }
  }
  // Once without the file, to learn its name; whatever is wrong shows here already.
  server_settings first;
  TRY(apply_named(first, options, &variable_of, "setting"));
  TRY(apply_named(first, flags, &flag_of, "option"));
  if (first.config_file.empty()) {
    TRY(apply_rule_tables(first));
    return first;
  }

  server_settings whole;
  TRY(apply_file(whole, first.config_file));
  TRY(apply_named(whole, options, &variable_of, "setting"));
  TRY(apply_named(whole, flags, &flag_of, "option"));
  TRY(apply_rule_tables(whole));
  return whole;
}

result<void> check_serving(const server_settings& settings) {
  if (settings.tls_cert.empty() != settings.tls_key.empty()) {
    return wrong("--tls-cert and --tls-key belong together; one of them is missing.");
  }
  if (!is_loopback(settings.listen) && settings.tls_cert.empty() && !settings.behind_proxy) {
    return wrong("Beyond loopback (--listen " + to_text(settings.listen) +
                 ") keys would travel readable: give --tls-cert and --tls-key, or --behind-proxy "
                 "where a proxy ends TLS.");
  }
  if (!settings.demo && (settings.demo_slots_given || settings.demo_credits_given)) {
    return wrong("--demo-slots and --demo-credits say what --demo makes; --demo is missing.");
  }
  return {};
}

}  // namespace dialplane
