#include "domain/legal_entity_rules.hpp"

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <boost/json/value.hpp>
#include <cctype>
#include <utility>

#include "base/utf8.hpp"
#include "domain/e164.hpp"

namespace dialplane {

namespace {

namespace json = boost::json;

using shape_check = bool (*)(std::string_view);

bool is_upper_pair(std::string_view text) {
  return text.size() == 2 &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
}

bool is_e164(std::string_view text) { return e164::parse(text).has_value(); }
bool is_email(std::string_view text) { return is_email_shape(text); }
bool is_https_url(std::string_view text) { return is_https_url_shape(text); }

bool is_entity_type(std::string_view text) {
  constexpr std::array<std::string_view, 8> known = {
      "llc",   "private_corporation", "public_corporation", "partnership",
      "co_op", "non_profit",          "government",         "sole_proprietor"};
  return std::find(known.begin(), known.end(), text) != known.end();
}

bool is_volume(std::string_view text) { return text == "low" || text == "high"; }

bool is_not_blank(std::string_view text) { return !trim(text).empty(); }

struct entity_text_member {
  std::string_view name;
  std::size_t max_characters;
  shape_check fits;
  std::string_view must_be;
  bool allow_line_breaks = false;
};

constexpr std::string_view not_blank = "a text that is not blank";
constexpr std::string_view an_email = "an e-mail address";
constexpr std::string_view a_url = "an https:// URL";
constexpr std::string_view a_phone = "a telephone number such as +14155550100";
constexpr std::string_view a_country = "a country of two capital letters such as US";

constexpr std::array<entity_text_member, 11> company_members = {{
    {"entity_type", 32, is_entity_type,
     "one of llc, private_corporation, public_corporation, partnership, co_op, non_profit, "
     "government, sole_proprietor"},
    {"registered_name", 255, is_not_blank, not_blank},
    {"display_name", 255, is_not_blank, not_blank},
    {"country", 2, is_upper_pair, a_country},
    {"mobile_number", 16, is_e164, a_phone},
    {"email", 254, is_email, an_email},
    {"website", 2048, is_https_url, a_url},
    {"industry", 64, is_not_blank, not_blank},
    {"time_zone", 64, is_not_blank, not_blank},
    {"stock_symbol", 16, is_not_blank, not_blank},
    {"stock_exchange", 64, is_not_blank, not_blank},
}};

constexpr std::array<entity_text_member, 6> address_members = {{
    {"line1", 255, is_not_blank, not_blank},
    {"line2", 255, is_not_blank, not_blank},
    {"locality", 255, is_not_blank, not_blank},
    {"region", 64, is_not_blank, not_blank},
    {"postal_code", 16, is_not_blank, not_blank},
    {"country", 2, is_upper_pair, a_country},
}};

constexpr std::array<entity_text_member, 5> contact_members = {{
    {"first_name", 255, is_not_blank, not_blank},
    {"last_name", 255, is_not_blank, not_blank},
    {"email", 254, is_email, an_email},
    {"phone_number", 16, is_e164, a_phone},
    {"title", 255, is_not_blank, not_blank},
}};

constexpr std::array<entity_text_member, 6> messaging_members = {{
    {"description", 4096, is_not_blank, not_blank, true},
    {"consent_flow", 4096, is_not_blank, not_blank, true},
    {"volume", 8, is_volume, "low or high"},
    {"privacy_policy_url", 2048, is_https_url, a_url},
    {"terms_and_conditions_url", 2048, is_https_url, a_url},
    {"link_sample", 2048, is_https_url, a_url},
}};

void read_text(object_reader& read, const entity_text_member& member, json::object& into) {
  const text_rule rule{.max = member.max_characters, .allow_line_breaks = member.allow_line_breaks};
  const nullable<std::string> given = read.nullable_string(member.name, rule);
  if (!given.present) return;
  if (!given.value) {
    into[member.name] = nullptr;
  } else if (member.fits(*given.value)) {
    into[member.name] = *given.value;
  } else {
    const std::string field = read.path_of(member.name);
    read.take_error(bad_field(field, field + " must be " + std::string(member.must_be) + "."));
  }
}

void read_list(object_reader& read, std::string_view name, std::size_t max_items,
               const text_rule& rule, json::object& into) {
  const auto given = read.optional_string_list(name, max_items, rule);
  if (!given) return;
  json::array list;
  for (const std::string& item : *given) list.push_back(json::value(item));
  into[name] = std::move(list);
}

// An object member of the record, or null; `fill` reads its members.
template <typename Fill>
void read_part(object_reader& read, std::string_view name, json::object& into, Fill fill) {
  const json::value* given = read.optional_value(name);
  if (given == nullptr) return;
  if (given->is_null()) {
    into[name] = nullptr;
    return;
  }
  if (!given->is_object()) {
    const std::string field = read.path_of(name);
    read.take_error(bad_field(field, field + " must be an object, or null."));
    return;
  }
  object_reader inner(given->get_object(), read.path_of(name));
  json::object part;
  fill(inner, part);
  auto finished = inner.finish();
  if (!finished) read.take_error(std::move(finished).error());
  into[name] = std::move(part);
}

template <std::size_t N>
auto reader_of(const std::array<entity_text_member, N>& members) {
  return [&members](object_reader& read, json::object& part) {
    for (const entity_text_member& member : members) read_text(read, member, part);
  };
}

void read_messaging(object_reader& read, json::object& part) {
  reader_of(messaging_members)(read, part);
  read_list(read, "message_samples", 5, {.min = 1, .max = 1024, .allow_line_breaks = true}, part);
  read_list(read, "use_cases", 5, {.min = 1, .max = 64}, part);
  read_list(read, "includes", 16, {.min = 1, .max = 64}, part);
}

nullable<ein> read_ein(object_reader& read) {
  const json::value* given = read.optional_value("ein");
  if (given == nullptr) return {};
  if (given->is_null()) return {.present = true};
  if (!given->is_string()) {
    read.take_error(
        bad_field("ein", "ein must be nine digits such as 12-3456789.", error_code::ein_invalid));
    return {};
  }
  const json::string& text = given->get_string();
  auto parsed = ein::parse({text.data(), text.size()});
  if (!parsed) {
    read.take_error(std::move(parsed).error());
    return {};
  }
  return {.present = true, .value = *std::move(parsed)};
}

bool has_text(const json::object& record, std::string_view path) {
  const json::value* found = find_in_record(record, path);
  return found != nullptr && found->is_string() && !found->get_string().empty();
}

bool has_items(const json::object& record, std::string_view path, std::size_t at_least) {
  const json::value* found = find_in_record(record, path);
  return found != nullptr && found->is_array() && found->get_array().size() >= at_least;
}

std::string_view type_of(const json::object& record) {
  const json::value* found = record.if_contains("entity_type");
  if (found == nullptr || !found->is_string()) return {};
  return {found->get_string().data(), found->get_string().size()};
}

bool is_host_shape(std::string_view host) {
  const std::size_t dot = host.rfind('.');
  return dot != std::string_view::npos && dot > 0 && dot + 1 < host.size() &&
         host.find("..") == std::string_view::npos && host.front() != '.' &&
         std::all_of(host.begin(), host.end(), [](unsigned char c) {
           return c >= 0x80 || std::isalnum(c) != 0 || c == '-' || c == '.';
         });
}

bool has_spaces(std::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](unsigned char c) { return c <= 0x20 || c == 0x7f; });
}

}  // namespace

