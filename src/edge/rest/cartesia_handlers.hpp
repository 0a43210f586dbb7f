// Handlers of the cartesia dialect, one per operation of contract/openapi.yaml.
#pragma once

#include "edge/rest/request_context.hpp"

namespace dialplane {

void cartesia_status(rest_context context);  // GET /

// Numbers. Path parameter: id.
void cartesia_numbers_provision(rest_context context);
void cartesia_numbers_list(rest_context context);
void cartesia_numbers_get(rest_context context);
void cartesia_numbers_update(rest_context context);
void cartesia_numbers_delete(rest_context context);
void cartesia_numbers_import(rest_context context);

// Telephony providers. Path parameter: id.
void cartesia_providers_create(rest_context context);
void cartesia_providers_list(rest_context context);
void cartesia_providers_get(rest_context context);
void cartesia_providers_update(rest_context context);
void cartesia_providers_delete(rest_context context);

// Agents, first generation. Path parameter: agent_id.
void cartesia_agents_list(rest_context context);
void cartesia_agents_templates(rest_context context);
void cartesia_agents_get(rest_context context);
void cartesia_agents_update(rest_context context);
void cartesia_agents_delete(rest_context context);
void cartesia_agents_numbers(rest_context context);

// Agent webhooks. Path parameter: id.
void cartesia_webhooks_create(rest_context context);
void cartesia_webhooks_list(rest_context context);
void cartesia_webhooks_update(rest_context context);

// Calls. Path parameter: call_id.
void cartesia_calls_list(rest_context context);
void cartesia_calls_get(rest_context context);

// Managed agents. Path parameter: agent_id.
void cartesia_managed_agents_create(rest_context context);
void cartesia_managed_agents_list(rest_context context);
void cartesia_managed_agents_get(rest_context context);
void cartesia_managed_agents_update(rest_context context);
void cartesia_managed_agents_delete(rest_context context);

}  // namespace dialplane
