#include "server/local_commands.hpp"

#include <sys/stat.h>

#include <array>
#include <boost/json/value.hpp>
#include <filesystem>
#include <future>
#include <utility>

#include "base/utf8.hpp"
#include "server/audit_commands.hpp"
#include "server/blocking_store.hpp"
#include "server/carrier_commands.hpp"
#include "server/exposure_command.hpp"
#include "server/key_commands.hpp"
#include "app/new_keys.hpp"
#include "server/generation.hpp"
#include "server/organization_founding.hpp"
#include "server/reconcile_command.hpp"
#include "server/store_check.hpp"

namespace dialplane {

namespace {

namespace json = boost::json;

result<json::object> create_organization(local_environment& env, const json::object& options) {
  const std::string name = option_text(options, "name").value_or("");
  if (trim(name).empty() || !is_valid_utf8(name) || count_code_points(name) > 100) {
    return bad_field("name", "--name must be a text of 1 to 100 characters.");
  }
  organization_wish wish;
  wish.name = name;
  wish.plan = option_text(options, "plan").value_or(env.settings.default_plan);
  if (!parse_plan(wish.plan)) {
    return bad_field("plan", "--plan must be free, pro, startup, scale or enterprise.");
  }
  wish.credits = env.settings.rules.prices.starting_balance;
  wish.operator_key = make_key_text(key_role::operator_key, env.home.random);
  wish.agent_key = make_key_text(key_role::agent_key, env.home.random);
  TRY_ASSIGN(const founded_organization made,
             write_and_wait<founded_organization>(
                 *env.home.database, [&](session& work) -> result<founded_organization> {
                   const timestamp now = env.home.time.now();
                   TRY_ASSIGN(founded_organization founded,
                              found_organization(work, env.home.ids, now, wish));
                   TRY(record_local_act(work, env.home.ids, now, founded.row.id, "local",
                                        "organization.created", founded.row.id.uuid()));
                   return founded;
                 }));
  env.keys_changed();
  return json::object{{"organization_id", made.row.id.uuid()},
                      {"name", made.row.name},
                      {"plan", made.row.plan},
                      {"default_user_id", made.default_user.uuid()},
                      {"operator_key", wish.operator_key.reveal()},
                      {"agent_key", wish.agent_key.reveal()}};
}

result<json::object> list_organizations(local_environment& env, const json::object&) {
  constexpr std::size_t shown_max = 1'000;
  TRY_ASSIGN(const std::vector<organization> rows,
             read_and_wait<std::vector<organization>>(*env.home.database, [](session& work) {
               return work.organizations().all(shown_max);
             }));
  json::array list;
  for (const organization& row : rows) {
    list.push_back(json::object{{"id", row.id.uuid()},
                                {"name", row.name},
                                {"plan", row.plan},
                                {"created_at", to_rfc3339(row.created_at)}});
  }
  return json::object{{"organizations", std::move(list)}};
}

result<json::object> back_up(local_environment& env, const json::object& options) {
  const std::string path = option_text(options, "file").value_or("");
  if (path.empty()) return bad_field("file", "Say where the copy goes: dialplane backup FILE.");
  std::error_code failure;
  if (std::filesystem::exists(path, failure)) {
    return conflicting(error_code::conflict,
                       path + " is there already; a backup never overwrites a file.");
  }
  std::promise<result<void>> outcome;
  env.home.database->backup(path, [&outcome](result<void> done) {
    outcome.set_value(std::move(done));
  });
  TRY(outcome.get_future().get());
  // From here on the copy is older than the database: put in its place, it is recognised.
  TRY(raise_generation(*env.home.database, generation_file_of(env.settings)));
  chmod(path.c_str(), 0600);
  const std::uintmax_t bytes = std::filesystem::file_size(path, failure);
  return json::object{{"file", path}, {"bytes", failure ? 0 : bytes}};
}

constexpr std::array<std::pair<std::string_view, local_command>, 16> commands = {{
    {"organizations create", &create_organization},
    {"organizations list", &list_organizations},
    {"keys create", &create_key},
    {"keys list", &list_keys},
    {"keys revoke", &revoke_key},
    {"audit verify", &verify_audit},
    {"audit head", &show_audit_head},
    {"backup", &back_up},
    {"check", &check_store},
    {"exposure", &show_exposure},
    {"carriers list", &list_carriers},
    {"carriers add", &add_carrier},
    {"carriers check", &check_carrier},
    {"carriers rotate", &rotate_carrier},
    {"carriers remove", &remove_carrier},
    {"reconcile", &reconcile_accounts},
}};

}  // namespace

std::optional<std::string> option_text(const json::object& options, std::string_view name) {
  const json::value* found = options.if_contains(name);
  if (found == nullptr || !found->is_string()) return std::nullopt;
  return std::string(found->get_string());
}

result<organization> chosen_organization(session& work, const json::object& options) {
  const std::optional<std::string> asked = option_text(options, "organization");
  std::optional<organization> found;
  if (asked) {
    const std::optional<organization_id> id = organization_id::parse(*asked);
    if (!id) return bad_field("organization", "--organization must be an organization's id.");
    TRY_ASSIGN(found, work.organizations().find(*id));
  } else {
    TRY_ASSIGN(found, work.organizations().first());
  }
  if (!found) return refused(error_code::not_found, "There is no such organization.");
  return *std::move(found);
}

result<json::object> run_local_command(local_environment& env, const json::object& request) {
  const std::string name = option_text(request, "command").value_or("");
  const json::value* options = request.if_contains("options");
  const json::object none;
  for (const auto& [known, run] : commands) {
    if (known == name) {
      return run(env, options != nullptr && options->is_object() ? options->get_object() : none);
    }
  }
  return refused(error_code::invalid_input, "There is no command " + name + ".");
}

}  // namespace dialplane
