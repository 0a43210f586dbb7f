// Handlers that belong to no dialect's documents: health, metrics, and the operator's hand on the
// sandbox carrier.
#pragma once

#include "edge/rest/request_context.hpp"

namespace dialplane {

void plain_health(rest_context context);        // short form of ready
void plain_health_live(rest_context context);
void plain_health_ready(rest_context context);
void plain_metrics(rest_context context);

// What carriers tell us. Path parameter: carrier.
void plain_carrier_webhook(rest_context context);
void plain_carrier_calls(rest_context context);
// What of it could not be understood, for the operator. Path parameter: id.
void plain_inbox_list(rest_context context);
void plain_inbox_retry(rest_context context);

// Carrier accounts against our books.
void plain_reconcile_get(rest_context context);
void plain_reconcile_start(rest_context context);

// 501 not_configured where no sandbox carrier runs.
void plain_sandbox_get(rest_context context);
void plain_sandbox_update(rest_context context);
void plain_sandbox_faults_add(rest_context context);
void plain_sandbox_faults_list(rest_context context);
void plain_sandbox_faults_clear(rest_context context);
void plain_sandbox_numbers(rest_context context);
void plain_sandbox_messages_list(rest_context context);
void plain_sandbox_messages_add(rest_context context);
void plain_sandbox_calls_add(rest_context context);

}  // namespace dialplane
