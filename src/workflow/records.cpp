#include "workflow/records.hpp"

#include <boost/json/serialize.hpp>

namespace dialplane {

namespace {

result<void> append_news(session& work, workflow_environment& env, organization_id owner,
                         std::optional<user_id> user, std::string_view type, std::string data) {
  event news;
  news.id = env.ids.make<event_id>();
  news.organization = owner;
  news.user = user;
  news.type = type;
  news.data = std::move(data);
  news.created_at = env.time.now();
  return work.operations().append_event(news);
}

result<void> append_entry(session& work, workflow_environment& env, organization_id owner,
                          std::string_view action, std::string_view object,
                          std::string_view request_id, std::string detail,
                          std::optional<micro_credits> price) {
  audit_entry entry;
  entry.id = env.ids.make<audit_id>();
  entry.organization = owner;
  entry.actor_type = "system";
  entry.action = action;
  entry.object = object;
  entry.price = price;
  entry.detail = std::move(detail);
  entry.request_id = request_id;
  entry.at = env.time.now();
  return work.audit().append(entry);
}

}  // namespace

result<void> append_event(session& work, workflow_environment& env, organization_id owner,
                          std::optional<user_id> user, std::string_view type,
                          boost::json::object data) {
  data["tenant_user_id"] = nullptr;
  if (user) data["tenant_user_id"] = user->uuid();
  return append_news(work, env, owner, user, type, boost::json::serialize(data));
}

result<void> append_event(session& work, workflow_environment& env, organization_id owner,
                          std::optional<user_id> user, std::string_view type, json_text data) {
  data.put_text_or_null("tenant_user_id", user ? std::optional(user->uuid()) : std::nullopt);
  return append_news(work, env, owner, user, type, data.take());
}

result<void> append_audit(session& work, workflow_environment& env, organization_id owner,
                          std::string_view action, std::string_view object,
                          std::string_view request_id, boost::json::object detail,
                          std::optional<micro_credits> price) {
  return append_entry(work, env, owner, action, object, request_id,
                      detail.empty() ? "{}" : boost::json::serialize(detail), price);
}

result<void> append_audit(session& work, workflow_environment& env, organization_id owner,
                          std::string_view action, std::string_view object,
                          std::string_view request_id, json_text detail,
                          std::optional<micro_credits> price) {
  return append_entry(work, env, owner, action, object, request_id, detail.take(), price);
}

}  // namespace dialplane
