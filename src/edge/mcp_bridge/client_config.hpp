// How the programs that people use MCP servers in want to be told of one: where their file is, and
// what belongs into it. Facts from their own documentation; pure, no file is touched here.
//
//   Claude Desktop  mcpServers.<name> = {command, args, env}; no variables in texts
//   Cursor          the same; ${env:NAME} is replaced
//   VS Code         servers.<name> with "type": "stdio"; ${input:id} asks the user once
#pragma once

#include <boost/json/object.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/error.hpp"

namespace dialplane {

enum class desktop { linux, macos, windows };

struct mcp_client {
  std::string_view name;     // "claude-desktop"
  std::string_view shown;    // "Claude Desktop"
  std::string_view servers;  // the member that holds the servers
  std::string_view linux_file;    // under the home directory
  std::string_view macos_file;
  std::string_view windows_file;  // with %APPDATA% or %USERPROFILE%
};

std::span<const mcp_client> all_mcp_clients() noexcept;
const mcp_client* find_mcp_client(std::string_view name) noexcept;

// The user's own file on this machine. `config_home`: XDG_CONFIG_HOME, or empty.
std::string file_of(const mcp_client& client, desktop where, std::string_view home,
                    std::string_view config_home);

struct mcp_entry {
  std::string name;                // what the client calls the server
  std::string program;             // full path
  std::string server;              // the Dialplane server's address
  std::string profile;             // that knows server and key; empty: none does
  std::optional<std::string> key;  // written in plain, because the user asked for that
};

// What the file must contain, besides what it contains already.
boost::json::object settings_for(const mcp_client& client, const mcp_entry& entry);

// As people write JSON: two spaces, one member per line.
std::string pretty(const boost::json::value& value);

// The file's text with the entry in it; everything else is as it was. An empty text is an empty
// file. Refused (conflict): it is not plain JSON, or has something else where servers belong;
// the hint says what to add by hand.
result<std::string> merged(const mcp_client& client, const mcp_entry& entry, std::string_view text);

}  // namespace dialplane
