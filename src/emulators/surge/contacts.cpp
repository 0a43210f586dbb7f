// Contacts, and codes that verify a telephone number.
#include "emulators/surge/surge_emulator.hpp"

namespace dialplane::emulators::surge {

namespace {

namespace json = boost::json;

constexpr std::int64_t attempts_max = 5;
constexpr std::chrono::minutes code_lifetime{15};

void take(const json::object& given, contact& into) {
  for (const char* member : {"first_name", "last_name", "email", "metadata"}) {
    if (const json::value* value = given.if_contains(member)) into.fields[member] = *value;
  }
  const json::value* disabled = given.if_contains("outbound_disabled");
  if (disabled != nullptr && disabled->is_bool()) into.outbound_disabled = disabled->get_bool();
}

http_response no_such_contact() {
  return failure(404, "not_found", "There is no such contact.");
}

}  // namespace

json::object surge_emulator::shown(const contact& one) {
  json::object all{{"id", one.id},
                   {"phone_number", one.phone_number},
                   {"first_name", nullptr},
                   {"last_name", nullptr},
                   {"email", nullptr},
                   {"metadata", json::object()},
                   {"outbound_disabled", one.outbound_disabled}};
  for (const json::key_value_pair& field : one.fields) all[field.key()] = field.value();
  return all;
}

http_response surge_emulator::create_contact(request asked) {
  http_response refusal;
  const account* owner = account_of(asked, refusal);
  if (owner == nullptr) return refusal;
  const std::string phone_number = text_of(asked.json(), "phone_number");
  if (!is_e164(phone_number)) return wrong_field("phone_number", "must be in E.164 form");
  contact& one = contact_of(owner->id, phone_number);
  take(asked.json(), one);
  return json_response(201, shown(one));
}

http_response surge_emulator::list_contacts(request asked) {
  http_response refusal;
  const account* owner = account_of(asked, refusal);
  if (owner == nullptr) return refusal;
  std::vector<json::object> rows;
  for (const auto& [id, one] : books_.contacts) {
    if (one.account == owner->id) rows.push_back(shown(one));
  }
  return page_of(asked, rows);
}

http_response surge_emulator::show_contact(request asked) {
  const auto found = books_.contacts.find(std::string(asked.value("id")));
  return found == books_.contacts.end() ? no_such_contact()
                                        : json_response(200, shown(found->second));
}

http_response surge_emulator::change_contact(request asked) {
  const auto found = books_.contacts.find(std::string(asked.value("id")));
  if (found == books_.contacts.end()) return no_such_contact();
  take(asked.json(), found->second);
  return json_response(200, shown(found->second));
}

// ---- verifications ----------------------------------------------------------------------------

json::object surge_emulator::shown(const verification& one) {
  return {{"id", one.id},
          {"phone_number", one.phone_number},
          {"attempt_count", one.attempts},
          {"status", one.status}};
}

http_response surge_emulator::create_verification(request asked) {
  http_response refusal;
  const bool is_scoped = !asked.value("account").empty();
  if (is_scoped && account_of(asked, refusal) == nullptr) return refusal;
  verification one;
  one.phone_number = text_of(asked.json(), "phone_number");
  if (!is_e164(one.phone_number)) return wrong_field("phone_number", "must be in E.164 form");
  one.id = new_id("vfn");
  one.code = std::to_string(100'000 + tools_.random->below(900'000));
  one.expires = time().now() + code_lifetime;
  const auto added = books_.verifications.emplace(one.id, std::move(one)).first;
  return json_response(201, shown(added->second));
}

http_response surge_emulator::check_verification(request asked) {
  const auto found = books_.verifications.find(std::string(asked.value("id")));
  if (found == books_.verifications.end()) {
    return failure(404, "not_found", "There is no such verification.");
  }
  verification& one = found->second;
  const char* result = "ok";
  if (one.status == "pending" && time().now() >= one.expires) one.status = "expired";
  if (one.status == "verified") {
    result = "already_verified";
  } else if (one.status == "expired" || one.status == "exhausted") {
    result = one.status == "expired" ? "expired" : "exhausted";
  } else {
    ++one.attempts;
    if (text_of(asked.json(), "code") == one.code) {
      one.status = "verified";
    } else if (one.attempts >= attempts_max) {
      one.status = "exhausted";
      result = "exhausted";
    } else {
      result = "incorrect";
    }
  }
  return json_response(200, json::object{{"result", result}, {"verification", shown(one)}});
}

}  // namespace dialplane::emulators::surge
