// What an operator looks after: carrier accounts, webhooks, inbox, sandbox, keys, audit.
#include "edge/cli/all_commands.hpp"
#include "edge/cli/common_values.hpp"
#include "edge/cli/key_creation.hpp"

namespace dialplane::cli {

namespace {

constexpr view_column carrier_columns[] = {{"NAME", "name"},
                                           {"KIND", "kind"},
                                           {"STATE", "state"},
                                           {"NUMBERS", "numbers"},
                                           {"SAYS", "sentence"}};
constexpr view_column finding_columns[] = {{"KIND", "kind"},       {"NUMBER", "e164"},
                                           {"CARRIER", "carrier"}, {"SAYS", "sentence"}};
constexpr view_column webhook_columns[] = {
    {"ID", "id"}, {"URL", "url"}, {"EVENTS", "eventTypes"}, {"ACTIVE", "active"}};
constexpr view_column delivery_columns[] = {{"ID", "id"},
                                            {"EVENT", "event"},
                                            {"STATUS", "status"},
                                            {"TRIES", "attempts"},
                                            {"CREATED", "created_at"}};
constexpr view_column inbox_columns[] = {{"ID", "id"},
                                         {"CARRIER", "carrier"},
                                         {"STATUS", "status"},
                                         {"ATTEMPTS", "attempts"},
                                         {"ERROR", "last_error"},
                                         {"RECEIVED", "received_at"}};
constexpr view_column audit_columns[] = {{"WHEN", "at"},
                                         {"WHO", "actor_type"},
                                         {"ACTION", "action"},
                                         {"OBJECT", "object"}};
constexpr view_column sandbox_number_columns[] = {{"NUMBER", "e164"}, {"MARK", "mark"}};
constexpr view_column sandbox_message_columns[] = {{"ID", "id"},         {"FROM", "from"},
                                                   {"TO", "to"},         {"TEXT", "body"},
                                                   {"STATUS", "status"}};

constexpr command_value carrier_words[] = {{.name = "NAME", .field = "name",
                                            .help = "The account's name.",
                                            .place = value_place::path,
                                            .completes = "carrier"}};
constexpr command_value add_carrier_options[] = {
    {.name = "--kind", .field = "kind", .help = "Which carrier.", .placeholder = "KIND",
     .completes = "carrier_kind"},
    {.name = "--name", .field = "name", .help = "Its name here.", .placeholder = "NAME"},
    label_option,
    {.name = "--preference", .field = "preference", .help = "Lower numbers buy first (0).",
     .kind = value_kind::integer, .placeholder = "N"},
    {.name = "--credentials", .field = "credentials",
     .help = "Its credentials as JSON; @FILE or - keep them off the command line.",
     .kind = value_kind::json, .placeholder = "JSON"},
    {.name = "--options", .field = "options", .help = "Options of the account as JSON.",
     .kind = value_kind::json, .placeholder = "JSON"},
    data_option};
constexpr command_value update_carrier_options[] = {
    label_option,
    {.name = "--preference", .field = "preference", .help = "Lower numbers buy first.",
     .kind = value_kind::integer, .placeholder = "N"},
    {.name = "--credentials", .field = "credentials",
     .help = "New credentials as JSON; @FILE or - keep them off the command line.",
     .kind = value_kind::json, .placeholder = "JSON"},
    {.name = "--options", .field = "options", .help = "Options to change, as JSON.",
     .kind = value_kind::json, .placeholder = "JSON"},
    data_option};
constexpr command_value remove_carrier_options[] = {
    {.name = "--force", .field = "force", .help = "Also while numbers live there.",
     .place = value_place::query, .kind = value_kind::truth}};
constexpr command_value reconcile_options[] = {
    {.name = "--carrier", .field = "carrier", .help = "Only this account (all).",
     .placeholder = "NAME", .completes = "carrier"},
    {.name = "--apply", .field = "apply", .help = "Do what the policies say (only tells).",
     .kind = value_kind::truth}};
constexpr command_value limit_options[] = {limit_option};

constexpr client_command carriers[] = {
    {.name = "carriers list", .action = "carriers.list", .method = "GET", .path = "/v1/carriers",
     .help = "Show the carrier accounts and how they are.", .example = "carriers",
     .view = {"carriers", carrier_columns}},
    {.name = "carriers get", .action = "carriers.get", .method = "GET",
     .path = "/v1/carriers/{name}", .help = "Show one carrier account.",
     .example = "carriers get sandbox", .words = carrier_words},
    {.name = "carriers add", .action = "carriers.add", .method = "POST", .path = "/v1/carriers",
     .help = "Add a carrier account; its credentials are checked first.",
     .example = "carriers add --kind surge --credentials @surge.json",
     .options = add_carrier_options, .effect = command_effect::changes},
    {.name = "carriers update", .action = "carriers.update", .method = "PATCH",
     .path = "/v1/carriers/{name}", .help = "Change a carrier account or its credentials.",
     .example = "carriers update surge --preference 1", .words = carrier_words,
     .options = update_carrier_options, .effect = command_effect::changes},
    {.name = "carriers check", .action = "carriers.check", .method = "POST",
     .path = "/v1/carriers/{name}/check", .help = "Ask the carrier whether the account works.",
     .example = "carriers check surge", .words = carrier_words,
     .effect = command_effect::changes},
    {.name = "carriers remove", .action = "carriers.remove", .method = "DELETE",
     .path = "/v1/carriers/{name}", .help = "Remove a carrier account.",
     .example = "carriers remove surge", .words = carrier_words,
     .options = remove_carrier_options, .effect = command_effect::removes},
    {.name = "reconcile show", .action = "reconcile.show", .method = "GET",
     .path = "/v1/reconcile", .help = "Show where carriers and books do not agree.",
     .example = "reconcile show", .options = limit_options, .view = {"findings", finding_columns}},
    {.name = "reconcile", .action = "reconcile.start", .method = "POST", .path = "/v1/reconcile",
     .help = "Compare carrier accounts with the books.", .example = "reconcile --carrier surge",
     .options = reconcile_options, .effect = command_effect::changes},
};

constexpr command_value webhook_words[] = {{.name = "WEBHOOK", .field = "id",
                                            .help = "The endpoint's id.",
                                            .place = value_place::path,
                                            .completes = "webhook"}};
constexpr command_value delivery_words[] = {
    {.name = "DELIVERY", .field = "id", .help = "The delivery's id.", .place = value_place::path}};
constexpr command_value webhook_options[] = {
    {.name = "--url", .field = "url", .help = "Where events go.", .placeholder = "URL"},
    {.name = "--events", .field = "eventTypes", .help = "Which events, comma-separated.",
     .kind = value_kind::words, .placeholder = "LIST", .completes = "event_type"},
    data_option};
constexpr command_value inbox_words[] = {
    {.name = "ENTRY", .field = "id", .help = "The entry's id.", .place = value_place::path}};
constexpr command_value inbox_options[] = {
    {.name = "--status", .field = "status", .help = "Which entries (set_aside).",
     .place = value_place::query, .placeholder = "STATUS",
     .choices = "set_aside|received|processed"},
    limit_option, cursor_option};

constexpr client_command webhooks[] = {
    {.name = "webhooks list", .action = "webhooks.list", .method = "GET", .path = "/v1/webhooks",
     .help = "Show where events go.", .example = "webhooks",
     .view = {"webhooks", webhook_columns}},
    {.name = "webhooks get", .action = "webhooks.get", .method = "GET",
     .path = "/v1/webhooks/{id}", .help = "Show one endpoint.",
     .example = "webhooks get 0198c2a4-7c1e-7000-8000-000000000009", .words = webhook_words},
    {.name = "webhooks create", .action = "webhooks.create", .method = "POST",
     .path = "/v1/webhooks", .help = "Send events to a URL; its secret is shown this once.",
     .example = "webhooks create --url https://example.com/hook --events sms.received",
     .options = webhook_options, .effect = command_effect::changes},
    {.name = "webhooks update", .action = "webhooks.update", .method = "PATCH",
     .path = "/v1/webhooks/{id}", .help = "Change an endpoint.",
     .example = "webhooks update 0198c2a4-7c1e-7000-8000-000000000009 --events sms.received",
     .words = webhook_words, .options = webhook_options, .effect = command_effect::changes},
    {.name = "webhooks delete", .action = "webhooks.delete", .method = "DELETE",
     .path = "/v1/webhooks/{id}", .help = "Send no more events there.",
     .example = "webhooks delete 0198c2a4-7c1e-7000-8000-000000000009", .words = webhook_words,
     .effect = command_effect::removes},
    {.name = "webhooks test", .action = "webhooks.test", .method = "POST",
     .path = "/v1/webhooks/{id}/test", .help = "Send a test event.",
     .example = "webhooks test 0198c2a4-7c1e-7000-8000-000000000009", .words = webhook_words,
     .effect = command_effect::changes},
    {.name = "webhooks rotate-secret", .action = "webhooks.rotate_secret", .method = "POST",
     .path = "/v1/webhooks/{id}/rotate-secret",
     .help = "Make a new secret; the old one holds on for a while.",
     .example = "webhooks rotate-secret 0198c2a4-7c1e-7000-8000-000000000009",
     .words = webhook_words, .effect = command_effect::changes},
    {.name = "webhooks deliveries", .action = "webhooks.deliveries", .method = "GET",
     .path = "/v1/webhooks/{id}/deliveries", .help = "Show what was sent and how it went.",
     .example = "webhooks deliveries 0198c2a4-7c1e-7000-8000-000000000009",
     .words = webhook_words, .options = page_options, .view = {"deliveries", delivery_columns}},
    {.name = "webhooks delivery", .action = "webhooks.delivery", .method = "GET",
     .path = "/v1/webhooks/deliveries/{id}", .help = "Show one delivery with its tries.",
     .example = "webhooks delivery 0198c2a4-7c1e-7000-8000-00000000000a",
     .words = delivery_words},
    {.name = "webhooks replay", .action = "webhooks.replay", .method = "POST",
     .path = "/v1/webhooks/deliveries/{id}/replay", .help = "Send a delivery again.",
     .example = "webhooks replay 0198c2a4-7c1e-7000-8000-00000000000a",
     .words = delivery_words, .effect = command_effect::changes},
    {.name = "webhooks event-types", .action = "webhooks.event_types", .method = "GET",
     .path = "/v1/webhooks/event-types", .help = "Show which events there are.",
     .example = "webhooks event-types", .view = {"event_types", {}}},
    {.name = "inbox list", .action = "inbox.list", .method = "GET", .path = "/v1/inbox",
     .help = "Show carriers' webhooks that could not be processed.", .example = "inbox",
     .options = inbox_options, .view = {"entries", inbox_columns}},
    {.name = "inbox retry", .action = "inbox.retry", .method = "POST",
     .path = "/v1/inbox/{id}/retry", .help = "Process a webhook again.",
     .example = "inbox retry 0198c2a4-7c1e-7000-8000-00000000000b", .words = inbox_words,
     .effect = command_effect::changes},
};

constexpr command_value sandbox_options[] = {
    {.name = "--review-ms", .field = "review_ms", .help = "How long a campaign's review takes.",
     .kind = value_kind::integer, .placeholder = "MS"},
    data_option};
constexpr command_value fault_options[] = {
    {.name = "--outcome", .field = "outcome", .help = "What goes wrong.",
     .placeholder = "OUTCOME", .required = true},
    {.name = "--on", .field = "on", .help = "In which call (any).", .placeholder = "CALL"},
    {.name = "--count", .field = "count", .help = "How often (1).", .kind = value_kind::integer,
     .placeholder = "N"},
    {.name = "--delay-ms", .field = "delay_ms", .help = "How slowly.",
     .kind = value_kind::integer, .placeholder = "MS"}};
constexpr command_value text_options[] = {
    {.name = "--from", .field = "from", .help = "Who writes.", .placeholder = "E164",
     .required = true},
    {.name = "--to", .field = "to", .help = "Which of your numbers.", .placeholder = "E164",
     .required = true},
    {.name = "--body", .field = "body", .help = "The text.", .placeholder = "TEXT"}};
constexpr command_value sandbox_call_options[] = {
    {.name = "--from", .field = "from", .help = "Who calls.", .placeholder = "E164",
     .required = true},
    {.name = "--to", .field = "to", .help = "Which of your numbers.", .placeholder = "E164",
     .required = true},
    {.name = "--outcome", .field = "outcome", .help = "How it ends (completed).",
     .placeholder = "OUTCOME", .choices = "completed|busy|failed|no_answer|canceled"}};
constexpr command_value sandbox_message_options[] = {
    {.name = "--to", .field = "to", .help = "The person's number.",
     .place = value_place::query, .placeholder = "E164", .required = true},
    limit_option};

constexpr client_command sandbox[] = {
    {.name = "sandbox list", .action = "sandbox.get", .method = "GET", .path = "/v1/sandbox",
     .help = "Show how the sandbox carrier is set (also just `sandbox`).", .example = "sandbox"},
    {.name = "sandbox set", .action = "sandbox.set", .method = "PATCH", .path = "/v1/sandbox",
     .help = "Change how the sandbox carrier behaves.", .example = "sandbox set --review-ms 0",
     .options = sandbox_options, .effect = command_effect::changes},
    {.name = "sandbox numbers", .action = "sandbox.numbers", .method = "GET",
     .path = "/v1/sandbox/numbers", .help = "Show what the sandbox carrier has sold.",
     .example = "sandbox numbers", .options = page_options,
     .view = {"numbers", sandbox_number_columns}},
    {.name = "sandbox text", .action = "sandbox.text", .method = "POST",
     .path = "/v1/sandbox/messages", .help = "Play a person who texts one of your numbers.",
     .example = "sandbox text --from +14155550123 --to +14155550100 --body \"Are you open?\"",
     .options = text_options, .effect = command_effect::changes},
    {.name = "sandbox messages", .action = "sandbox.messages", .method = "GET",
     .path = "/v1/sandbox/messages", .help = "Show texts that a person of the sandbox got.",
     .example = "sandbox messages --to +14155550123", .options = sandbox_message_options,
     .view = {"messages", sandbox_message_columns}},
    {.name = "sandbox call", .action = "sandbox.call", .method = "POST",
     .path = "/v1/sandbox/calls", .help = "Play a person who calls one of your numbers.",
     .example = "sandbox call --from +14155550123 --to +14155550100",
     .options = sandbox_call_options, .effect = command_effect::changes},
    {.name = "sandbox faults", .action = "sandbox.faults", .method = "GET",
     .path = "/v1/sandbox/faults", .help = "Show what is going to go wrong.",
     .example = "sandbox faults", .view = {"faults", {}}},
    {.name = "sandbox fault", .action = "sandbox.fault", .method = "POST",
     .path = "/v1/sandbox/faults", .help = "Let something go wrong.",
     .example = "sandbox fault --on buy --outcome lost_after", .options = fault_options,
     .effect = command_effect::changes},
    {.name = "sandbox heal", .action = "sandbox.heal", .method = "DELETE",
     .path = "/v1/sandbox/faults", .help = "Let nothing go wrong any more.",
     .example = "sandbox heal", .effect = command_effect::changes},
};

constexpr command_value operation_words[] = {{.name = "OPERATION", .field = "id",
                                              .help = "The operation's id.",
                                              .place = value_place::path}};

constexpr view_column key_columns[] = {{"ID", "id"},           {"PREFIX", "prefix"},
                                       {"ROLE", "role"},       {"STATUS", "status"},
                                       {"AGENT", "agent_id"},  {"CAP", "spend_cap_credits_per_day"},
                                       {"EXPIRES", "expires_at"}};
constexpr command_value key_words[] = {
    {.name = "KEY", .field = "id", .help = "The key's id.", .place = value_place::path,
     .completes = "key"}};
constexpr command_value create_key_options[] = {
    {.name = "--role", .field = "role", .help = "What the key may do.", .placeholder = "ROLE",
     .choices = "operator|agent", .required = true},
    {.name = "--agent", .field = "agent_id", .help = "Bind an agent key to this agent.",
     .placeholder = "ID", .completes = "agent"},
    {.name = "--expires", .field = "",
     .help = "A time such as 2027-01-31T00:00:00Z, or 30d, 12h, 45m, 90s.",
     .placeholder = "WHEN"},
    {.name = "--spend-cap", .field = "spend_cap_credits_per_day",
     .help = "Credits the key may spend per day.", .kind = value_kind::decimal,
     .placeholder = "CREDITS"}};

constexpr client_command keys[] = {
    {.name = "whoami", .action = "keys.whoami", .method = "GET", .path = "/v1/auth/key",
     .help = "Show whose key this is, what it may do, and what it has spent today.",
     .example = "whoami"},
    {.name = "keys list", .action = "keys.list", .method = "GET", .path = "/v1/auth/keys",
     .help = "Show the organization's keys, never their text.", .example = "keys",
     .options = page_options, .view = {"keys", key_columns}},
    {.name = "keys create", .action = "keys.create", .method = "POST", .path = "/v1/auth/keys",
     .help = "Make an API key, with --user for one user's things; it is shown this once.",
     .example = "keys create --role agent --expires 30d --spend-cap 100",
     .options = create_key_options, .effect = command_effect::changes, .run = create_key},
    {.name = "keys revoke", .action = "keys.revoke", .method = "DELETE",
     .path = "/v1/auth/keys/{id}", .help = "End a key, at once.",
     .example = "keys revoke 0198c2a4-7c1e-7000-8000-000000000001", .words = key_words,
     .effect = command_effect::removes},
    {.name = "audit list", .action = "audit.list", .method = "GET", .path = "/v1/audit",
     .help = "Show who did what, newest first.", .example = "audit --limit 5",
     .options = page_options, .view = {"entries", audit_columns}},
    {.name = "operations get", .action = "operations.get", .method = "GET",
     .path = "/v1/operations/{id}", .help = "Show how far a piece of work is.",
     .example = "operations get 0198c2a4-7c1e-7000-8000-00000000000c --watch",
     .words = operation_words, .follows = true},
};

}  // namespace

std::span<const client_command> carrier_commands() noexcept { return carriers; }
std::span<const client_command> webhook_commands() noexcept { return webhooks; }
std::span<const client_command> sandbox_commands() noexcept { return sandbox; }
std::span<const client_command> key_commands() noexcept { return keys; }

}  // namespace dialplane::cli
