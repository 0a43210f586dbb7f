#include "edge/rest/webhook_requests.hpp"

#include <boost/json/array.hpp>

#include "edge/rest/json_or_null.hpp"
#include "edge/rest/rest_service.hpp"
#include "net/address_guard.hpp"
#include "net/http_url.hpp"
#include "webhooks/dispatcher.hpp"

namespace dialplane {

namespace {

namespace json = boost::json;

bool leads_here(std::string_view name) {
  return name == "localhost" || name.ends_with(".localhost");
}

}  // namespace

result<void> check_webhook_url(const rest_context& context, std::string_view text,
                               bool only_https) {
  const auto url = parse_http_url(text);
  if (!url) return bad_field("url", "url " + url.error().message + ".");
  const address_guard* guard = context->service().hooks().destinations;
  std::optional<ip_address> address = url->address;
  if (leads_here(url->host)) address = parse_ip_address("127.0.0.1");
  const bool allowed = guard == nullptr || !address || guard->allows(*address);
  if (!allowed) {
    error failure = bad_field("url", "url must lead to a public address.");
    failure.hint = "The operator may allow ranges with --allow-destinations.";
    return failure;
  }
  // Plain HTTP is for destinations that the operator has allowed by their address.
  if (only_https && !url->tls && !address) {
    return bad_field("url", "url must begin with https://.");
  }
  return {};
}

json::object render_webhook(const webhook_endpoint& row) {
  json::array types;
  for (const std::string& type : row.event_types) types.emplace_back(type);
  json::object out;
  out["id"] = row.id.uuid();
  out["url"] = row.url;
  out["eventTypes"] = std::move(types);
  out["active"] = row.active;
  out["off_reason"] = nullptr;
  if (!row.active) out["off_reason"] = name_of_value(row.off_reason);
  out["agent_id"] = id_or_null(row.agent);
  out["tenant_user_id"] = id_or_null(row.user);
  out["dialect"] = name_of_value(row.style);
  out["secret_hint"] = row.secret_hint.empty() ? json::value(nullptr)
                                               : json::value("…" + row.secret_hint);
  out["old_secret_expires_at"] = time_or_null(row.old_secret_until);
  out["failing_since"] = time_or_null(row.failing_since);
  out["created_at"] = to_rfc3339(row.created_at);
  out["updated_at"] = to_rfc3339(row.updated_at);
  return out;
}

json::object render_delivery(const delivery& row) {
  json::object out;
  out["id"] = row.id.uuid();
  out["webhook_id"] = row.endpoint.uuid();
  out["event_id"] = row.event.uuid();
  out["event"] = row.type;
  out["sequence"] = row.sequence;
  out["status"] = name_of_value(row.status);
  out["tries"] = row.tries;
  out["next_try_at"] = nullptr;
  if (row.status == delivery_status::pending) out["next_try_at"] = to_rfc3339(row.next_at);
  out["last_status"] = row.last_status ? json::value(*row.last_status) : json::value(nullptr);
  out["last_error"] = row.last_error.empty() ? json::value(nullptr) : json::value(row.last_error);
  out["created_at"] = to_rfc3339(row.created_at);
  out["ended_at"] = time_or_null(row.ended_at);
  return out;
}

void look_after_commit(const rest_context& context, touched_webhook touched) {
  webhook_dispatcher* deliveries = context->service().hooks().deliveries;
  if (deliveries == nullptr) return;
  // Units end in the order they were submitted in.
  context->env().database().write<bool>(
      [](session&) -> result<bool> { return true; },
      [deliveries, owner = context->who().organization,
       touched = std::move(touched)](result<bool>) {
        if (*touched) deliveries->look(owner, **touched);
      });
}

}  // namespace dialplane
