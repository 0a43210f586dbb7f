// Endpoints that want to be told of events: making, changing, testing and reading them, and the log
// of what was delivered. Verbs that run inside a unit, with their audit entries.
//
// A secret is made here, shown once by the caller, and kept sealed. Whoever wrote deliveries or
// switched an endpoint tells the dispatcher after the commit (webhook_dispatcher::look). Rules:
// naive dialect §10, cartesia dialect "Webhooks".
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/environment.hpp"
#include "base/object_reader.hpp"
#include "base/secret.hpp"
#include "domain/organization.hpp"
#include "domain/webhook.hpp"
#include "store/session.hpp"
#include "store/webhook_queries.hpp"

namespace dialplane {

// What is given is set. The URL and the types are checked already.
struct webhook_input {
  std::optional<std::string> url;
  std::optional<std::vector<std::string>> event_types;
  std::optional<bool> active;
  nullable<std::string> display_name;
};

struct webhook_creation {
  webhook_style style = webhook_style::naive;
  std::optional<user_id> user;    // of the path or header
  std::optional<agent_id> agent;  // makes it this agent's message endpoint
  webhook_input input;            // with url and event_types
  std::optional<std::string> secret;  // cartesia: the caller's own
  std::string version;                // cartesia
};

struct made_webhook {
  webhook_endpoint row;
  secret_string secret;
};

inline constexpr std::int64_t webhooks_max = 100;  // per organization

// conflict: the agent has a message endpoint, or there are too many endpoints. not_found: no such
// user. resource_not_found: no such agent.
result<made_webhook> create_webhook(session& work, const app_environment& env, const actor& who,
                                    const webhook_creation& asked, std::string_view request);
// Switching on forgets why it was off, and what happened meanwhile.
result<webhook_endpoint> update_webhook(session& work, const app_environment& env,
                                        const actor& who, std::optional<user_id> of,
                                        webhook_endpoint_id id, const webhook_input& input,
                                        std::string_view request);
result<void> remove_webhook(session& work, const app_environment& env, const actor& who,
                            std::optional<user_id> of, webhook_endpoint_id id,
                            std::string_view request);
// A new secret; the old one signs too for `overlap`. `secret`: the caller's own (cartesia).
result<made_webhook> rotate_webhook_secret(session& work, const app_environment& env,
                                           const actor& who, std::optional<user_id> of,
                                           webhook_endpoint_id id, std::chrono::hours overlap,
                                           std::optional<std::string> secret,
                                           std::string_view request);
// Writes an event and its one delivery. conflict: the endpoint is switched off.
result<delivery> test_webhook(session& work, const app_environment& env, const actor& who,
                              std::optional<user_id> of, webhook_endpoint_id id,
                              std::string_view request);
// Tries a delivery again from the start of the schedule. conflict: its endpoint is gone or switched
// off.
result<delivery> replay_delivery(session& work, const app_environment& env, const actor& who,
                                 std::optional<user_id> of, delivery_id id,
                                 std::string_view request);

// not_found. `of`: only that user's.
result<webhook_endpoint> get_webhook(session& work, const actor& who, std::optional<user_id> of,
                                     webhook_endpoint_id id);
struct logged_delivery {
  delivery row;
  std::vector<delivery_attempt> tries;
};
result<logged_delivery> get_delivery(session& work, const actor& who, std::optional<user_id> of,
                                     delivery_id id);

}  // namespace dialplane
