// The list of all commands of the client, and finding one by its words.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "edge/cli/arguments.hpp"
#include "edge/cli/command.hpp"

namespace dialplane::cli {

// One table per group, in the order of the help text.
std::span<const client_command> phone_commands() noexcept;
std::span<const client_command> number_commands() noexcept;
std::span<const client_command> agent_commands() noexcept;
std::span<const client_command> approval_commands() noexcept;
std::span<const client_command> campaign_commands() noexcept;
std::span<const client_command> account_commands() noexcept;    // credits, users, kits, formation
std::span<const client_command> carrier_commands() noexcept;    // carriers, reconcile
std::span<const client_command> webhook_commands() noexcept;    // webhooks, events, inbox
std::span<const client_command> sandbox_commands() noexcept;
std::span<const client_command> key_commands() noexcept;        // keys, audit, operations
std::span<const client_command> following_commands() noexcept;  // tail, listen
std::span<const client_command> connection_commands() noexcept; // login, use, profiles

// Of every group, in order.
std::span<const client_command* const> all_commands();

// The command that the first one to three words name ("phone" alone is "phone list"), and how many
// words that took. Null where there is none.
struct found_command {
  const client_command* command = nullptr;
  std::size_t words = 0;
};
found_command find_command(std::span<const std::string> words);

// The nearest command's name, or nothing.
std::string_view nearest_command(std::string_view given);

// Options that every command of the client takes, beside its own.
std::span<const command_value> common_options() noexcept;
// --watch, of commands that follow, and --all, of lists that come in pages.
const command_value& watch_option() noexcept;
const command_value& all_pages_option() noexcept;
// Everything the command's line may hold.
std::vector<flag_spec> flags_of(const client_command& command);

}  // namespace dialplane::cli
