#include "edge/rest/naive_account_rendering.hpp"

#include <array>
#include <boost/json/value.hpp>
#include <string>
#include <string_view>

#include "base/crypto.hpp"
#include "domain/credits_json.hpp"
#include "domain/provision_outcome.hpp"
#include "edge/rest/json_or_null.hpp"
#include "edge/rest/kept_object.hpp"

namespace dialplane {

namespace {

namespace json = boost::json;

// References are ids or words; only ids are shown.
json::value uuid_or_null(const std::string& text) {
  if (!parse_uuid_text(text)) return nullptr;
  return json::value(text);
}

json::value member_or_null(const json::object& record, std::string_view name) {
  const json::value* found = record.if_contains(name);
  return found == nullptr ? json::value(nullptr) : *found;
}

json::value list_member(const json::object& record, std::string_view name) {
  const json::value* found = record.if_contains(name);
  return found == nullptr || !found->is_array() ? json::value(json::array{}) : *found;
}

std::string contact_name(const json::object& record) {
  const json::value* contact = record.if_contains("contact");
  const json::object* members = contact == nullptr ? nullptr : contact->if_object();
  if (members == nullptr) return {};
  std::string name;
  for (const std::string_view part : {"first_name", "last_name"}) {
    const json::value* found = members->if_contains(part);
    if (found == nullptr || !found->is_string()) continue;
    if (!name.empty()) name += ' ';
    name.append(found->get_string().data(), found->get_string().size());
  }
  return name;
}

std::string_view verification_word(formation_status status) {
  if (status == formation_status::formation_completed) return "pass";
  return status == formation_status::failed ? "fail" : "pending";
}

// What comes in is above zero, what goes out below: all topups, charges and rentals together are
// balance plus held, and holds and refunds move between these two.
micro_credits signed_amount(const ledger_entry& entry) {
  return entry.to == ledger_account::available ? entry.amount : -entry.amount;
}

}  // namespace

json::object render_user(const user& row) {
  json::value last_active = nullptr;
  if (row.last_active_at) last_active = json::value(to_rfc3339(*row.last_active_at));
  return {{"id", row.id.uuid()},
          {"external_id", text_or_null(row.external_id)},
          {"email", text_or_null(row.email)},
          {"label", text_or_null(row.label)},
          {"account_kit_id", row.kit.uuid()},
          {"metadata", row.metadata},
          {"status", name_of_value(row.status)},
          {"is_default", row.is_default},
          {"created_at", to_rfc3339(row.created_at)},
          {"last_active_at", std::move(last_active)}};
}

json::object render_account_kit(const account_kit_view& kit) {
  const account_kit& row = kit.row;
  return {{"id", row.id.uuid()},
          {"name", row.name},
          {"description", text_or_null(row.description)},
          {"is_default", row.is_default},
          {"primitives_config", row.primitives},
          {"connections_config", row.connections},
          {"user_count", kit.user_count},
          {"created_at", to_rfc3339(row.created_at)},
          {"updated_at", to_rfc3339(row.updated_at)}};
}

json::object render_legal_entity(const legal_entity& row) {
  json::value ein = nullptr;
  if (!row.ein_last_four.empty()) ein = json::value("**-***" + row.ein_last_four);
  json::object shown{{"id", row.id.uuid()},
                     {"tenant_user_id", row.user.uuid()},
                     {"status", name_of_value(row.status)},
                     {"payment_status", "paid"}};  // there is no checkout here
  for (const std::string_view name : {"entity_type", "registered_name", "display_name"}) {
    shown[name] = member_or_null(row.record, name);
  }
  shown["ein"] = std::move(ein);
  for (const std::string_view name :
       {"country", "address", "contact", "mobile_number", "email", "website", "industry"}) {
    shown[name] = member_or_null(row.record, name);
  }
  shown["regions_of_operation"] = list_member(row.record, "regions_of_operation");
  for (const std::string_view name : {"time_zone", "stock_symbol", "stock_exchange", "messaging"}) {
    shown[name] = member_or_null(row.record, name);
  }
  shown["created_at"] = to_rfc3339(row.created_at);
  shown["updated_at"] = to_rfc3339(row.updated_at);
  return shown;
}

json::object render_verification(const verification_view& view) {
  json::array members;
  const std::string name = view.entity ? contact_name(view.entity->record) : std::string();
  if (!name.empty()) {
    members.push_back(json::object{{"id", view.entity->id.uuid()},
                                   {"name", name},
                                   {"status", verification_word(view.entity->status)}});
  }
  const bool ready = view.entity && view.entity->status == formation_status::formation_completed;
  return {{"members", std::move(members)}, {"ready_for_formation", ready}};
}

json::object render_usage_entry(const ledger_entry& entry) {
  return {{"id", entry.id.uuid()},
          {"kind", name_of_value(entry.kind)},
          {"action", entry.action},
          {"credits", credits_json(signed_amount(entry))},
          {"balance_after", credits_json(entry.available_after)},
          {"ref_id", uuid_or_null(entry.reference.substr(0, entry.reference.find('/')))},
          {"tenant_user_id", id_or_null(entry.user)},
          {"created_at", to_rfc3339(entry.created_at)}};
}

json::object render_topup(const completed_topup& done) {
  return {{"status", "completed"},
          {"credits_added", credits_json(done.added)},
          {"balance", credits_json(done.balance)}};
}

json::object render_operation(const operation& row) {
  json::value failed = nullptr;
  if (row.state == operation_state::failed) {
    const auto failure = failure_in(row.outcome);
    failed = json::object{{"code", name_of(failure ? failure->code : error_code::internal_error)},
                          {"message", failure ? failure->message : std::string("It failed.")}};
  }
  return {{"id", row.id.uuid()},
          {"kind", name_of_value(row.kind)},
          {"status", name_of_value(row.state)},
          {"step", name_of_value(row.step)},
          {"created_at", to_rfc3339(row.created_at)},
          {"updated_at", to_rfc3339(row.updated_at)},
          {"error", std::move(failed)},
          {"number_id", id_or_null(row.number)}};
}

json::object render_audit_entry(const audit_entry& entry) {
  json::value price = nullptr;
  if (entry.price) price = credits_json(*entry.price);
  return {{"id", entry.id.uuid()},
          {"sequence", entry.sequence},
          {"at", to_rfc3339(entry.at)},
          {"actor_type", entry.actor_type},
          {"key_id", id_or_null(entry.key)},
          {"action", entry.action},
          {"object", entry.object},
          {"price", std::move(price)},
          {"detail", kept_object(entry.detail)},
          {"request_id", entry.request_id},
          {"hash", hex(entry.hash)}};
}

}  // namespace dialplane
