// Handlers of the naive dialect, one per operation of contract/openapi.yaml. The company's mount
// (/v1/phone/...) and the user's (/v1/users/{user_id}/phone/...) share them: the subject comes
// from rest_context::asked_user().
#pragma once

#include "edge/rest/request_context.hpp"

namespace dialplane {

// Phone. Path parameters: id, agent_id.
void naive_phone_provision(rest_context context);
void naive_phone_list(rest_context context);
void naive_phone_status(rest_context context);
void naive_phone_get(rest_context context);
void naive_phone_release(rest_context context);
void naive_phone_restore(rest_context context);
void naive_phone_campaign(rest_context context);
void naive_phone_assignments(rest_context context);
void naive_phone_assign(rest_context context);
void naive_phone_unassign(rest_context context);
void naive_phone_sms(rest_context context);
void naive_phone_messages(rest_context context);
void naive_phone_message(rest_context context);  // id: the message's
void naive_phone_messages_wait(rest_context context);
void naive_phone_available(rest_context context);
void naive_quotes_create(rest_context context);
void naive_quotes_get(rest_context context);  // id: the quote's

// Contacts. Path parameter: e164.
void naive_contacts_list(rest_context context);
void naive_contacts_get(rest_context context);
void naive_contacts_consent(rest_context context);
void naive_contacts_opt_out(rest_context context);
void naive_contacts_opt_in(rest_context context);

// Registration. Path parameter: id.
void naive_campaigns_list(rest_context context);
void naive_campaigns_get(rest_context context);
void naive_campaigns_resubmit(rest_context context);
void naive_campaigns_end(rest_context context);
void naive_registration_check(rest_context context);
void naive_brand_code_resend(rest_context context);
void naive_brand_code_confirm(rest_context context);

// Approvals. Path parameter: id.
void naive_approvals_list(rest_context context);
void naive_approvals_get(rest_context context);
void naive_approvals_approve(rest_context context);
void naive_approvals_deny(rest_context context);

// Users. Path parameter: user_id.
void naive_users_create(rest_context context);
void naive_users_list(rest_context context);
void naive_users_get(rest_context context);
void naive_users_update(rest_context context);
void naive_users_delete(rest_context context);

// Account kits. Path parameters: id, user_id (assign).
void naive_account_kits_create(rest_context context);
void naive_account_kits_list(rest_context context);
void naive_account_kits_get(rest_context context);
void naive_account_kits_update(rest_context context);
void naive_account_kits_delete(rest_context context);
void naive_account_kits_assign(rest_context context);

// Webhooks. Path parameter: id, of a webhook or of a delivery.
void naive_webhooks_create(rest_context context);
void naive_webhooks_list(rest_context context);
void naive_webhooks_get(rest_context context);
void naive_webhooks_update(rest_context context);
void naive_webhooks_delete(rest_context context);
void naive_webhooks_test(rest_context context);
void naive_webhooks_rotate_secret(rest_context context);
void naive_webhooks_deliveries(rest_context context);
void naive_webhook_delivery(rest_context context);
void naive_webhook_replay(rest_context context);
void naive_webhook_event_types(rest_context context);
void naive_events_stream(rest_context context);

// API keys. Path parameter: id.
void naive_keys_create(rest_context context);
void naive_keys_list(rest_context context);
void naive_keys_revoke(rest_context context);
void naive_key_identity(rest_context context);

// Where an agent takes its calls. Path parameter: agent_id.
void naive_voice_endpoint_put(rest_context context);
void naive_voice_endpoint_get(rest_context context);
void naive_voice_endpoint_delete(rest_context context);

// Credits.
void naive_usage(rest_context context);
void naive_billing_packs(rest_context context);
void naive_billing_topup(rest_context context);

// Legal entities. Path parameter: id.
void naive_formation_create(rest_context context);
void naive_formation_list(rest_context context);
void naive_formation_get(rest_context context);
void naive_formation_update(rest_context context);
void naive_formation_submit(rest_context context);
void naive_formation_complete(rest_context context);
void naive_verification(rest_context context);

// Operations and audit. Path parameter: id.
void naive_operations_get(rest_context context);
void naive_audit_list(rest_context context);

// Carrier accounts. Path parameter: name.
void naive_carriers_list(rest_context context);
void naive_carriers_add(rest_context context);
void naive_carriers_get(rest_context context);
void naive_carriers_update(rest_context context);
void naive_carriers_remove(rest_context context);
void naive_carriers_check(rest_context context);

}  // namespace dialplane
