#include "workflow/records.hpp"

#include <boost/json/serialize.hpp>

namespace dialplane {

result<void> append_event(session& work, workflow_environment& env, organization_id owner,
                          std::optional<user_id> user, std::string_view type,
                          boost::json::object data) {
  data["tenant_user_id"] = nullptr;
  if (user) data["tenant_user_id"] = user->uuid();
  event news;
  news.id = env.ids.make<event_id>();
  news.organization = owner;
  news.user = user;
  news.type = type;
  news.data = boost::json::serialize(data);
  news.created_at = env.time.now();
  return work.operations().append_event(news);
}

result<void> append_audit(session& work, workflow_environment& env, organization_id owner,
                          std::string_view action, std::string_view object,
                          std::string_view request_id, boost::json::object detail,
                          std::optional<micro_credits> price) {
  audit_entry entry;
  entry.id = env.ids.make<audit_id>();
  entry.organization = owner;
  entry.actor_type = "system";
  entry.action = action;
  entry.object = object;
  entry.price = price;
  entry.detail = detail.empty() ? "{}" : boost::json::serialize(detail);
  entry.request_id = request_id;
  entry.at = env.time.now();
  return work.audit().append(entry);
}

}  // namespace dialplane
