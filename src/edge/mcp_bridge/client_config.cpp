#include "edge/mcp_bridge/client_config.hpp"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include "base/json_gate.hpp"
#include "base/utf8.hpp"
#include "edge/mcp_bridge/json_splice.hpp"

namespace dialplane {

namespace {

namespace json = boost::json;

constexpr std::string_view key_variable = "DIALPLANE_API_KEY";
constexpr std::string_view config_folder = ".config/";
constexpr json_limits file_limits{.max_bytes = 4 * 1024 * 1024,
                                  .max_depth = 64,
                                  .max_string_bytes = 1024 * 1024,
                                  .max_members = 100'000};

constexpr mcp_client clients[] = {
    {"claude-desktop", "Claude Desktop", "mcpServers",
     ".config/Claude/claude_desktop_config.json",
     "Library/Application Support/Claude/claude_desktop_config.json",
     "%APPDATA%\\Claude\\claude_desktop_config.json"},
    {"cursor", "Cursor", "mcpServers", ".cursor/mcp.json", ".cursor/mcp.json",
     "%USERPROFILE%\\.cursor\\mcp.json"},
    {"vscode", "VS Code", "servers", ".config/Code/User/mcp.json",
     "Library/Application Support/Code/User/mcp.json", "%APPDATA%\\Code\\User\\mcp.json"},
};

bool asks_for_key(const mcp_client& client, const mcp_entry& entry) {
  return client.name == "vscode" && !entry.key && entry.profile.empty();
}

std::string input_id(const mcp_entry& entry) { return entry.name + "-api-key"; }

json::object key_input(const mcp_entry& entry) {
  return {{"type", "promptString"},
          {"id", input_id(entry)},
          {"description", "API key of the Dialplane server at " + entry.server},
          {"password", true}};
}

// Nothing: the program looks for the key itself, in a profile or its environment.
std::optional<std::string> key_text(const mcp_client& client, const mcp_entry& entry) {
  if (entry.key) return entry.key;
  if (!entry.profile.empty()) return std::nullopt;
  if (asks_for_key(client, entry)) return "${input:" + input_id(entry) + "}";
  if (client.name == "cursor") return "${env:" + std::string(key_variable) + "}";
  return std::nullopt;
}

json::object server_settings_of(const mcp_client& client, const mcp_entry& entry) {
  json::object settings;
  if (client.name != "claude-desktop") settings["type"] = "stdio";
  settings["command"] = entry.program;
  json::array& words = settings["args"].emplace_array();
  words.push_back("mcp");
  const bool by_profile = !entry.profile.empty() && !entry.key;
  words.push_back(by_profile ? "--profile" : "--server");
  words.push_back(json::value(by_profile ? entry.profile : entry.server));
  if (const auto key = key_text(client, entry)) {
    settings["env"] = json::object{{key_variable, *key}};
  }
  return settings;
}

void print(const json::value& value, const std::string& indent, std::string& into) {
  const std::string inner = indent + "  ";
  const json::object* members = value.if_object();
  const json::array* elements = value.if_array();
  // A list of texts stays on one line.
  const bool nested = members != nullptr ? !members->empty()
                                         : elements != nullptr && !elements->empty() &&
                                               !elements->front().is_primitive();
  if (!nested) {
    std::string text = json::serialize(value);
    if (elements != nullptr) {
      text = "[";
      for (const json::value& each : *elements) {
        text += (text.size() > 1 ? ", " : "") + json::serialize(each);
      }
      text += "]";
    }
    into += text;
    return;
  }
  into += members != nullptr ? "{" : "[";
  bool first = true;
  const auto begin_line = [&] {
    into += (first ? "\n" : ",\n") + inner;
    first = false;
  };
  if (members != nullptr) {
    for (const auto& member : *members) {
      begin_line();
      into += json::serialize(member.key()) + ": ";
      print(member.value(), inner, into);
    }
  } else {
    for (const json::value& each : *elements) {
      begin_line();
      print(each, inner, into);
    }
  }
  into += "\n" + indent + (members != nullptr ? "}" : "]");
}

error cannot_merge(const mcp_client& client, const mcp_entry& entry, std::string sentence) {
  error failure = refused(error_code::conflict, std::move(sentence));
  mcp_entry shown = entry;
  shown.key.reset();
  failure.hint = "Nothing was changed. Add this yourself:\n" + pretty(settings_for(client, shown));
  return failure;
}

bool has_input(const json::object& file, const std::string& id) {
  const json::value* inputs = file.if_contains("inputs");
  if (inputs == nullptr || !inputs->is_array()) return false;
  return std::ranges::any_of(inputs->get_array(), [&id](const json::value& each) {
    const json::object* input = each.if_object();
    const json::value* own = input == nullptr ? nullptr : input->if_contains("id");
    return own != nullptr && own->is_string() && own->get_string() == id;
  });
}

}  // namespace

std::span<const mcp_client> all_mcp_clients() noexcept { return clients; }

const mcp_client* find_mcp_client(std::string_view name) noexcept {
  const auto found = std::ranges::find(clients, name, &mcp_client::name);
  return found == std::end(clients) ? nullptr : found;
}

std::string file_of(const mcp_client& client, desktop where, std::string_view home,
                    std::string_view config_home) {
  const auto under = [](std::string_view folder, std::string_view file) {
    return std::string(folder) + "/" + std::string(file);
  };
  switch (where) {
    case desktop::windows: return std::string(client.windows_file);
    case desktop::macos: return under(home, client.macos_file);
    case desktop::linux: break;
  }
  if (!config_home.empty() && client.linux_file.starts_with(config_folder)) {
    return under(config_home, client.linux_file.substr(config_folder.size()));
  }
  return under(home, client.linux_file);
}

json::object settings_for(const mcp_client& client, const mcp_entry& entry) {
  json::object settings;
  settings[client.servers] = json::object{{entry.name, server_settings_of(client, entry)}};
  if (asks_for_key(client, entry)) {
    settings["inputs"].emplace_array().push_back(key_input(entry));
  }
  return settings;
}

std::string pretty(const json::value& value) {
  std::string text;
  print(value, "", text);
  return text;
}

result<std::string> merged(const mcp_client& client, const mcp_entry& entry,
                           std::string_view text) {
  if (trim(text).empty()) return pretty(settings_for(client, entry)) + "\n";
  const result<json::object> file = parse_json_object(text, file_limits);
  if (!file) {
    return cannot_merge(client, entry,
                        "The file is not plain JSON; it may have comments, which would be lost.");
  }
  const json::value* servers = file->if_contains(client.servers);
  const json::value* inputs = file->if_contains("inputs");
  const bool wants_input = asks_for_key(client, entry) &&
                           !has_input(*file, input_id(entry));
  if ((servers != nullptr && !servers->is_object()) ||
      (wants_input && inputs != nullptr && !inputs->is_array())) {
    return cannot_merge(client, entry, "The file has something else where the servers belong.");
  }
  const json::object own = server_settings_of(client, entry);
  std::string made;
  if (const auto list = member_of(text, whole_value(text), client.servers)) {
    made = with_member(text, *list, entry.name, pretty(own));
  } else {
    made = with_member(text, whole_value(text), client.servers,
                       pretty(json::object{{entry.name, own}}));
  }
  if (!wants_input) return made;
  if (const auto list = member_of(made, whole_value(made), "inputs")) {
    return with_element(made, *list, pretty(key_input(entry)));
  }
  json::array one;
  one.push_back(key_input(entry));
  return with_member(made, whole_value(made), "inputs", pretty(one));
}

}  // namespace dialplane
