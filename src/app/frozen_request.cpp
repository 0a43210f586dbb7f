#include "app/frozen_request.hpp"

#include <boost/json.hpp>

#include "app/audit_trail.hpp"
#include "domain/ein.hpp"
#include "domain/stored_error.hpp"

namespace dialplane {

namespace json = boost::json;

namespace {

constexpr std::string_view purpose = "frozen_request";

std::string frozen_text(const provision_number_request& request, const judged_provision& judged) {
  json::object text{{"key", request.who.key.uuid()},
                    {"role", name_of_value(request.who.role)},
                    {"dialect", name_of_value(request.asked_through)},
                    {"user", judged.subject.id.uuid()},
                    {"type", name_of(judged.type)},
                    {"policy", name_of(request.policy)},
                    {"ein", request.ein.reveal()}};
  if (request.who.user) text["key_user"] = request.who.user->uuid();
  if (request.who.agent) text["key_agent"] = request.who.agent->uuid();
  if (request.area_code) text["area_code"] = *request.area_code;
  if (!request.exact.empty()) text["exact"] = request.exact;
  if (request.quote) text["quote"] = request.quote->uuid();
  if (request.label) text["label"] = *request.label;
  if (request.agent) text["agent"] = request.agent->uuid();
  if (request.tier) text["tier"] = name_of_value(*request.tier);
  return json::serialize(text);
}

std::string shown_text(const provision_number_request& request,
                       const judged_provision& judged) {
  json::object text;
  if (!request.ein.empty()) {
    text["ein"] = "**-***" + std::string(request.ein.reveal().substr(5));
  }
  if (request.area_code) text["area_code"] = *request.area_code;
  if (request.policy != default_area_code_policy) {
    text["area_code_policy"] = name_of(request.policy);
  }
  if (judged.quoted) text["quote_id"] = judged.quoted->id.uuid();
  const std::string exact = judged.quoted ? judged.quoted->e164 : request.exact;
  if (!exact.empty()) text["phone_number"] = exact;
  text["type"] = name_of(judged.type);
  if (request.label) text["label"] = *request.label;
  if (request.agent) text["agent_id"] = request.agent->uuid();
  if (request.tier) text["tier"] = name_of_value(*request.tier);
  return json::serialize(text);
}

// Provision a local number (415, "Support")
std::string title_of(const provision_number_request& request) {
  std::string inside;
  if (request.area_code) inside = *request.area_code;
  if (request.label) {
    if (!inside.empty()) inside += ", ";
    inside += "\"" + *request.label + "\"";
  }
  std::string title = request.type == number_type::local ? "Provision a local number"
                                                          : "Provision a toll-free number";
  if (!inside.empty()) title += " (" + inside + ")";
  return title;
}

result<void> tell_of_request(session& work, const app_environment& env,
                             const provision_number_request& request, const approval& row) {
  event news;
  news.id = env.ids().make<event_id>();
  news.organization = row.organization;
  news.user = row.user;
  news.type = "approval.requested";
  news.data = json::serialize(json::object{{"tenant_user_id", row.user.uuid()},
                                           {"approval_id", row.id.uuid()},
                                           {"primitive", "phone"},
                                           {"action_type", row.action_type},
                                           {"status", "pending"}});
  news.created_at = row.created_at;
  TRY(work.operations().append_event(news));
  return record_act(work, env, request.who, "approval.requested", row.id.uuid(),
                    request.identity.request_id, {}, row.quoted_price);
}

std::optional<std::string> text_member(const json::object& from, std::string_view name) {
  const json::value* member = from.if_contains(name);
  if (member == nullptr || !member->is_string()) return std::nullopt;
  return std::string(member->get_string());
}

template <typename Id>
std::optional<Id> id_member(const json::object& from, std::string_view name) {
  const auto text = text_member(from, name);
  return text ? Id::parse(*text) : std::nullopt;
}

}  // namespace

result<approval> freeze_request(session& work, const app_environment& env,
                                const provision_number_request& request,
                                const judged_provision& judged) {
  approval row;
  row.id = env.ids().make<approval_id>();
  row.organization = request.who.organization;
  row.user = judged.subject.id;
  row.title = title_of(request);
  row.sealed_request = env.seals.seal(frozen_text(request, judged), purpose);
  row.shown_request = shown_text(request, judged);
  row.request_hash = request.identity.equal_request;
  row.quoted_price = judged.price;
  row.asked_through = request.asked_through;
  row.requested_by_key = request.who.key;
  row.requested_by_type = "agent";
  row.requested_by_id = request.who.agent ? request.who.agent->uuid() : request.who.key.uuid();
  row.created_at = env.now();
  row.expires_at = row.created_at + env.rules().approval_expiry;
  TRY(work.approvals().insert(row));
  job expiry;
  expiry.id = env.ids().make<job_id>();
  expiry.organization = row.organization;
  expiry.kind = job_kind_name::expire_approval;
  expiry.subject = row.id.bytes;
  expiry.run_at = row.expires_at;
  TRY(work.jobs().insert(expiry));
  TRY(tell_of_request(work, env, request, row));
  return row;
}

result<provision_number_request> thaw_request(const app_environment& env, const approval& row) {
  TRY_ASSIGN(const std::string text, env.seals.open(row.sealed_request, purpose));
  boost::system::error_code failure;
  const json::value parsed = json::parse(text, failure);
  if (failure || !parsed.is_object()) return internal_fault("a frozen request is not JSON");
  const json::object& from = parsed.get_object();
  const auto key = id_member<api_key_id>(from, "key");
  const auto type = parse_number_type(text_member(from, "type").value_or(""));
  const auto policy = parse_area_code_policy(text_member(from, "policy").value_or(""));
  const auto role = value_named<key_role>(text_member(from, "role").value_or(""));
  if (!key || !type || !policy || !role) {
    return internal_fault("a frozen request lacks a member");
  }
  provision_number_request request;
  request.who = {row.organization, *key, *role, id_member<user_id>(from, "key_user"),
                 id_member<agent_id>(from, "key_agent")};
  request.asked_through = row.asked_through;
  request.user = row.user;
  request.type = *type;
  request.policy = *policy;
  request.area_code = text_member(from, "area_code");
  request.exact = text_member(from, "exact").value_or("");
  request.quote = id_member<quote_id>(from, "quote");
  request.label = text_member(from, "label");
  request.agent = id_member<agent_id>(from, "agent");
  request.tier = value_named<registration_tier>(text_member(from, "tier").value_or(""));
  request.ein = secret_string(text_member(from, "ein").value_or(""));
  return request;
}

error error_of_failed_approval(const approval& row) {
  boost::system::error_code failure;
  const json::value parsed = json::parse(row.failure, failure);
  const json::object* outer = failure ? nullptr : parsed.if_object();
  const json::value* inner = outer != nullptr ? outer->if_contains("error") : nullptr;
  if (inner == nullptr || !inner->is_object()) {
    return internal_fault("a failed approval without a readable failure");
  }
  return error_from_json(inner->get_object());
}

}  // namespace dialplane
