// Numbers, agents and calls in the cartesia dialect.
#include "edge/cli/all_commands.hpp"
#include "edge/cli/common_values.hpp"

namespace dialplane::cli {

namespace {

constexpr view_column number_columns[] = {{"ID", "id"},           {"NUMBER", "number"},
                                          {"LABEL", "label"},     {"AGENT", "agent.name"},
                                          {"CREATED", "created_at"}};
constexpr view_column agent_columns[] = {
    {"ID", "id"}, {"NAME", "name"}, {"DESCRIPTION", "description"}, {"CREATED", "created_at"}};
constexpr view_column call_columns[] = {{"ID", "id"},
                                        {"STATUS", "status"},
                                        {"FROM", "telephony_params.from"},
                                        {"TO", "telephony_params.to"},
                                        {"STARTED", "start_time"},
                                        {"ENDED", "end_time"}};

constexpr command_value number_word = {.name = "NUMBER", .field = "id",
                                       .help = "The number's id.", .place = value_place::path,
                                       .completes = "phone"};
constexpr command_value number_words[] = {number_word};
constexpr command_value agent_words[] = {agent_word};
constexpr command_value call_words[] = {
    {.name = "CALL", .field = "call_id", .help = "The call's id.", .place = value_place::path}};

constexpr command_value agent_option = {.name = "--agent-id", .field = "agent_id",
                                        .help = "The agent that answers its calls.",
                                        .placeholder = "ID", .completes = "agent"};
constexpr command_value number_list_options[] = {
    {.name = "--agent-id", .field = "agent_id", .help = "Only numbers of this agent.",
     .place = value_place::query, .placeholder = "ID", .completes = "agent"},
    {.name = "--query", .field = "q", .help = "Only with this in number or label.",
     .place = value_place::query, .placeholder = "TEXT"},
    limit_option, after_option};
constexpr command_value number_provision_options[] = {
    {.name = "--label", .field = "label", .help = "What people call it.", .placeholder = "TEXT",
     .required = true},
    agent_option};
constexpr command_value import_options[] = {
    {.name = "--number", .field = "number", .help = "The number, such as +14155550123.",
     .placeholder = "E164", .required = true},
    {.name = "--label", .field = "label", .help = "What people call it.", .placeholder = "TEXT",
     .required = true},
    {.name = "--provider", .field = "provider.id", .help = "The provider it lives at, by id.",
     .placeholder = "ID", .required = true},
    agent_option};
constexpr command_value update_options[] = {label_option, agent_option, data_option};
constexpr command_value agent_list_options[] = {
    {.name = "--query", .field = "q", .help = "Only with this in the name.",
     .place = value_place::query, .placeholder = "TEXT"},
    limit_option, after_option};
constexpr command_value agent_options[] = {
    {.name = "--name", .field = "name", .help = "Its name.", .placeholder = "TEXT",
     .required = true},
    {.name = "--description", .field = "description", .help = "What it is for.",
     .placeholder = "TEXT"},
    {.name = "--instructions", .field = "config.instructions", .help = "What it is told.",
     .placeholder = "TEXT"},
    {.name = "--webhook-id", .field = "webhook_id", .help = "The webhook that gets its texts.",
     .placeholder = "ID", .completes = "webhook"},
    data_option};
constexpr command_value agent_update_options[] = {
    {.name = "--name", .field = "name", .help = "Its name.", .placeholder = "TEXT"},
    {.name = "--description", .field = "description", .help = "What it is for.",
     .placeholder = "TEXT"},
    {.name = "--instructions", .field = "config.instructions", .help = "What it is told.",
     .placeholder = "TEXT"},
    {.name = "--webhook-id", .field = "webhook_id", .help = "The webhook that gets its texts.",
     .placeholder = "ID", .completes = "webhook"},
    data_option};
constexpr command_value voice_options[] = {
    {.name = "--type", .field = "type", .help = "How calls reach it.", .placeholder = "TYPE",
     .choices = "websocket|sip", .required = true},
    {.name = "--url", .field = "url", .help = "Of its WebSocket, wss://.", .placeholder = "URL"},
    {.name = "--uri", .field = "uri", .help = "Of its SIP end, sip:.", .placeholder = "URI"},
    {.name = "--username", .field = "username", .help = "For SIP.", .placeholder = "NAME"},
    data_option};
constexpr command_value call_list_options[] = {
    {.name = "--agent-id", .field = "agent_id", .help = "Only calls of this agent.",
     .place = value_place::query, .placeholder = "ID", .completes = "agent", .required = true},
    limit_option, after_option};

constexpr client_command numbers[] = {
    {.name = "numbers list", .action = "numbers.list", .method = "GET",
     .path = "/agents/phone-numbers",
     .help = "Show the numbers and the agents that answer them.", .example = "numbers --limit 5",
     .options = number_list_options, .view = {"data", number_columns}},
    {.name = "numbers get", .action = "numbers.get", .method = "GET",
     .path = "/agents/phone-numbers/{id}", .help = "Show one number.",
     .example = "numbers get pn_01JD4nFk5CqC2n7pGmFh9a", .words = number_words},
    {.name = "numbers provision", .action = "numbers.provision", .method = "POST",
     .path = "/agents/phone-numbers/provision", .help = "Buy a number for calls.",
     .example = "numbers provision --label \"Support line\"", .options = number_provision_options,
     .effect = command_effect::spends},
    {.name = "numbers import", .action = "numbers.import", .method = "POST",
     .path = "/agents/phone-numbers",
     .help = "Take over a number that an account of yours already has.",
     .example = "numbers import --number +14155550123 --label \"Front desk\" --provider prov_1",
     .options = import_options, .effect = command_effect::changes},
    {.name = "numbers update", .action = "numbers.update", .method = "PATCH",
     .path = "/agents/phone-numbers/{id}", .help = "Rename a number or give it another agent.",
     .example = "numbers update pn_01JD4nFk5CqC2n7pGmFh9a --label \"Night line\"",
     .words = number_words, .options = update_options, .effect = command_effect::changes},
    {.name = "numbers delete", .action = "numbers.delete", .method = "DELETE",
     .path = "/agents/phone-numbers/{id}", .help = "Give a number back, or detach an imported one.",
     .example = "numbers delete pn_01JD4nFk5CqC2n7pGmFh9a", .words = number_words,
     .effect = command_effect::releases},
};

constexpr client_command agents[] = {
    {.name = "agents list", .action = "agents.list", .method = "GET", .path = "/v1/agents",
     .help = "Show the agents.", .example = "agents", .options = agent_list_options,
     .view = {"data", agent_columns}},
    {.name = "agents get", .action = "agents.get", .method = "GET",
     .path = "/v1/agents/{agent_id}", .help = "Show one agent.",
     .example = "agents get agent_01JD4nFk5CqC2n7pGmFh9a", .words = agent_words},
    {.name = "agents create", .action = "agents.create", .method = "POST", .path = "/v1/agents",
     .help = "Make an agent.", .example = "agents create --name \"Front desk\"",
     .options = agent_options, .effect = command_effect::changes},
    {.name = "agents update", .action = "agents.update", .method = "PATCH",
     .path = "/v1/agents/{agent_id}", .help = "Change an agent.",
     .example = "agents update agent_01JD4nFk5CqC2n7pGmFh9a --name \"Night desk\"",
     .words = agent_words, .options = agent_update_options, .effect = command_effect::changes},
    {.name = "agents delete", .action = "agents.delete", .method = "DELETE",
     .path = "/v1/agents/{agent_id}", .help = "Remove an agent that has no numbers.",
     .example = "agents delete agent_01JD4nFk5CqC2n7pGmFh9a", .words = agent_words,
     .effect = command_effect::removes},
    {.name = "agents voice set", .action = "agents.voice.set", .method = "PUT",
     .path = "/v1/voice-endpoints/{agent_id}", .help = "Say where an agent's calls go.",
     .example = "agents voice set agent_01JD4nFk5CqC2n7pGmFh9a --type websocket "
                "--url wss://example.com/voice",
     .words = agent_words, .options = voice_options, .effect = command_effect::changes},
    {.name = "agents voice get", .action = "agents.voice.get", .method = "GET",
     .path = "/v1/voice-endpoints/{agent_id}", .help = "Show where an agent's calls go.",
     .example = "agents voice get agent_01JD4nFk5CqC2n7pGmFh9a", .words = agent_words},
    {.name = "agents voice clear", .action = "agents.voice.clear", .method = "DELETE",
     .path = "/v1/voice-endpoints/{agent_id}", .help = "Let an agent answer no calls.",
     .example = "agents voice clear agent_01JD4nFk5CqC2n7pGmFh9a", .words = agent_words,
     .effect = command_effect::removes},
    {.name = "calls list", .action = "calls.list", .method = "GET", .path = "/agents/calls",
     .help = "Show an agent's calls.",
     .example = "calls --agent-id agent_01JD4nFk5CqC2n7pGmFh9a", .options = call_list_options,
     .view = {"data", call_columns}},
    {.name = "calls get", .action = "calls.get", .method = "GET",
     .path = "/agents/calls/{call_id}", .help = "Show one call.",
     .example = "calls get ac_01JD4nFk5CqC2n7pGmFh9a", .words = call_words},
};

}  // namespace

std::span<const client_command> number_commands() noexcept { return numbers; }
std::span<const client_command> agent_commands() noexcept { return agents; }

}  // namespace dialplane::cli
