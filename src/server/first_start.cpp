#include "server/first_start.hpp"

#include "app/agents.hpp"
#include "app/legal_entities.hpp"
#include "server/blocking_store.hpp"
#include "server/demo_company.hpp"
#include "app/new_keys.hpp"
#include "server/organization_founding.hpp"

namespace dialplane {

namespace {

organization_wish wish_of(const server_settings& settings, const first_start_report& keys) {
  organization_wish wish;
  wish.name = settings.demo ? "Demo" : "Default";
  wish.plan = settings.demo ? "scale" : settings.default_plan;
  wish.credits = settings.rules.prices.starting_balance;
  if (settings.demo_slots_given) wish.slots_override = settings.demo_slots;
  if (settings.demo_credits_given) wish.credits = micro_credits::credits(settings.demo_credits);
  wish.operator_key = keys.operator_key.copy();
  wish.agent_key = keys.agent_key.copy();
  return wish;
}

result<agent_id> seed_demo(session& work, const app_environment& env, const actor& who) {
  const legal_entity_changes company{.record = demo_company(), .ein = {}};
  TRY_ASSIGN(const legal_entity entity,
             create_legal_entity(work, env, who, std::nullopt, company, ""));
  TRY(submit_legal_entity(work, env, who, entity.id, ""));
  TRY(complete_legal_entity(work, env, who, entity.id, ""));
  agent_creation support;
  support.name = demo_agent_name;
  TRY_ASSIGN(const agent made, create_agent(work, env, who, std::move(support), ""));
  return made.id;
}

result<std::optional<agent_id>> found(session& work, const app_environment& env,
                                      const server_settings& settings,
                                      const first_start_report& keys) {
  TRY_ASSIGN(const founded_organization made,
             found_organization(work, env.ids(), env.now(), wish_of(settings, keys)));
  TRY(record_local_act(work, env.ids(), env.now(), made.row.id, "system", "organization.created",
                       made.row.id.uuid()));
  if (!settings.demo) return std::optional<agent_id>();
  const actor founder{.organization = made.row.id,
                      .key = made.operator_key.id,
                      .role = key_role::operator_key};
  TRY_ASSIGN(const agent_id agent, seed_demo(work, env, founder));
  return std::optional<agent_id>(agent);
}

// The demo's agent, as far as it still exists.
result<std::optional<agent_id>> find_demo_agent(session& work, organization_id owner) {
  TRY_ASSIGN(const page<agent> agents,
             work.agents().page_of(owner, std::string(demo_agent_name), {.limit = 1}));
  if (agents.rows.empty()) return std::optional<agent_id>();
  return std::optional<agent_id>(agents.rows.front().id);
}

struct outcome {
  bool made_now = false;
  std::optional<agent_id> agent;
};

}  // namespace

result<given_keys> read_given_keys(const named_texts& variables) {
  given_keys given;
  for (const auto& [name, text] : variables) {
    if (name != "DIALPLANE_OPERATOR_KEY" && name != "DIALPLANE_AGENT_KEY") continue;
    TRY(check_given_key(name, text));
    (name == "DIALPLANE_OPERATOR_KEY" ? given.operator_key : given.agent_key) =
        secret_string(text);
  }
  if (!given.operator_key.empty() && given.operator_key.reveal() == given.agent_key.reveal()) {
    return refused(error_code::invalid_input,
                   "DIALPLANE_OPERATOR_KEY and DIALPLANE_AGENT_KEY must be two different keys.");
  }
  return given;
}

result<first_start_report> first_start(app_environment& env, const server_settings& settings,
                                       given_keys given) {
  first_start_report report;
  report.operator_key = given.operator_key.empty()
                            ? make_key_text(key_role::operator_key, env.random)
                            : std::move(given.operator_key);
  report.agent_key = given.agent_key.empty() ? make_key_text(key_role::agent_key, env.random)
                                             : std::move(given.agent_key);
  TRY_ASSIGN(const outcome done,
             write_and_wait<outcome>(env.database(), [&](session& work) -> result<outcome> {
               TRY_ASSIGN(const auto present, work.organizations().first());
               if (present) {
                 TRY_ASSIGN(const auto agent, find_demo_agent(work, present->id));
                 return outcome{.made_now = false, .agent = agent};
               }
               TRY_ASSIGN(const auto agent, found(work, env, settings, report));
               return outcome{.made_now = true, .agent = agent};
             }));
  report.made_now = done.made_now;
  report.agent = done.agent;
  if (!done.made_now) {
    report.operator_key = secret_string();
    report.agent_key = secret_string();
  }
  return report;
}

}  // namespace dialplane
