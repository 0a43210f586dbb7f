#include "server/command_table.hpp"

#include <array>

#include "server/option_table.hpp"

namespace dialplane {

namespace {

constexpr command_flag organization_flag = {"--organization", "ID",
                                            "Which organization (the oldest one)."};

constexpr command_flag create_organization_flags[] = {
    {"--name", "NAME", "Its name."},
    {"--plan", "PLAN", "free, pro, startup, scale or enterprise (the setting default_plan)."}};
constexpr command_flag create_key_flags[] = {
    {"--role", "operator|agent", "What the key may do."},
    organization_flag,
    {"--user", "ID", "Bind an agent key to this user's things."},
    {"--agent", "ID", "Bind an agent key to this agent."},
    {"--expires", "WHEN", "A time such as 2027-01-31T00:00:00Z, or 30d, 12h, 45m, 90s."},
    {"--spend-cap", "CREDITS", "Credits the key may spend per day."}};
constexpr command_flag one_organization_flags[] = {organization_flag};
constexpr command_flag exposure_flags[] = {
    organization_flag, {"--key", "ID", "Count in this key's own spend cap."}};
constexpr command_flag reconcile_flags[] = {
    {"--carrier", "NAME", "Only this account (all)."},
    {"--apply", "", "Do what the policies reconcile.* say about what differs (only tells)."}};
constexpr command_flag audit_flags[] = {{"--organization", "ID", "Only this one (all)."}};

constexpr command_flag emulate_flags[] = {
    {"--listen", "ADDRESS:PORT", "Where to listen; port 0 picks a free one (127.0.0.1:0)."},
    {"--seed", "NUMBER", "Makes ids and random faults repeatable."}};

constexpr command_flag credential_file_flag = {
    "--credential-file", "FILE", "Credentials as name=value lines (standard input)."};
constexpr command_flag add_carrier_flags[] = {
    {"--name", "NAME", "Its name here, part of addresses (the carrier's)."},
    {"--organization", "ID", "Brought by this organization; sells nothing (the installation's)."},
    {"--label", "TEXT", "What people call it."},
    {"--preference", "N", "Accounts with lower numbers buy first (0)."},
    {"--option", "NAME=VALUE", "An option of the account, such as base_url; several may be given.",
     true},
    credential_file_flag};
constexpr command_flag rotate_carrier_flags[] = {
    {"--option", "NAME=VALUE", "Change an option; an empty value removes it.", true},
    credential_file_flag};
constexpr command_flag check_carrier_flags[] = {
    {"--buy-and-release", "", "Buy the cheapest number, look at it, and release it again."},
    {"--yes", "", "Do spend that money."},
    {"--save-transcript", "FILE", "Write what was asked and answered, without secrets."}};
constexpr command_flag remove_carrier_flags[] = {
    {"--force", "", "Also while numbers live there; they stay, and cannot be used from here."}};

constexpr command_flag mcp_server_flag = {
    "--server", "URL",
    "The server's address (DIALPLANE_SERVER, a profile's, http://127.0.0.1:8080)."};
constexpr command_flag mcp_profile_flag = {
    "--profile", "NAME", "A server and key that `dialplane login` keeps (DIALPLANE_PROFILE)."};
constexpr command_flag mcp_flags[] = {mcp_server_flag, mcp_profile_flag};
constexpr command_flag mcp_install_flags[] = {
    {"--client", "CLIENT", "claude-desktop, cursor or vscode."},
    {"--write", "", "Put it into the client's file, which keeps everything else (prints it)."},
    {"--file", "FILE", "That file, where it is not at its usual place."},
    mcp_server_flag,
    mcp_profile_flag,
    {"--name", "NAME", "What the client calls it (dialplane)."},
    {"--with-key", "", "Write the key itself into it (refers to where it is kept)."}};

constexpr command_row command_rows[] = {
    {"serve", command_kind::serve, "", "Run the server.", "dialplane serve --demo", {}},
    {"organizations create", command_kind::local, "", "Make an organization and its first keys.",
     "dialplane organizations create --name \"Harbor Tools\"", create_organization_flags},
    {"organizations list", command_kind::local, "", "Show the organizations.",
     "dialplane organizations list", {}},
    {"keys create", command_kind::local, "", "Make an API key; it is shown this once.",
     "dialplane keys create --role agent --expires 30d --spend-cap 100", create_key_flags},
    {"keys list", command_kind::local, "", "Show the keys of an organization, never their text.",
     "dialplane keys list", one_organization_flags},
    {"keys revoke", command_kind::local, "ID", "End a key.",
     "dialplane keys revoke 0198c2a4-7c1e-7000-8000-000000000001", one_organization_flags},
    {"audit verify", command_kind::local, "", "Check that the audit log is whole.",
     "dialplane audit verify", audit_flags},
    {"audit head", command_kind::local, "", "Show the end of the audit log, to keep elsewhere.",
     "dialplane audit head", audit_flags},
    {"backup", command_kind::local, "FILE", "Copy the database to a new file, also while it runs.",
     "dialplane backup /var/backups/dialplane.db", {}},
    {"check", command_kind::local, "", "Check that everything kept is as it should be, and known "
     "to the carrier.",
     "dialplane check", {}},
    {"carriers list", command_kind::local, "", "Show the carrier accounts and how they are.",
     "dialplane carriers list", {}},
    {"carriers describe", command_kind::plain, "KIND",
     "Show what carriers there are, or what one needs and can do.", "dialplane carriers describe",
     {}},
    {"carriers add", command_kind::local, "KIND",
     "Add a carrier account; credentials come from standard input or a file.",
     "dialplane carriers add surge --credential-file ./surge.txt", add_carrier_flags, true},
    {"carriers check", command_kind::local, "NAME",
     "Ask the carrier about an account, and say what is missing.",
     "dialplane carriers check surge", check_carrier_flags},
    {"carriers rotate", command_kind::local, "NAME",
     "Give an account new credentials, from standard input or a file.",
     "dialplane carriers rotate surge --credential-file ./surge.txt", rotate_carrier_flags, true},
    {"carriers remove", command_kind::local, "NAME", "Remove a carrier account.",
     "dialplane carriers remove surge", remove_carrier_flags},
    {"reconcile", command_kind::local, "",
     "Compare carrier accounts with the books; exit code 1 where they do not agree.",
     "dialplane reconcile --apply", reconcile_flags},
    {"exposure", command_kind::local, "", "Show what a stolen agent key could spend in a day.",
     "dialplane exposure", exposure_flags},
    {"emulate", command_kind::emulate, "CARRIER",
     "Play a carrier's API, to test without an account.",
     "dialplane emulate twilio --listen 127.0.0.1:9401", emulate_flags},
    {"mcp", command_kind::mcp, "", "Be an MCP server on standard input and output.",
     "dialplane mcp --server http://127.0.0.1:8080", mcp_flags},
    {"mcp install", command_kind::mcp, "", "Tell another program of the MCP server.",
     "dialplane mcp install --client claude-desktop --write", mcp_install_flags},
    {"routes", command_kind::plain, "", "Show every HTTP route.", "dialplane routes", {}},
    {"errors", command_kind::plain, "", "Show every error code.", "dialplane errors --json", {}},
    {"commands", command_kind::plain, "", "Show every command with its options.",
     "dialplane commands --json", {}},
    {"completion", command_kind::plain, "SHELL",
     "Print what a shell loads to complete commands, ids and labels: bash, zsh or fish.",
     "dialplane completion bash > /etc/bash_completion.d/dialplane", {}},
    {"version", command_kind::plain, "", "Show the version.", "dialplane version", {}},
};

constexpr std::array<std::string_view, 3> local_options = {"data_dir", "config",
                                                           "master_key_file"};

std::string padded(std::string text, std::size_t width) {
  text.resize(std::max(text.size() + 2, width), ' ');
  return text;
}

std::string usage_of(const command_row& row) {
  std::string usage = "dialplane " + std::string(row.name);
  if (!row.word.empty()) usage += " " + std::string(row.word);
  return usage;
}

std::string list_of(std::string_view prefix) {
  std::string text;
  for (const command_row& row : command_rows) {
    if (!row.name.starts_with(prefix)) continue;
    text += "  " + padded(usage_of(row), 36) + std::string(row.help) + "\n";
  }
  return text;
}

}  // namespace

std::span<const command_row> all_commands() noexcept { return command_rows; }

std::vector<flag_spec> flags_of(const command_row& row) {
  std::vector<flag_spec> flags;
  for (const command_flag& flag : row.flags) {
    flags.push_back({std::string(flag.name), flag.placeholder, flag.help, flag.repeats});
  }
  for (const option_row& option : all_options()) {
    const bool wanted =
        row.kind == command_kind::serve ||
        (row.kind == command_kind::local &&
         std::ranges::find(local_options, option.name) != local_options.end());
    if (wanted) flags.push_back({flag_of(option), option.placeholder, option.help});
  }
  if (row.kind != command_kind::serve) {
    flags.push_back({"--json", "", "One line of JSON (also where the output is no terminal)."});
  }
  flags.push_back({"--help", "", "This text."});
  return flags;
}

cli::command_catalog local_catalog() {
  cli::command_catalog catalog;
  for (const command_row& row : command_rows) {
    cli::catalog_entry entry{.name = std::string(row.name),
                             .help = std::string(row.help),
                             .example = std::string(row.example).substr(sizeof("dialplane")),
                             .where = row.kind == command_kind::local ? "data directory"
                                                                      : "nowhere",
                             .effect = {},
                             .request = {},
                             .words = {},
                             .options = {}};
    if (!row.word.empty()) {
      entry.words.push_back({.name = std::string(row.word),
                             .placeholder = {},
                             .help = {},
                             .choices = {},
                             .completes = row.word == "FILE" ? "file" : "",
                             .required = true});
    }
    for (const flag_spec& flag : flags_of(row)) {
      entry.options.push_back({.name = flag.name,
                               .placeholder = std::string(flag.placeholder),
                               .help = std::string(flag.help),
                               .choices = {},
                               .completes = {},
                               .required = false});
    }
    catalog.push_back(std::move(entry));
  }
  return catalog;
}

std::string help_text() {
  return "Dialplane gives AI agents phone numbers.\n\nUsage: dialplane COMMAND [OPTIONS]\n\n" +
         list_of("") +
         "\n`dialplane COMMAND --help` shows the options. Example:\n\n  dialplane serve --demo\n";
}

std::string help_text(const command_row& row) {
  std::string text = std::string(row.help) + "\n\nUsage: " + usage_of(row) + " [OPTIONS]\n\n";
  for (const flag_spec& flag : flags_of(row)) {
    std::string name = "  " + flag.name;
    if (!flag.placeholder.empty()) name += " " + std::string(flag.placeholder);
    text += padded(std::move(name), 44) + std::string(flag.help) + "\n";
  }
  text += "\nExample:\n\n  " + std::string(row.example) + "\n";
  if (row.kind == command_kind::serve) {
    text +=
        "\nEvery option is also an environment variable (--data-dir: DIALPLANE_DATA_DIR) and a\n"
        "key of the configuration file (data_dir; --approvals-expiry-ms: expiry_ms in\n"
        "[approvals]). The option wins over the variable, the variable over the file.\n"
        "DIALPLANE_OPERATOR_KEY and DIALPLANE_AGENT_KEY, set at the first start, become the\n"
        "first keys.\n";
  }
  return text;
}

std::string help_text(std::string_view group) {
  const std::string prefix = std::string(group) + " ";
  const std::string list = list_of(prefix);
  if (list.empty()) return {};
  return "Usage: dialplane " + prefix + "COMMAND [OPTIONS]\n\n" + list;
}

}  // namespace dialplane
