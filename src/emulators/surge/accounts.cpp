// Accounts of the project, and whether each is ready to send texts.
#include <algorithm>
#include <array>

#include "emulators/surge/surge_emulator.hpp"

namespace dialplane::emulators::surge {

namespace {

namespace json = boost::json;

using words = std::vector<std::string_view>;

const words& types() {
  static const words all = {"co_op",       "government",          "llc",
                            "non_profit",  "partnership",         "private_corporation",
                            "public_corporation", "sole_proprietor"};
  return all;
}

const words& industries() {
  static const words all = {
      "agriculture", "automotive",  "banking",     "construction", "consumer",
      "education",   "electronics", "energy",      "engineering",  "fast_moving_consumer_goods",
      "financial",   "fintech",     "food_and_beverage", "government", "healthcare",
      "hospitality", "insurance",   "jewelry",     "legal",        "manufacturing",
      "media",       "not_for_profit", "oil_and_gas", "online",    "professional_services",
      "raw_materials", "real_estate", "religion",  "retail",       "technology",
      "telecommunications", "transportation", "travel"};
  return all;
}

const words& titles() {
  static const words all = {"ceo", "cfo", "director", "gm", "vp", "general_counsel", "other"};
  return all;
}

const words& regions() {
  static const words all = {"africa", "asia", "australia", "europe", "latin_america",
                            "usa_and_canada"};
  return all;
}

const words& exchanges() {
  static const words all = {"amex", "amx",  "asx",  "b3",  "bme",    "bse",  "fra",
                            "icex", "jpx",  "jse",  "krx", "lon",    "nasdaq", "none",
                            "nyse", "nse",  "omx",  "other", "sehk", "sgx",  "sse",
                            "sto",  "swx",  "szse", "tsx", "twse",   "vse"};
  return all;
}

bool is_listed(const words& all, std::string_view word) {
  return std::find(all.begin(), all.end(), word) != all.end();
}

bool is_tax_id(std::string_view text, std::string_view kind) {
  std::string digits;
  for (const char c : text) {
    if (c == '-' && kind == "ein" && digits.size() == 2) continue;
    digits += c;
  }
  const bool only_digits = std::all_of(digits.begin(), digits.end(),
                                       [](char c) { return c >= '0' && c <= '9'; });
  if (kind == "vat") return digits.size() >= 2 && digits.size() <= 20;
  return only_digits && digits.size() == 9;
}

const json::object* part(const json::object& from, std::string_view name) {
  const json::value* found = from.if_contains(name);
  return found == nullptr ? nullptr : found->if_object();
}

// Members given replace those there; objects are merged.
void merge(const json::object& given, json::object& into) {
  for (const json::key_value_pair& member : given) {
    json::value& there = into[member.key()];
    if (member.value().is_object() && there.is_object()) {
      merge(member.value().get_object(), there.get_object());
    } else {
      there = member.value();
    }
  }
}

std::optional<http_response> judge_regions(const json::object& organization) {
  const json::value* given = organization.if_contains("regions_of_operation");
  if (given == nullptr || given->is_null()) return std::nullopt;
  if (!given->is_array()) return wrong_field("organization.regions_of_operation", "is invalid");
  for (const json::value& each : given->get_array()) {
    if (!each.is_string() || !is_listed(regions(), each.get_string())) {
      return wrong_field("organization.regions_of_operation", "has an invalid entry");
    }
  }
  return std::nullopt;
}

std::optional<http_response> judge_organization(const json::object& organization) {
  const std::array<std::pair<const char*, const words*>, 3> lists = {
      {{"type", &types()}, {"industry", &industries()}, {"stock_exchange", &exchanges()}}};
  for (const auto& [member, known] : lists) {
    const std::string word = text_of(organization, member);
    if (!word.empty() && !is_listed(*known, word)) {
      return wrong_field("organization." + std::string(member), "is invalid");
    }
  }
  const std::string identifier = text_of(organization, "identifier");
  if (!identifier.empty() &&
      !is_tax_id(identifier, text_of(organization, "identifier_type"))) {
    return wrong_field("organization.identifier", "is invalid");
  }
  const std::string website = text_of(organization, "website");
  if (!website.empty() && !website.starts_with("https://")) {
    return wrong_field("organization.website", "must be an https URL");
  }
  const json::object* contact = part(organization, "contact");
  if (contact != nullptr) {
    const std::string title = text_of(*contact, "title");
    if (!title.empty() && !is_listed(titles(), title)) {
      return wrong_field("organization.contact.title", "is invalid");
    }
    const std::string phone = text_of(*contact, "phone_number");
    if (!phone.empty() && !is_e164(phone)) {
      return wrong_field("organization.contact.phone_number", "must be in E.164 form");
    }
  }
  return judge_regions(organization);
}

std::optional<http_response> judge(const json::object& given) {
  const json::value* organization = given.if_contains("organization");
  if (organization == nullptr || organization->is_null()) return std::nullopt;
  if (!organization->is_object()) return wrong_field("organization", "is invalid");
  return judge_organization(organization->get_object());
}

void take(const json::object& given, account& into) {
  const std::string name = text_of(given, "name");
  if (!name.empty()) into.name = name;
  for (const char* member : {"brand_name", "time_zone"}) {
    if (const json::value* value = given.if_contains(member)) into.shown[member] = *value;
  }
  if (const json::object* organization = part(given, "organization")) {
    json::value& there = into.shown["organization"];
    if (!there.is_object()) there = json::object();
    merge(*organization, there.get_object());
  }
}

}  // namespace

json::object surge_emulator::shown(const account& one) {
  json::object all{{"id", one.id},
                   {"name", one.name},
                   {"brand_name", nullptr},
                   {"time_zone", nullptr},
                   {"organization", json::object()}};
  merge(one.shown, all);
  return all;
}

http_response surge_emulator::create_account(request asked) {
  if (text_of(asked.json(), "name").empty()) return wrong_field("name", "can't be blank");
  if (auto refusal = judge(asked.json())) return *std::move(refusal);
  const auto limit = options_.account_limit;
  const bool is_full = limit > 0 && static_cast<std::int64_t>(books_.accounts.size()) >= limit;
  if (is_full || faults().draw("accounts_limit", asked.call)) {
    return failure(422, "accounts_limit_exceeded", "The project may hold no more accounts.");
  }
  account one;
  one.id = new_id("acct");
  take(asked.json(), one);
  const auto added = books_.accounts.emplace(one.id, std::move(one)).first;
  return json_response(201, shown(added->second));
}

http_response surge_emulator::list_accounts(request asked) {
  std::vector<json::object> rows;
  for (const auto& [id, one] : books_.accounts) {
    if (!one.archived) rows.push_back(shown(one));
  }
  return page_of(asked, rows);
}

http_response surge_emulator::show_account(request asked) {
  http_response refusal;
  const account* one = account_of(asked, refusal);
  if (one == nullptr) return refusal;
  return json_response(200, shown(*one));
}

http_response surge_emulator::change_account(request asked) {
  http_response refusal;
  account* one = account_of(asked, refusal);
  if (one == nullptr) return refusal;
  if (auto wrong = judge(asked.json())) return *std::move(wrong);
  take(asked.json(), *one);
  one->complaint.clear();
  if (const auto order = draw_review({"brand_fails"})) {
    one->complaint = order->reason.empty()
                         ? "The legal name does not match the tax record of the EIN."
                         : order->reason;
    one->complaint_field = "organization.registered_name";
  }
  return json_response(200, shown(*one));
}

http_response surge_emulator::archive_account(request asked) {
  http_response refusal;
  account* one = account_of(asked, refusal);
  if (one == nullptr) return refusal;
  archive(*one);
  return json_response(200, shown(*one));
}

void surge_emulator::archive(account& one) {
  one.archived = true;
  std::erase_if(books_.numbers,
                [&](const auto& entry) { return entry.second.account == one.id; });
  for (auto& [id, each] : books_.campaigns) {
    if (each.account == one.id) each.status = "deactivated";
  }
}

// What is needed is our choice; Surge says only that it depends on the type.
std::vector<std::string> surge_emulator::fields_needed(const account& one) const {
  const json::object* given = part(one.shown, "organization");
  const json::object nothing;
  const json::object& organization = given == nullptr ? nothing : *given;
  std::vector<std::string> needed;
  const auto need = [&](const json::object* from, const std::string& path,
                        std::string_view member) {
    if (from == nullptr || text_of(*from, member).empty()) {
      needed.push_back("organization." + path + std::string(member));
    }
  };
  for (const char* member : {"registered_name", "type", "country", "industry", "website"}) {
    need(&organization, "", member);
  }
  for (const char* member : {"line1", "locality", "region", "postal_code"}) {
    need(part(organization, "address"), "address.", member);
  }
  for (const char* member : {"first_name", "last_name", "email", "phone_number", "title"}) {
    need(part(organization, "contact"), "contact.", member);
  }
  const json::value* areas = organization.if_contains("regions_of_operation");
  if (areas == nullptr || !areas->is_array() || areas->get_array().empty()) {
    needed.emplace_back("organization.regions_of_operation");
  }
  const std::string type = text_of(organization, "type");
  if (type == "sole_proprietor") {
    need(&organization, "", "mobile_number");
  } else {
    need(&organization, "", "identifier_type");
    need(&organization, "", "identifier");
  }
  if (type == "public_corporation") {
    for (const char* member : {"stock_symbol", "stock_exchange", "email"}) {
      need(&organization, "", member);
    }
  }
  return needed;
}

http_response surge_emulator::account_status(request asked) {
  http_response refusal;
  const account* one = account_of(asked, refusal);
  if (one == nullptr) return refusal;
  if (asked.query().text("capabilities") != "local_messaging") {
    return wrong_field("capabilities", "must be local_messaging");
  }
  json::array needed;
  for (std::string& field : fields_needed(*one)) needed.emplace_back(std::move(field));
  json::array errors;
  if (!one->complaint.empty()) {
    errors.push_back(json::object{{"field", one->complaint_field},
                                  {"message", one->complaint},
                                  {"type", "invalid"}});
  }
  const json::object* organization = part(one->shown, "organization");
  // An unanswered code leaves the account incomplete without a field (our choice).
  const bool waits = organization != nullptr &&
                     text_of(*organization, "type") == "sole_proprietor" && !one->code_answered;
  const char* status = !errors.empty() ? "error"
                       : !needed.empty() || waits ? "incomplete" : "ready";
  json::object texting{{"status", status},
                       {"fields_needed", std::move(needed)},
                       {"errors", std::move(errors)}};
  return json_response(
      200, json::object{{"capabilities", json::object{{"local_messaging", std::move(texting)}}}});
}

http_response surge_emulator::resend_code(request asked) {
  http_response refusal;
  const account* one = account_of(asked, refusal);
  if (one == nullptr) return refusal;
  const json::object* organization = part(one->shown, "organization");
  if (organization == nullptr || text_of(*organization, "type") != "sole_proprietor") {
    return failure(422, "validation_error", "The account is not a sole proprietor's.");
  }
  return json_response(200, json::object{{"status", "enqueued"}});
}

}  // namespace dialplane::emulators::surge
