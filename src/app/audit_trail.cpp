#include "app/audit_trail.hpp"

#include <boost/json/serialize.hpp>

namespace dialplane {

namespace {

result<void> append_act(session& work, const app_environment& env, const actor& who,
                        std::string_view action, std::string_view object,
                        std::string_view request_id, std::string detail,
                        std::optional<micro_credits> price) {
  audit_entry entry;
  entry.id = env.ids().make<audit_id>();
  entry.organization = who.organization;
  entry.actor_type = who.is_operator() ? "operator" : "agent";
  entry.key = who.key;
  entry.action = action;
  entry.object = object;
  entry.price = price;
  entry.detail = std::move(detail);
  entry.request_id = request_id;
  entry.at = env.now();
  return work.audit().append(entry);
}

}  // namespace

result<void> record_act(session& work, const app_environment& env, const actor& who,
                        std::string_view action, std::string_view object,
                        std::string_view request_id, boost::json::object detail,
                        std::optional<micro_credits> price) {
  return append_act(work, env, who, action, object, request_id,
                    detail.empty() ? "{}" : boost::json::serialize(detail), price);
}

result<void> record_act(session& work, const app_environment& env, const actor& who,
                        std::string_view action, std::string_view object,
                        std::string_view request_id, json_text detail,
                        std::optional<micro_credits> price) {
  return append_act(work, env, who, action, object, request_id, detail.take(), price);
}

}  // namespace dialplane
