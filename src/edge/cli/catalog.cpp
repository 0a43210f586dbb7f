#include "edge/cli/catalog.hpp"

#include "edge/cli/all_commands.hpp"
#include "edge/cli/all_pages.hpp"

namespace dialplane::cli {

namespace {

namespace json = boost::json;

catalog_value described(const command_value& value, bool is_word) {
  return {.name = std::string(value.name),
          .placeholder = std::string(value.placeholder),
          .help = std::string(value.help),
          .choices = std::string(value.choices),
          .completes = std::string(value.completes),
          .required = is_word ? !value.is_optional : value.required};
}

}  // namespace

std::string_view name_of(command_effect effect) noexcept {
  switch (effect) {
    case command_effect::reads: return "reads";
    case command_effect::changes: return "changes";
    case command_effect::spends: return "spends";
    case command_effect::releases: return "releases";
    case command_effect::removes: return "removes";
  }
  return "";
}

command_catalog client_catalog() {
  command_catalog catalog;
  for (const client_command* command : all_commands()) {
    catalog_entry entry{.name = std::string(command->name),
                        .help = std::string(command->help),
                        .example = std::string(command->example),
                        .where = command->without_server ? "nowhere" : "server",
                        .effect = std::string(name_of(command->effect)),
                        .request = {},
                        .words = {},
                        .options = {}};
    if (!command->method.empty()) {
      entry.request = std::string(command->method) + " " + std::string(command->path);
    }
    for (const command_value& word : command->words) entry.words.push_back(described(word, true));
    for (const command_value& option : command->options) {
      entry.options.push_back(described(option, false));
    }
    if (command->follows) entry.options.push_back(described(watch_option(), false));
    if (has_pages(*command)) entry.options.push_back(described(all_pages_option(), false));
    catalog.push_back(std::move(entry));
  }
  return catalog;
}

std::vector<catalog_value> catalog_common_options() {
  std::vector<catalog_value> options;
  for (const command_value& option : common_options()) {
    options.push_back(described(option, false));
  }
  return options;
}

json::array json_of(const std::vector<catalog_value>& values) {
  json::array rows;
  for (const catalog_value& value : values) {
    rows.push_back(json::object{{"name", value.name},
                                {"placeholder", value.placeholder},
                                {"help", value.help},
                                {"choices", value.choices},
                                {"completes", value.completes},
                                {"required", value.required}});
  }
  return rows;
}

json::array json_of(const command_catalog& catalog) {
  json::array rows;
  for (const catalog_entry& entry : catalog) {
    rows.push_back(json::object{{"name", entry.name},
                                {"help", entry.help},
                                {"example", entry.example},
                                {"where", entry.where},
                                {"effect", entry.effect},
                                {"request", entry.request},
                                {"words", json_of(entry.words)},
                                {"options", json_of(entry.options)}});
  }
  return rows;
}

}  // namespace dialplane::cli
