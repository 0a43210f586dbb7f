// Numbers and texts in the naive dialect: the founding document's commands (§11) and ours.
#include "edge/cli/all_commands.hpp"
#include "edge/cli/common_values.hpp"

namespace dialplane::cli {

namespace {

constexpr view_column phone_columns[] = {{"ID", "id"},         {"NUMBER", "e164"},
                                         {"TYPE", "type"},     {"STATUS", "status"},
                                         {"SENDS", "capabilities.sms_outbound"},
                                         {"LABEL", "label"},   {"CREATED", "created_at"}};
constexpr view_column message_columns[] = {{"ID", "id"},
                                           {"FROM", "from"},
                                           {"TO", "to"},
                                           {"TEXT", "body_preview"},
                                           {"RECEIVED", "received_at"}};
constexpr view_column assignment_columns[] = {
    {"AGENT", "agent_id"}, {"PERMISSIONS", "permissions"}, {"SINCE", "created_at"}};
constexpr view_column available_columns[] = {{"NUMBER", "phone_number"}, {"CARRIER", "carrier"},
                                             {"TYPE", "type"},           {"PLACE", "locality"},
                                             {"STATE", "region"},        {"CREDITS", "credits"}};

constexpr command_value type_option = {.name = "--type",
                                       .field = "type",
                                       .help = "What kind of number (local).",
                                       .placeholder = "TYPE",
                                       .choices = "local|toll_free"};
constexpr command_value area_code_option = {.name = "--area-code",
                                            .field = "area_code",
                                            .help = "Preferred US area code, three digits.",
                                            .placeholder = "CODE"};
constexpr command_value policy_option = {
    .name = "--area-code-policy",
    .field = "area_code_policy",
    .help = "How far from the area code the number may be (state).",
    .placeholder = "POLICY",
    .choices = "exact|overlay|state|any"};

constexpr command_value phone_provision_options[] = {
    {.name = "--ein", .field = "ein",
     .help = "The company's EIN, such as 12-3456789; needed for the first number.",
     .placeholder = "EIN"},
    {.name = "--sole-prop", .field = "tier", .help = "Register a person without a company.",
     .kind = value_kind::truth, .stands_for = "sole_proprietor"},
    area_code_option,
    policy_option,
    type_option,
    label_option,
    {.name = "--agent-id", .field = "agent_id", .help = "Connect this agent at once.",
     .placeholder = "ID", .completes = "agent"},
    {.name = "--phone-number", .field = "phone_number", .help = "Exactly this number.",
     .placeholder = "E164"},
    {.name = "--quote-id", .field = "quote_id", .help = "The number and price of a quote.",
     .placeholder = "ID"}};

constexpr command_value phone_list_options[] = {
    {.name = "--agent", .field = "agent", .help = "Only numbers of this agent.",
     .place = value_place::query, .placeholder = "ID", .completes = "agent"},
    {.name = "--status", .field = "status", .help = "Only numbers in this state.",
     .place = value_place::query, .placeholder = "STATUS",
     .choices = "active|pending|suspended|releasing|released"},
    limit_option,
    cursor_option};

constexpr command_value send_options[] = {
    {.name = "--from", .field = "id", .help = "The id of the number it is sent from.",
     .place = value_place::path, .placeholder = "PHONE", .completes = "phone", .required = true},
    {.name = "--to", .field = "to", .help = "The recipient, such as +14155550123.",
     .placeholder = "E164", .required = true},
    {.name = "--body", .field = "body", .help = "The text.", .placeholder = "TEXT"},
    {.name = "--media-url", .field = "media_urls", .help = "Pictures to send, comma-separated.",
     .kind = value_kind::words, .placeholder = "URLS"},
    {.name = "--purpose", .field = "purpose", .help = "What the text is for.",
     .placeholder = "PURPOSE", .choices = "conversational|marketing|one_time_code"},
    {.name = "--consent", .field = "consent", .help = "How the recipient agreed, for the record.",
     .placeholder = "TEXT"},
    {.name = "--queue", .field = "queue", .help = "Wait for a permitted hour instead of refusing.",
     .kind = value_kind::truth},
    {.name = "--dry-run", .field = "dry_run", .help = "Only say whether it would be sent.",
     .kind = value_kind::truth}};

constexpr command_value message_options[] = {
    limit_option,
    cursor_option,
    {.name = "--direction", .field = "direction", .help = "Which texts (inbound).",
     .place = value_place::query, .placeholder = "WHICH", .choices = "inbound|outbound|all"}};

constexpr command_value wait_options[] = {
    {.name = "--timeout-ms", .field = "timeout_ms", .help = "How long to wait.",
     .kind = value_kind::integer, .placeholder = "MS"},
    {.name = "--from", .field = "from", .help = "Only from this sender.", .placeholder = "E164"},
    {.name = "--pattern", .field = "pattern", .help = "Only texts that hold this pattern.",
     .placeholder = "PATTERN"},
    {.name = "--after", .field = "after", .help = "Only texts after this message or time.",
     .placeholder = "ID"}};

constexpr command_value assign_options[] = {
    {.name = "--agent-id", .field = "agent_id", .help = "Which agent.", .placeholder = "ID",
     .completes = "agent", .required = true},
    {.name = "--permissions", .field = "permissions",
     .help = "What it may do (send_sms,receive_sms).", .kind = value_kind::words,
     .placeholder = "LIST"}};

constexpr command_value available_options[] = {
    {.name = "--area-code", .field = "area_code", .help = "In this area code.",
     .place = value_place::query, .placeholder = "CODE"},
    {.name = "--contains", .field = "contains", .help = "With these digits in it.",
     .place = value_place::query, .placeholder = "DIGITS"},
    {.name = "--locality", .field = "locality", .help = "In this town.",
     .place = value_place::query, .placeholder = "NAME"},
    {.name = "--state", .field = "state", .help = "In this state, such as CA.",
     .place = value_place::query, .placeholder = "STATE"},
    {.name = "--type", .field = "type", .help = "What kind of number (local).",
     .place = value_place::query, .placeholder = "TYPE", .choices = "local|toll_free"},
    {.name = "--features", .field = "features", .help = "What it must be able to do.",
     .place = value_place::query, .placeholder = "LIST"},
    {.name = "--carrier", .field = "carrier", .help = "From this carrier account.",
     .place = value_place::query, .placeholder = "NAME", .completes = "carrier"},
    limit_option};

constexpr command_value quote_options[] = {
    {.name = "--phone-number", .field = "phone_number", .help = "Exactly this number.",
     .placeholder = "E164"},
    area_code_option, policy_option, type_option,
    {.name = "--carrier", .field = "carrier", .help = "From this carrier account.",
     .placeholder = "NAME", .completes = "carrier"}};

constexpr command_value phone_words[] = {phone_word};
constexpr command_value unassign_words[] = {phone_word, agent_word};
constexpr command_value message_words[] = {{.name = "MESSAGE", .field = "id",
                                            .help = "The text's id.", .place = value_place::path}};
constexpr command_value quote_words[] = {{.name = "QUOTE", .field = "id", .help = "The quote's id.",
                                          .place = value_place::path}};
constexpr command_value code_words[] = {
    {.name = "CODE", .field = "code", .help = "The digits that came by text."}};

constexpr client_command phone_table[] = {
    {.name = "phone list", .action = "phone.list", .method = "GET", .path = "/v1/phone",
     .help = "Show the numbers, newest first (also just `phone`).", .example = "phone",
     .options = phone_list_options, .view = {"phones", phone_columns}},
    {.name = "phone provision", .action = "phone.provision", .method = "POST",
     .path = "/v1/phone/provision",
     .help = "Buy a number and register it with the carriers.",
     .example = "phone provision --area-code 415 --label \"Support\"",
     .options = phone_provision_options, .effect = command_effect::spends},
    {.name = "phone status", .action = "phone.status", .method = "GET",
     .path = "/v1/phone/status",
     .help = "Show registration, campaign and numbers, and what is next.",
     .example = "phone status --watch", .follows = true},
    {.name = "phone get", .action = "phone.get", .method = "GET", .path = "/v1/phone/{id}",
     .help = "Show one number, and in plain words whether it may send.",
     .example = "phone get 0198c2a4-7c1e-7000-8000-000000000001", .words = phone_words,
     .follows = true},
    {.name = "phone send", .action = "phone.send", .method = "POST", .path = "/v1/phone/{id}/sms",
     .help = "Send a text.",
     .example = "phone send --from 0198c2a4-7c1e-7000-8000-000000000001 --to +14155550123 "
                "--body \"Your table is ready.\"",
     .options = send_options, .effect = command_effect::changes},
    {.name = "phone messages", .action = "phone.messages", .method = "GET",
     .path = "/v1/phone/{id}/messages", .help = "Show received texts, newest first.",
     .example = "phone messages 0198c2a4-7c1e-7000-8000-000000000001 --limit 5",
     .words = phone_words, .options = message_options, .view = {"messages", message_columns},
     .follows = true},
    {.name = "phone read", .action = "phone.read", .method = "GET",
     .path = "/v1/phone/messages/{id}", .help = "Show one text whole.",
     .example = "phone read 0198c2a4-7c1e-7000-8000-000000000002", .words = message_words},
    {.name = "phone wait", .action = "phone.wait", .method = "POST",
     .path = "/v1/phone/{id}/messages/wait", .help = "Wait for the next text, such as a code.",
     .example = "phone wait 0198c2a4-7c1e-7000-8000-000000000001 --timeout-ms 20000",
     .words = phone_words, .options = wait_options},
    {.name = "phone assign", .action = "phone.assign", .method = "POST",
     .path = "/v1/phone/{id}/assign", .help = "Let an agent use a number for texts.",
     .example = "phone assign 0198c2a4-7c1e-7000-8000-000000000001 --agent-id "
                "0198c2a4-7c1e-7000-8000-000000000003",
     .words = phone_words, .options = assign_options, .effect = command_effect::changes},
    {.name = "phone assignments", .action = "phone.assignments", .method = "GET",
     .path = "/v1/phone/{id}/assignments", .help = "Show the agents on a number.",
     .example = "phone assignments 0198c2a4-7c1e-7000-8000-000000000001", .words = phone_words,
     .view = {"assignments", assignment_columns}},
    {.name = "phone unassign", .action = "phone.unassign", .method = "DELETE",
     .path = "/v1/phone/{id}/assign/{agent_id}", .help = "Take a number away from an agent.",
     .example = "phone unassign 0198c2a4-7c1e-7000-8000-000000000001 "
                "0198c2a4-7c1e-7000-8000-000000000003",
     .words = unassign_words, .effect = command_effect::changes},
    {.name = "phone release", .action = "phone.release", .method = "DELETE",
     .path = "/v1/phone/{id}", .help = "Give a number back for good.",
     .example = "phone release 0198c2a4-7c1e-7000-8000-000000000001", .words = phone_words,
     .effect = command_effect::releases},
    {.name = "phone restore", .action = "phone.restore", .method = "POST",
     .path = "/v1/phone/{id}/restore",
     .help = "Take a release back while the carrier was not told.",
     .example = "phone restore 0198c2a4-7c1e-7000-8000-000000000001", .words = phone_words,
     .effect = command_effect::changes},
    {.name = "phone campaign", .action = "phone.campaign", .method = "GET",
     .path = "/v1/phone/{id}/campaign", .help = "Show the campaign a number sends under.",
     .example = "phone campaign 0198c2a4-7c1e-7000-8000-000000000001", .words = phone_words,
     .follows = true},
    {.name = "phone available", .action = "phone.available", .method = "GET",
     .path = "/v1/phone/available", .help = "Show numbers that can be bought, with prices.",
     .example = "phone available --area-code 415 --contains 77", .options = available_options,
     .view = {"numbers", available_columns}},
    {.name = "phone quote", .action = "phone.quote", .method = "POST", .path = "/v1/phone/quotes",
     .help = "Fix a number and its price for some minutes.",
     .example = "phone quote --area-code 415", .options = quote_options,
     .effect = command_effect::changes},
    {.name = "phone quote get", .action = "phone.quote.get", .method = "GET",
     .path = "/v1/phone/quotes/{id}", .help = "Show a quote.",
     .example = "phone quote get 0198c2a4-7c1e-7000-8000-000000000004", .words = quote_words},
    {.name = "phone check", .action = "phone.check", .method = "GET",
     .path = "/v1/phone/registration/check",
     .help = "Say what a reviewer would reject, before anything is filed.",
     .example = "phone check"},
    {.name = "phone resend-otp", .action = "phone.resend_otp", .method = "POST",
     .path = "/v1/phone/brand-verification/resend",
     .help = "Send the sole proprietor's code again.", .example = "phone resend-otp",
     .effect = command_effect::changes},
    {.name = "phone confirm-otp", .action = "phone.confirm_otp", .method = "POST",
     .path = "/v1/phone/brand-verification/confirm",
     .help = "Hand in the code that a sole proprietor got by text.",
     .example = "phone confirm-otp 123456", .words = code_words,
     .effect = command_effect::changes},
};

}  // namespace

std::span<const client_command> phone_commands() noexcept { return phone_table; }

}  // namespace dialplane::cli
