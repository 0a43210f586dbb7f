// Every route the server answers, one line each. contract/openapi.yaml describes the same list.
#include <array>

#include "edge/mcp/mcp_handlers.hpp"
#include "edge/rest/cartesia_handlers.hpp"
#include "edge/rest/naive_handlers.hpp"
#include "edge/rest/plain_handlers.hpp"
#include "edge/rest/router.hpp"

namespace dialplane {

namespace {

constexpr auto cartesia = wire_dialect::cartesia;
constexpr auto naive = wire_dialect::naive;
constexpr auto plain = wire_dialect::plain;
constexpr auto mcp = wire_dialect::mcp;
constexpr auto anyone = access::anyone;
constexpr auto any_key = access::any_key;
constexpr auto operators = access::operator_only;
constexpr auto approver = access::approver;

// clang-format off
constexpr auto endpoint_rows = std::to_array<endpoint>({
  {"GET",    "/", cartesia, anyone, cartesia_status},

  {"POST",   "/agents/phone-numbers/provision", cartesia, any_key, cartesia_numbers_provision},
  {"GET",    "/agents/phone-numbers", cartesia, any_key, cartesia_numbers_list},
  {"POST",   "/agents/phone-numbers", cartesia, any_key, cartesia_numbers_import},
  {"GET",    "/agents/phone-numbers/providers", cartesia, any_key, cartesia_providers_list},
  {"POST",   "/agents/phone-numbers/providers", cartesia, operators, cartesia_providers_create},
  {"GET",    "/agents/phone-numbers/providers/{id}", cartesia, any_key, cartesia_providers_get},
  {"PATCH",  "/agents/phone-numbers/providers/{id}", cartesia, operators,
   cartesia_providers_update},
  {"DELETE", "/agents/phone-numbers/providers/{id}", cartesia, operators,
   cartesia_providers_delete},
  {"GET",    "/v1/carriers", naive, operators, naive_carriers_list},
  {"POST",   "/v1/carriers", naive, operators, naive_carriers_add},
  {"GET",    "/v1/carriers/{name}", naive, operators, naive_carriers_get},
  {"PATCH",  "/v1/carriers/{name}", naive, operators, naive_carriers_update},
  {"DELETE", "/v1/carriers/{name}", naive, operators, naive_carriers_remove},
  {"POST",   "/v1/carriers/{name}/check", naive, operators, naive_carriers_check},
  {"GET",    "/agents/phone-numbers/{id}", cartesia, any_key, cartesia_numbers_get},
  {"PATCH",  "/agents/phone-numbers/{id}", cartesia, any_key, cartesia_numbers_update},
  {"DELETE", "/agents/phone-numbers/{id}", cartesia, any_key, cartesia_numbers_delete},

  {"GET",    "/agents", cartesia, any_key, cartesia_agents_list},
  {"GET",    "/agents/templates", cartesia, anyone, cartesia_agents_templates},
  {"POST",   "/agents/webhooks", cartesia, operators, cartesia_webhooks_create},
  {"GET",    "/agents/webhooks", cartesia, operators, cartesia_webhooks_list},
  {"PATCH",  "/agents/webhooks/{id}", cartesia, operators, cartesia_webhooks_update},
  {"GET",    "/agents/calls", cartesia, any_key, cartesia_calls_list},
  {"GET",    "/agents/calls/{call_id}", cartesia, any_key, cartesia_calls_get},
  {"GET",    "/agents/{agent_id}", cartesia, any_key, cartesia_agents_get},
  {"PATCH",  "/agents/{agent_id}", cartesia, any_key, cartesia_agents_update},
  {"DELETE", "/agents/{agent_id}", cartesia, any_key, cartesia_agents_delete},
  {"GET",    "/agents/{agent_id}/phone-numbers", cartesia, any_key, cartesia_agents_numbers},

  {"POST",   "/v1/agents", cartesia, any_key, cartesia_managed_agents_create},
  {"GET",    "/v1/agents", cartesia, any_key, cartesia_managed_agents_list},
  {"GET",    "/v1/agents/{agent_id}", cartesia, any_key, cartesia_managed_agents_get},
  {"PATCH",  "/v1/agents/{agent_id}", cartesia, any_key, cartesia_managed_agents_update},
  {"DELETE", "/v1/agents/{agent_id}", cartesia, any_key, cartesia_managed_agents_delete},

  {"POST",   "/v1/phone/provision", naive, any_key, naive_phone_provision},
  {"GET",    "/v1/phone", naive, any_key, naive_phone_list},
  {"GET",    "/v1/phone/status", naive, any_key, naive_phone_status},
  {"GET",    "/v1/phone/available", naive, any_key, naive_phone_available},
  {"POST",   "/v1/phone/quotes", naive, any_key, naive_quotes_create},
  {"GET",    "/v1/phone/quotes/{id}", naive, any_key, naive_quotes_get},
  {"GET",    "/v1/users/{user_id}/phone/available", naive, any_key, naive_phone_available},
  {"POST",   "/v1/users/{user_id}/phone/quotes", naive, any_key, naive_quotes_create},
  {"GET",    "/v1/users/{user_id}/phone/quotes/{id}", naive, any_key, naive_quotes_get},
  {"GET",    "/v1/phone/registration/check", naive, any_key, naive_registration_check},
  {"POST",   "/v1/phone/brand-verification/resend", naive, any_key, naive_brand_code_resend},
  {"POST",   "/v1/phone/brand-verification/confirm", naive, any_key, naive_brand_code_confirm},
  {"GET",    "/v1/phone/{id}", naive, any_key, naive_phone_get},
  {"DELETE", "/v1/phone/{id}", naive, any_key, naive_phone_release},
  {"POST",   "/v1/phone/{id}/restore", naive, any_key, naive_phone_restore},
  {"GET",    "/v1/phone/{id}/campaign", naive, any_key, naive_phone_campaign},
  {"GET",    "/v1/phone/{id}/assignments", naive, any_key, naive_phone_assignments},
  {"POST",   "/v1/phone/{id}/assign", naive, any_key, naive_phone_assign},
  {"DELETE", "/v1/phone/{id}/assign/{agent_id}", naive, any_key, naive_phone_unassign},
  {"POST",   "/v1/phone/{id}/sms", naive, any_key, naive_phone_sms},
  {"GET",    "/v1/phone/{id}/messages", naive, any_key, naive_phone_messages},
  {"GET",    "/v1/phone/messages/{id}", naive, any_key, naive_phone_message},
  {"POST",   "/v1/phone/{id}/messages/wait", naive, any_key, naive_phone_messages_wait},
  {"POST",   "/v1/users/{user_id}/phone/{id}/sms", naive, any_key, naive_phone_sms},
  {"GET",    "/v1/users/{user_id}/phone/{id}/messages", naive, any_key, naive_phone_messages},
  {"GET",    "/v1/users/{user_id}/phone/messages/{id}", naive, any_key, naive_phone_message},
  {"POST",   "/v1/users/{user_id}/phone/{id}/messages/wait", naive, any_key,
   naive_phone_messages_wait},

  {"PUT",    "/v1/voice-endpoints/{agent_id}", naive, operators, naive_voice_endpoint_put},
  {"GET",    "/v1/voice-endpoints/{agent_id}", naive, any_key, naive_voice_endpoint_get},
  {"DELETE", "/v1/voice-endpoints/{agent_id}", naive, operators, naive_voice_endpoint_delete},
  {"POST",   "/carriers/{carrier}/texts", naive, anyone, plain_carrier_webhook},
  {"POST",   "/carriers/{carrier}/calls", naive, anyone, plain_carrier_calls},
  {"POST",   "/carriers/{carrier}/calls/next", naive, anyone, plain_carrier_calls},
  {"POST",   "/carriers/{carrier}/calls/status", naive, anyone, plain_carrier_calls},
  {"POST",   "/v1/sandbox/calls", naive, operators, plain_sandbox_calls_add},

  {"POST",   "/webhooks/{carrier}", naive, anyone, plain_carrier_webhook},
  {"GET",    "/v1/inbox", naive, operators, plain_inbox_list},
  {"POST",   "/v1/inbox/{id}/retry", naive, operators, plain_inbox_retry},
  {"GET",    "/v1/sandbox/messages", naive, operators, plain_sandbox_messages_list},
  {"POST",   "/v1/sandbox/messages", naive, operators, plain_sandbox_messages_add},

  {"POST",   "/v1/users/{user_id}/phone/provision", naive, any_key, naive_phone_provision},
  {"GET",    "/v1/users/{user_id}/phone", naive, any_key, naive_phone_list},
  {"GET",    "/v1/users/{user_id}/phone/status", naive, any_key, naive_phone_status},
  {"GET",    "/v1/users/{user_id}/phone/registration/check", naive, any_key,
   naive_registration_check},
  {"POST",   "/v1/users/{user_id}/phone/brand-verification/resend", naive, any_key,
   naive_brand_code_resend},
  {"POST",   "/v1/users/{user_id}/phone/brand-verification/confirm", naive, any_key,
   naive_brand_code_confirm},
  {"GET",    "/v1/users/{user_id}/phone/{id}", naive, any_key, naive_phone_get},
  {"DELETE", "/v1/users/{user_id}/phone/{id}", naive, any_key, naive_phone_release},
  {"POST",   "/v1/users/{user_id}/phone/{id}/restore", naive, any_key, naive_phone_restore},
  {"GET",    "/v1/users/{user_id}/phone/{id}/campaign", naive, any_key, naive_phone_campaign},
  {"GET",    "/v1/users/{user_id}/phone/{id}/assignments", naive, any_key, naive_phone_assignments},
  {"POST",   "/v1/users/{user_id}/phone/{id}/assign", naive, any_key, naive_phone_assign},
  {"DELETE", "/v1/users/{user_id}/phone/{id}/assign/{agent_id}", naive, any_key,
   naive_phone_unassign},

  {"GET",    "/v1/contacts", naive, any_key, naive_contacts_list},
  {"GET",    "/v1/contacts/{e164}", naive, any_key, naive_contacts_get},
  {"PUT",    "/v1/contacts/{e164}/consent", naive, any_key, naive_contacts_consent},
  {"POST",   "/v1/contacts/{e164}/opt-out", naive, any_key, naive_contacts_opt_out},
  {"POST",   "/v1/contacts/{e164}/opt-in", naive, operators, naive_contacts_opt_in},
  {"GET",    "/v1/users/{user_id}/contacts", naive, any_key, naive_contacts_list},
  {"GET",    "/v1/users/{user_id}/contacts/{e164}", naive, any_key, naive_contacts_get},
  {"PUT",    "/v1/users/{user_id}/contacts/{e164}/consent", naive, any_key,
   naive_contacts_consent},
  {"POST",   "/v1/users/{user_id}/contacts/{e164}/opt-out", naive, any_key, naive_contacts_opt_out},
  {"POST",   "/v1/users/{user_id}/contacts/{e164}/opt-in", naive, operators, naive_contacts_opt_in},
  {"GET",    "/v1/campaigns", naive, any_key, naive_campaigns_list},
  {"GET",    "/v1/campaigns/{id}", naive, any_key, naive_campaigns_get},
  {"POST",   "/v1/campaigns/{id}/resubmit", naive, operators, naive_campaigns_resubmit},
  {"DELETE", "/v1/campaigns/{id}", naive, operators, naive_campaigns_end},

  {"GET",    "/v1/approvals", naive, any_key, naive_approvals_list},
  {"GET",    "/v1/approvals/{id}", naive, any_key, naive_approvals_get},
  {"POST",   "/v1/approvals/{id}/approve", naive, approver, naive_approvals_approve},
  {"POST",   "/v1/approvals/{id}/deny", naive, approver, naive_approvals_deny},
  {"GET",    "/v1/users/{user_id}/approvals", naive, any_key, naive_approvals_list},
  {"GET",    "/v1/users/{user_id}/approvals/{id}", naive, any_key, naive_approvals_get},
  {"POST",   "/v1/users/{user_id}/approvals/{id}/approve", naive, approver,
   naive_approvals_approve},
  {"POST",   "/v1/users/{user_id}/approvals/{id}/deny", naive, approver, naive_approvals_deny},

  {"POST",   "/v1/users", naive, operators, naive_users_create},
  {"GET",    "/v1/users", naive, operators, naive_users_list},
  {"GET",    "/v1/users/{user_id}", naive, operators, naive_users_get},
  {"PATCH",  "/v1/users/{user_id}", naive, operators, naive_users_update},
  {"DELETE", "/v1/users/{user_id}", naive, operators, naive_users_delete},

  {"POST",   "/v1/account-kits", naive, operators, naive_account_kits_create},
  {"GET",    "/v1/account-kits", naive, operators, naive_account_kits_list},
  {"GET",    "/v1/account-kits/{id}", naive, operators, naive_account_kits_get},
  {"PATCH",  "/v1/account-kits/{id}", naive, operators, naive_account_kits_update},
  {"DELETE", "/v1/account-kits/{id}", naive, operators, naive_account_kits_delete},
  {"POST",   "/v1/account-kits/{id}/users/{user_id}/assign", naive, operators,
   naive_account_kits_assign},

  {"GET",    "/v1/usage", naive, any_key, naive_usage},
  {"GET",    "/v1/billing/packs", naive, any_key, naive_billing_packs},
  {"POST",   "/v1/billing/topup", naive, operators, naive_billing_topup},

  {"POST",   "/v1/formation", naive, operators, naive_formation_create},
  {"GET",    "/v1/formation", naive, any_key, naive_formation_list},
  {"GET",    "/v1/formation/{id}", naive, any_key, naive_formation_get},
  {"PATCH",  "/v1/formation/{id}", naive, operators, naive_formation_update},
  {"POST",   "/v1/formation/{id}/submit", naive, operators, naive_formation_submit},
  {"POST",   "/v1/formation/{id}/complete", naive, operators, naive_formation_complete},
  {"GET",    "/v1/verification", naive, any_key, naive_verification},

  {"POST",   "/v1/webhooks", naive, operators, naive_webhooks_create},
  {"GET",    "/v1/webhooks", naive, operators, naive_webhooks_list},
  {"GET",    "/v1/webhooks/event-types", naive, operators, naive_webhook_event_types},
  {"GET",    "/v1/webhooks/deliveries/{id}", naive, operators, naive_webhook_delivery},
  {"POST",   "/v1/webhooks/deliveries/{id}/replay", naive, operators, naive_webhook_replay},
  {"GET",    "/v1/webhooks/{id}", naive, operators, naive_webhooks_get},
  {"PATCH",  "/v1/webhooks/{id}", naive, operators, naive_webhooks_update},
  {"DELETE", "/v1/webhooks/{id}", naive, operators, naive_webhooks_delete},
  {"POST",   "/v1/webhooks/{id}/test", naive, operators, naive_webhooks_test},
  {"POST",   "/v1/webhooks/{id}/rotate-secret", naive, operators, naive_webhooks_rotate_secret},
  {"GET",    "/v1/webhooks/{id}/deliveries", naive, operators, naive_webhooks_deliveries},

  {"POST",   "/v1/users/{user_id}/webhooks", naive, operators, naive_webhooks_create},
  {"GET",    "/v1/users/{user_id}/webhooks", naive, operators, naive_webhooks_list},
  {"GET",    "/v1/users/{user_id}/webhooks/event-types", naive, operators,
   naive_webhook_event_types},
  {"GET",    "/v1/users/{user_id}/webhooks/deliveries/{id}", naive, operators,
   naive_webhook_delivery},
  {"POST",   "/v1/users/{user_id}/webhooks/deliveries/{id}/replay", naive, operators,
   naive_webhook_replay},
  {"GET",    "/v1/users/{user_id}/webhooks/{id}", naive, operators, naive_webhooks_get},
  {"PATCH",  "/v1/users/{user_id}/webhooks/{id}", naive, operators, naive_webhooks_update},
  {"DELETE", "/v1/users/{user_id}/webhooks/{id}", naive, operators, naive_webhooks_delete},
  {"POST",   "/v1/users/{user_id}/webhooks/{id}/test", naive, operators, naive_webhooks_test},
  {"POST",   "/v1/users/{user_id}/webhooks/{id}/rotate-secret", naive, operators,
   naive_webhooks_rotate_secret},
  {"GET",    "/v1/users/{user_id}/webhooks/{id}/deliveries", naive, operators,
   naive_webhooks_deliveries},

  {"GET",    "/v1/events", naive, operators, naive_events_stream},

  {"GET",    "/v1/auth/key", naive, any_key, naive_key_identity},
  {"GET",    "/v1/auth/keys", naive, operators, naive_keys_list},
  {"POST",   "/v1/auth/keys", naive, operators, naive_keys_create},
  {"DELETE", "/v1/auth/keys/{id}", naive, operators, naive_keys_revoke},

  {"GET",    "/v1/sandbox", naive, operators, plain_sandbox_get},
  {"PATCH",  "/v1/sandbox", naive, operators, plain_sandbox_update},
  {"POST",   "/v1/sandbox/faults", naive, operators, plain_sandbox_faults_add},
  {"GET",    "/v1/sandbox/faults", naive, operators, plain_sandbox_faults_list},
  {"DELETE", "/v1/sandbox/faults", naive, operators, plain_sandbox_faults_clear},
  {"GET",    "/v1/sandbox/numbers", naive, operators, plain_sandbox_numbers},

  {"GET",    "/v1/reconcile", naive, operators, plain_reconcile_get},
  {"POST",   "/v1/reconcile", naive, operators, plain_reconcile_start},

  {"GET",    "/v1/operations/{id}", naive, any_key, naive_operations_get},
  {"GET",    "/v1/audit", naive, operators, naive_audit_list},

  {"POST",   "/mcp", mcp, any_key, mcp_message},
  {"GET",    "/.well-known/oauth-protected-resource", mcp, anyone, mcp_resource_metadata},
  {"GET",    "/.well-known/oauth-protected-resource/mcp", mcp, anyone, mcp_resource_metadata},

  {"GET",    "/health", naive, anyone, plain_health},
  {"GET",    "/health/live", naive, anyone, plain_health_live},
  {"GET",    "/health/ready", naive, anyone, plain_health_ready},
  {"GET",    "/metrics", plain, anyone, plain_metrics},
});
// clang-format on

}  // namespace

std::span<const endpoint> all_endpoints() { return endpoint_rows; }

}  // namespace dialplane
