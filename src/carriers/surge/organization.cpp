#include "carriers/surge/organization.hpp"

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <utility>

namespace dialplane::surge {

namespace {

namespace json = boost::json;

constexpr std::size_t account_name_max = 128;  // bytes

std::string word_of(std::string_view text) {
  std::string word(text);
  for (char& c : word) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    if (c == ' ' || c == '-' || c == '/') c = '_';
  }
  return word;
}

std::string text_of(const json::object& from, std::string_view member) {
  const json::value* found = from.if_contains(member);
  return found != nullptr && found->is_string() ? std::string(found->get_string())
                                                : std::string();
}

void copy_text(const json::object& from, std::string_view member, json::object& into,
               std::string_view as) {
  std::string text = text_of(from, member);
  if (!text.empty()) into[as] = std::move(text);
}

void copy_text(const json::object& from, std::string_view member, json::object& into) {
  copy_text(from, member, into, member);
}

const json::object* part(const json::object& from, std::string_view member) {
  const json::value* found = from.if_contains(member);
  return found == nullptr ? nullptr : found->if_object();
}

json::object contact_of(const json::object& contact) {
  json::object made;
  for (const char* member : {"first_name", "last_name", "email", "phone_number"}) {
    copy_text(contact, member, made);
  }
  const std::string title = text_of(contact, "title");
  if (title.empty()) return made;
  const std::string_view known = known_title(title);
  made["title"] = known.empty() ? "other" : known;
  if (known.empty()) made["title_other"] = title;
  return made;
}

json::object organization_of(const json::object& entity, const secret_string& ein,
                             bool sole_proprietor) {
  json::object made;
  copy_text(entity, "entity_type", made, "type");
  if (sole_proprietor) made["type"] = "sole_proprietor";
  for (const char* member : {"registered_name", "country", "email", "mobile_number",
                             "stock_symbol", "website"}) {
    copy_text(entity, member, made);
  }
  for (const char* member : {"industry", "stock_exchange"}) {
    const std::string word = word_of(text_of(entity, member));
    if (!word.empty()) made[member] = word;
  }
  if (!ein.empty() && !sole_proprietor) {
    made["identifier_type"] = "ein";
    made["identifier"] = ein.reveal();
  }
  if (const json::object* address = part(entity, "address")) {
    json::object& copy = (made["address"] = json::object()).get_object();
    for (const char* member : {"name", "line1", "line2", "locality", "region", "postal_code",
                               "country"}) {
      copy_text(*address, member, copy);
    }
  }
  if (const json::object* contact = part(entity, "contact")) made["contact"] = contact_of(*contact);
  const json::value* regions = entity.if_contains("regions_of_operation");
  if (regions != nullptr && regions->is_array()) {
    json::array words;
    for (const json::value& each : regions->get_array()) {
      if (each.is_string()) words.emplace_back(word_of(each.get_string()));
    }
    made["regions_of_operation"] = std::move(words);
  }
  return made;
}

// Cut between characters.
std::string shortened(std::string text, std::size_t bytes_max) {
  if (text.size() <= bytes_max) return text;
  std::size_t end = bytes_max;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  text.resize(end);
  return text;
}

}  // namespace

std::string_view known_title(std::string_view title) noexcept {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 13> titles = {{
      {"ceo", "ceo"},
      {"chief_executive_officer", "ceo"},
      {"cfo", "cfo"},
      {"chief_financial_officer", "cfo"},
      {"director", "director"},
      {"gm", "gm"},
      {"general_manager", "gm"},
      {"vp", "vp"},
      {"vice_president", "vp"},
      {"general_counsel", "general_counsel"},
      {"managing_director", "director"},
      {"executive_director", "director"},
      {"vice_president_of_operations", "vp"},
  }};
  const std::string word = word_of(title);
  for (const auto& [known, as] : titles) {
    if (known == word) return as;
  }
  return {};
}

json::object account_changes(std::string_view ours, const json::object& entity,
                             const secret_string& ein, bool sole_proprietor) {
  std::string display = text_of(entity, "display_name");
  if (display.empty()) display = text_of(entity, "registered_name");
  json::object changes;
  std::string name(ours);
  if (!display.empty()) name += " " + display;
  changes["name"] = shortened(std::move(name), account_name_max);
  if (!display.empty()) changes["brand_name"] = display;
  copy_text(entity, "time_zone", changes);
  changes["organization"] = organization_of(entity, ein, sole_proprietor);
  return changes;
}

std::string entity_path(std::string_view surge_path) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 6> others = {{
      {"identifier", "ein"},
      {"identifier_type", "ein"},
      {"type", "entity_type"},
      {"brand_name", "display_name"},
      {"name", "display_name"},
      {"contact.title_other", "contact.title"},
  }};
  constexpr std::string_view prefix = "organization.";
  if (surge_path.starts_with(prefix)) surge_path.remove_prefix(prefix.size());
  for (const auto& [theirs, ours] : others) {
    if (theirs == surge_path) return std::string(ours);
  }
  return std::string(surge_path);
}

}  // namespace dialplane::surge