const json::value* find_in_record(const json::object& record, std::string_view path) {
  const std::size_t dot = path.find('.');
  const json::value* found = record.if_contains(path.substr(0, dot));
  if (found == nullptr || dot == std::string_view::npos) return found;
  const json::object* inner = found->if_object();
  return inner == nullptr ? nullptr : inner->if_contains(path.substr(dot + 1));
}

bool is_email_shape(std::string_view text) noexcept {
  const std::size_t at = text.find('@');
  return text.size() <= 254 && !has_spaces(text) && at != std::string_view::npos && at > 0 &&
         text.find('@', at + 1) == std::string_view::npos && is_host_shape(text.substr(at + 1));
}

bool is_https_url_shape(std::string_view text) noexcept {
  constexpr std::string_view scheme = "https://";
  if (text.size() > 2048 || !text.starts_with(scheme) || has_spaces(text)) return false;
  std::string_view host = text.substr(scheme.size());
  host = host.substr(0, host.find_first_of("/?#"));
  return is_host_shape(host.substr(0, host.find(':')));
}

result<legal_entity_changes> read_legal_entity_changes(const json::object& body) {
  object_reader read(body);
  legal_entity_changes changes;
  for (const entity_text_member& member : company_members) read_text(read, member, changes.record);
  changes.ein = read_ein(read);
  read_part(read, "address", changes.record, reader_of(address_members));
  read_part(read, "contact", changes.record, reader_of(contact_members));
  read_list(read, "regions_of_operation", 32, {.min = 1, .max = 64}, changes.record);
  read_part(read, "messaging", changes.record, read_messaging);
  TRY(read.finish());
  return changes;
}

void apply_changes(json::object& record, const json::object& changes) {
  for (const json::key_value_pair& member : changes) {
    record.insert_or_assign(member.key(), member.value());
  }
}

std::vector<std::string> missing_entity_fields(const json::object& record) {
  std::vector<std::string> missing;
  const auto need = [&](std::string_view path) {
    if (!has_text(record, path)) missing.emplace_back(path);
  };
  const auto need_items = [&](std::string_view path, std::size_t at_least) {
    if (!has_items(record, path, at_least)) missing.emplace_back(path);
  };
  need("entity_type");
  need("registered_name");
  need("country");
  for (const std::string_view path :
       {"address.line1", "address.locality", "address.region", "address.postal_code",
        "contact.first_name", "contact.last_name", "contact.email", "contact.phone_number",
        "contact.title"}) {
    need(path);
  }
  if (type_of(record) == "sole_proprietor") need("mobile_number");
  need("website");
  need("industry");
  need_items("regions_of_operation", 1);
  if (type_of(record) == "public_corporation") {
    need("email");
    need("stock_symbol");
    need("stock_exchange");
  }
  need("messaging.description");
  need("messaging.consent_flow");
  need_items("messaging.message_samples", 2);
  need_items("messaging.use_cases", 1);
  need("messaging.volume");
  need("messaging.privacy_policy_url");
  need("messaging.terms_and_conditions_url");
  return missing;
}

error entity_is_incomplete(const std::vector<std::string>& missing) {
  error failure = refused(error_code::entity_incomplete,
                          "The legal entity lacks fields that carriers ask for.");
  failure.hint = "Fill in the fields of details.missing, then submit the legal entity again.";
  json::array paths;
  for (const std::string& path : missing) paths.push_back(json::value(path));
  failure.details["missing"] = std::move(paths);
  return failure;
}

}  // namespace dialplane
