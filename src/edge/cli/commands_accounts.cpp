// Approvals, campaigns, money, users, kits, companies and contacts.
#include "edge/cli/all_commands.hpp"
#include "edge/cli/common_values.hpp"
#include "edge/cli/watch.hpp"

namespace dialplane::cli {

namespace {

constexpr view_column approval_columns[] = {{"ID", "id"},
                                            {"STATUS", "status"},
                                            {"WHAT", "title"},
                                            {"CREDITS", "credits_estimate"},
                                            {"ASKED", "created_at"},
                                            {"EXPIRES", "expires_at"}};
constexpr view_column campaign_columns[] = {{"ID", "id"},          {"STATUS", "status"},
                                            {"KIND", "kind"},      {"USE CASES", "use_cases"},
                                            {"NUMBERS", "numbers"}, {"ETA", "eta"}};
constexpr view_column entry_columns[] = {{"WHEN", "created_at"},
                                         {"KIND", "kind"},
                                         {"FOR", "action"},
                                         {"CREDITS", "credits"},
                                         {"BALANCE", "balance_after"}};
constexpr view_column pack_columns[] = {
    {"PACK", "id"}, {"CREDITS", "credits"}, {"USD", "price_usd"}};
constexpr view_column user_columns[] = {{"ID", "id"},          {"EXTERNAL", "external_id"},
                                        {"LABEL", "label"},    {"STATUS", "status"},
                                        {"KIT", "account_kit_id"}};
constexpr view_column kit_columns[] = {
    {"ID", "id"}, {"NAME", "name"}, {"DEFAULT", "is_default"}, {"USERS", "user_count"}};
constexpr view_column formation_columns[] = {
    {"ID", "id"}, {"NAME", "registered_name"}, {"STATUS", "status"}, {"EIN", "ein"}};
constexpr view_column contact_columns[] = {
    {"NUMBER", "e164"}, {"OPTED OUT", "opted_out"}, {"CONSENT", "consent"}};

constexpr command_value approval_words[] = {{.name = "APPROVAL", .field = "id",
                                             .help = "The approval's id.",
                                             .place = value_place::path,
                                             .completes = "approval"}};
constexpr command_value approval_options[] = {
    {.name = "--status", .field = "status", .help = "Only approvals in this state.",
     .place = value_place::query, .placeholder = "STATUS",
     .choices = "pending|executing|executed|failed|denied|expired"},
    limit_option, cursor_option};
constexpr command_value deny_options[] = {
    {.name = "--reason", .field = "reason", .help = "Why not.", .placeholder = "TEXT"}};

constexpr client_command approvals[] = {
    {.name = "approvals list", .action = "approvals.list", .method = "GET",
     .path = "/v1/approvals", .help = "Show what waits for a human, and what became of it.",
     .example = "approvals list --status pending", .options = approval_options,
     .view = {"approvals", approval_columns}, .follows = true},
    {.name = "approvals watch", .action = "approvals.watch", .method = "GET",
     .path = "/v1/approvals", .help = "Show approvals again whenever they change, until Ctrl-C.",
     .example = "approvals watch --status pending", .options = approval_options,
     .view = {"approvals", approval_columns}, .run = watch_always},
    {.name = "approvals get", .action = "approvals.get", .method = "GET",
     .path = "/v1/approvals/{id}", .help = "Show one approval.",
     .example = "approvals get 0198c2a5-7c1e-7000-8000-000000000001", .words = approval_words,
     .follows = true},
    {.name = "approvals approve", .action = "approvals.approve", .method = "POST",
     .path = "/v1/approvals/{id}/approve", .help = "Let a frozen request run now.",
     .example = "approvals approve 0198c2a5-7c1e-7000-8000-000000000001",
     .words = approval_words, .effect = command_effect::spends},
    {.name = "approvals deny", .action = "approvals.deny", .method = "POST",
     .path = "/v1/approvals/{id}/deny", .help = "Refuse a frozen request.",
     .example = "approvals deny 0198c2a5-7c1e-7000-8000-000000000001 --reason \"not this month\"",
     .words = approval_words, .options = deny_options, .effect = command_effect::changes},
};

constexpr command_value campaign_words[] = {{.name = "CAMPAIGN", .field = "id",
                                             .help = "The campaign's id.",
                                             .place = value_place::path,
                                             .completes = "campaign"}};
constexpr client_command campaigns[] = {
    {.name = "campaigns list", .action = "campaigns.list", .method = "GET",
     .path = "/v1/campaigns", .help = "Show the registrations that let numbers send.",
     .example = "campaigns --watch", .options = page_options,
     .view = {"campaigns", campaign_columns}, .follows = true},
    {.name = "campaigns get", .action = "campaigns.get", .method = "GET",
     .path = "/v1/campaigns/{id}", .help = "Show one campaign, with what reviewers found.",
     .example = "campaigns get 0198c2a4-7c1e-7000-8000-000000000005", .words = campaign_words,
     .follows = true},
    {.name = "campaigns resubmit", .action = "campaigns.resubmit", .method = "POST",
     .path = "/v1/campaigns/{id}/resubmit", .help = "File a rejected campaign again.",
     .example = "campaigns resubmit 0198c2a4-7c1e-7000-8000-000000000005",
     .words = campaign_words, .effect = command_effect::changes},
    {.name = "campaigns end", .action = "campaigns.end", .method = "DELETE",
     .path = "/v1/campaigns/{id}", .help = "End a campaign that no number uses.",
     .example = "campaigns end 0198c2a4-7c1e-7000-8000-000000000005", .words = campaign_words,
     .effect = command_effect::removes},
};

constexpr command_value usage_options[] = {
    {.name = "--days", .field = "days", .help = "How far back.", .place = value_place::query,
     .kind = value_kind::integer, .placeholder = "N"},
    limit_option, cursor_option};
constexpr command_value pack_words[] = {
    {.name = "PACK", .field = "pack_id", .help = "Which pack.", .completes = "pack"}};
constexpr command_value user_words[] = {{.name = "USER", .field = "user_id",
                                         .help = "The user's id.", .place = value_place::path,
                                         .completes = "user"}};
constexpr command_value user_list_options[] = {limit_option, offset_option};
constexpr command_value user_options[] = {
    {.name = "--external-id", .field = "external_id", .help = "Your own id of this customer.",
     .placeholder = "ID"},
    {.name = "--email", .field = "email", .help = "Its e-mail address.", .placeholder = "ADDRESS"},
    label_option,
    {.name = "--kit", .field = "account_kit_id", .help = "The account kit that rules it.",
     .placeholder = "ID", .completes = "kit"},
    data_option};
constexpr command_value user_update_options[] = {
    user_options[0], user_options[1], label_option, user_options[3],
    {.name = "--status", .field = "status", .help = "Suspended users can do nothing.",
     .placeholder = "STATUS", .choices = "active|suspended"},
    data_option};
constexpr command_value kit_word = {.name = "KIT", .field = "id", .help = "The kit's id.",
                                    .place = value_place::path, .completes = "kit"};
constexpr command_value kit_words[] = {kit_word};
constexpr command_value kit_assign_words[] = {kit_word, user_words[0]};
constexpr command_value kit_options[] = {
    {.name = "--name", .field = "name", .help = "Its name.", .placeholder = "TEXT"},
    {.name = "--description", .field = "description", .help = "What it is for.",
     .placeholder = "TEXT"},
    {.name = "--requires-approval", .field = "primitives_config.phone.requiresApproval",
     .help = "Whether a human approves purchases.", .kind = value_kind::json,
     .placeholder = "true|false"},
    {.name = "--max-numbers", .field = "primitives_config.phone.defaults.max_numbers",
     .help = "Numbers a user may have.", .kind = value_kind::integer, .placeholder = "N"},
    {.name = "--monthly-credits", .field = "primitives_config.phone.defaults.monthly_credit_limit",
     .help = "Credits a user may spend a month.", .kind = value_kind::decimal,
     .placeholder = "CREDITS"},
    {.name = "--phone", .field = "primitives_config.phone.enabled",
     .help = "Whether users may have numbers at all.", .kind = value_kind::json,
     .placeholder = "true|false"},
    data_option};
constexpr command_value formation_words[] = {{.name = "COMPANY", .field = "id",
                                              .help = "The legal entity's id.",
                                              .place = value_place::path,
                                              .completes = "formation"}};
constexpr command_value formation_options[] = {
    {.name = "--name", .field = "registered_name", .help = "As in the register.",
     .placeholder = "TEXT"},
    {.name = "--entity-type", .field = "entity_type", .help = "Such as llc.",
     .placeholder = "TYPE"},
    {.name = "--website", .field = "website", .help = "Its web site.", .placeholder = "URL"},
    {.name = "--email", .field = "email", .help = "Its e-mail address.", .placeholder = "ADDRESS"},
    data_option};
constexpr command_value contact_words[] = {{.name = "E164", .field = "e164",
                                            .help = "A person's number, such as +14155550123.",
                                            .place = value_place::path}};
constexpr command_value contact_options[] = {
    {.name = "--opted-out", .field = "opted_out", .help = "Only who opted out.",
     .place = value_place::query, .kind = value_kind::truth},
    limit_option, cursor_option};
constexpr command_value data_options[] = {data_option};
constexpr command_value consent_options[] = {
    {.name = "--method", .field = "method", .help = "How they agreed.", .placeholder = "METHOD"},
    {.name = "--wording", .field = "wording", .help = "What they agreed to, word by word.",
     .placeholder = "TEXT"},
    {.name = "--identifier", .field = "identifier", .help = "Where the proof is kept.",
     .placeholder = "TEXT"},
    data_option};
constexpr command_value opt_in_options[] = {
    {.name = "--reason", .field = "reason", .help = "How they asked.", .placeholder = "TEXT"},
    {.name = "--confirmed-by-contact", .field = "confirmed_by_contact",
     .help = "The person said so themselves.", .kind = value_kind::truth},
    data_option};

constexpr client_command accounts[] = {
    {.name = "credits list", .action = "credits.list", .method = "GET", .path = "/v1/usage",
     .help = "Show balance and what credits were used for (also just `credits`).",
     .example = "credits --days 7", .options = usage_options, .view = {"entries", entry_columns}},
    {.name = "credits packs", .action = "credits.packs", .method = "GET",
     .path = "/v1/billing/packs", .help = "Show what can be bought.", .example = "credits packs",
     .view = {"packs", pack_columns}},
    {.name = "credits topup", .action = "credits.topup", .method = "POST",
     .path = "/v1/billing/topup", .help = "Add a pack of credits.",
     .example = "credits topup medium", .words = pack_words, .effect = command_effect::changes},
    {.name = "users list", .action = "users.list", .method = "GET", .path = "/v1/users",
     .help = "Show your customers.", .example = "users", .options = user_list_options,
     .view = {"users", user_columns}},
    {.name = "users get", .action = "users.get", .method = "GET", .path = "/v1/users/{user_id}",
     .help = "Show one user.", .example = "users get 0198c2a4-7c1e-7000-8000-000000000006",
     .words = user_words},
    {.name = "users create", .action = "users.create", .method = "POST", .path = "/v1/users",
     .help = "Add a customer of yours.", .example = "users create --external-id acme",
     .options = user_options, .effect = command_effect::changes},
    {.name = "users update", .action = "users.update", .method = "PATCH",
     .path = "/v1/users/{user_id}", .help = "Change a user.",
     .example = "users update 0198c2a4-7c1e-7000-8000-000000000006 --status suspended",
     .words = user_words, .options = user_update_options, .effect = command_effect::changes},
    {.name = "users delete", .action = "users.delete", .method = "DELETE",
     .path = "/v1/users/{user_id}", .help = "Remove a user that has no numbers.",
     .example = "users delete 0198c2a4-7c1e-7000-8000-000000000006", .words = user_words,
     .effect = command_effect::removes},
    {.name = "kits list", .action = "kits.list", .method = "GET", .path = "/v1/account-kits",
     .help = "Show the policies for users.", .example = "kits", .options = user_list_options,
     .view = {"account_kits", kit_columns}},
    {.name = "kits get", .action = "kits.get", .method = "GET", .path = "/v1/account-kits/{id}",
     .help = "Show one account kit.",
     .example = "kits get 0198c2a4-7c1e-7000-8000-000000000007", .words = kit_words},
    {.name = "kits create", .action = "kits.create", .method = "POST",
     .path = "/v1/account-kits", .help = "Make an account kit.",
     .example = "kits create --name Careful --requires-approval true --max-numbers 2",
     .options = kit_options, .effect = command_effect::changes},
    {.name = "kits update", .action = "kits.update", .method = "PATCH",
     .path = "/v1/account-kits/{id}", .help = "Change an account kit.",
     .example = "kits update 0198c2a4-7c1e-7000-8000-000000000007 --max-numbers 5",
     .words = kit_words, .options = kit_options, .effect = command_effect::changes},
    {.name = "kits delete", .action = "kits.delete", .method = "DELETE",
     .path = "/v1/account-kits/{id}", .help = "Remove a kit that no user has.",
     .example = "kits delete 0198c2a4-7c1e-7000-8000-000000000007", .words = kit_words,
     .effect = command_effect::removes},
    {.name = "kits assign", .action = "kits.assign", .method = "POST",
     .path = "/v1/account-kits/{id}/users/{user_id}/assign", .help = "Put a user under a kit.",
     .example = "kits assign 0198c2a4-7c1e-7000-8000-000000000007 "
                "0198c2a4-7c1e-7000-8000-000000000006",
     .words = kit_assign_words, .effect = command_effect::changes},
    {.name = "companies list", .action = "companies.list", .method = "GET",
     .path = "/v1/formation", .help = "Show the company that numbers are registered for.",
     .example = "companies", .view = {"formations", formation_columns}},
    {.name = "companies get", .action = "companies.get", .method = "GET",
     .path = "/v1/formation/{id}", .help = "Show one company.",
     .example = "companies get 0198c2a4-7c1e-7000-8000-000000000008", .words = formation_words},
    {.name = "companies create", .action = "companies.create", .method = "POST",
     .path = "/v1/formation", .help = "Record a company.",
     .example = "companies create --name \"Harbor Tools LLC\" --data @company.json",
     .options = formation_options, .effect = command_effect::changes},
    {.name = "companies update", .action = "companies.update", .method = "PATCH",
     .path = "/v1/formation/{id}", .help = "Change a company's record.",
     .example = "companies update 0198c2a4-7c1e-7000-8000-000000000008 --data @company.json",
     .words = formation_words, .options = formation_options, .effect = command_effect::changes},
    {.name = "companies submit", .action = "companies.submit", .method = "POST",
     .path = "/v1/formation/{id}/submit", .help = "Say that the record is complete.",
     .example = "companies submit 0198c2a4-7c1e-7000-8000-000000000008",
     .words = formation_words, .effect = command_effect::changes},
    {.name = "companies complete", .action = "companies.complete", .method = "POST",
     .path = "/v1/formation/{id}/complete", .help = "Attest that the company is real.",
     .example = "companies complete 0198c2a4-7c1e-7000-8000-000000000008",
     .words = formation_words, .effect = command_effect::changes},
    {.name = "contacts list", .action = "contacts.list", .method = "GET", .path = "/v1/contacts",
     .help = "Show whom you wrote to, and who opted out.", .example = "contacts --opted-out",
     .options = contact_options, .view = {"contacts", contact_columns}},
    {.name = "contacts get", .action = "contacts.get", .method = "GET",
     .path = "/v1/contacts/{e164}", .help = "Show one contact.",
     .example = "contacts get +14155550123", .words = contact_words},
    {.name = "contacts consent", .action = "contacts.consent", .method = "PUT",
     .path = "/v1/contacts/{e164}/consent", .help = "Record how a person agreed to texts.",
     .example = "contacts consent +14155550123 --method web_form --wording \"I agree to texts.\" "
                "--identifier order-17",
     .words = contact_words, .options = consent_options, .effect = command_effect::changes},
    {.name = "contacts opt-out", .action = "contacts.opt_out", .method = "POST",
     .path = "/v1/contacts/{e164}/opt-out", .help = "Send no more texts to a person.",
     .example = "contacts opt-out +14155550123", .words = contact_words,
     .options = data_options, .effect = command_effect::changes},
    {.name = "contacts opt-in", .action = "contacts.opt_in", .method = "POST",
     .path = "/v1/contacts/{e164}/opt-in", .help = "Take an opt-out back, as the person asked.",
     .example = "contacts opt-in +14155550123", .words = contact_words, .options = opt_in_options,
     .effect = command_effect::changes},
};

}  // namespace

std::span<const client_command> approval_commands() noexcept { return approvals; }
std::span<const client_command> campaign_commands() noexcept { return campaigns; }
std::span<const client_command> account_commands() noexcept { return accounts; }

}  // namespace dialplane::cli
