// Numbers for sale and sold. Every area code that looks like one has +1<code>5550100 and up to
// 5550999 for sale (our choice); 000 and what no plan has are empty. No two searches begin with the
// same number.
#include <algorithm>
#include <array>

#include "emulators/surge/surge_emulator.hpp"

namespace dialplane::emulators::surge {

namespace {

namespace json = boost::json;

constexpr std::size_t search_page = 50;
constexpr int first_line = 100;
constexpr int last_line = 999;
constexpr std::array<std::string_view, 7> toll_free_codes = {"833", "844", "855", "866",
                                                             "877", "888", "800"};
constexpr std::array<std::string_view, 4> common_codes = {"415", "212", "206", "312"};
constexpr std::array<std::string_view, 3> canadian_codes = {"416", "604", "514"};

bool is_toll_free(std::string_view code) {
  return std::find(toll_free_codes.begin(), toll_free_codes.end(), code) !=
         toll_free_codes.end();
}

bool is_geographic(std::string_view code) {
  const bool digits = code.size() == 3 && std::all_of(code.begin(), code.end(), [](char c) {
                        return c >= '0' && c <= '9';
                      });
  if (!digits || code[0] < '2' || code[1] == '9' || code == "555" || code == "950") return false;
  return code.substr(1) != "11" && code.substr(1) != "00" && !is_toll_free(code);
}

bool has_type(std::string_view code, std::string_view type) {
  return type == "toll_free" ? is_toll_free(code) : is_geographic(code);
}

std::string number_text(std::string_view code, int line) {
  std::string digits = std::to_string(line);
  digits.insert(0, 4 - digits.size(), '0');
  return "+1" + std::string(code) + "555" + digits;
}

std::string formatted(const std::string& e164) {
  if (e164.size() != 12) return e164;
  return "(" + e164.substr(2, 3) + ") " + e164.substr(5, 3) + "-" + e164.substr(8);
}

json::object offer_of(const std::string& e164) {
  const std::string_view code = std::string_view(e164).substr(2, 3);
  const bool is_canadian = std::find(canadian_codes.begin(), canadian_codes.end(), code) !=
                           canadian_codes.end();
  return {{"country", is_canadian ? "CA" : "US"},
          {"number", e164},
          {"type", is_toll_free(code) ? "toll_free" : "local"}};
}

http_response no_such_number() {
  return failure(404, "not_found", "There is no such phone number.");
}

}  // namespace

json::object surge_emulator::shown(const number& one) const {
  json::object all{{"id", one.id},
                   {"number", one.e164},
                   {"type", one.type},
                   {"name", one.name},
                   {"campaign", nullptr},
                   {"campaign_id", nullptr}};
  if (one.campaign.empty()) return all;
  all["campaign"] = json::object{{"id", one.campaign}, {"attachment_status", one.attachment}};
  all["campaign_id"] = one.campaign;
  return all;
}

number* surge_emulator::number_by_e164(std::string_view e164) {
  for (auto& [id, one] : books_.numbers) {
    if (one.e164 == e164) return &one;
  }
  return nullptr;
}

bool surge_emulator::is_for_sale(std::string_view e164) const {
  if (e164.size() != 12 || !e164.starts_with("+1") || e164.substr(5, 3) != "555") return false;
  const std::string_view code = e164.substr(2, 3);
  const std::string_view line = e164.substr(8);
  const bool is_stock = (is_geographic(code) || is_toll_free(code)) && line >= "0100" &&
                        line <= "0999" && !books_.exhausted.contains(std::string(code)) &&
                        !books_.sold_elsewhere.contains(std::string(e164));
  if (!is_stock) return false;
  return std::none_of(books_.numbers.begin(), books_.numbers.end(),
                      [&](const auto& entry) { return entry.second.e164 == e164; });
}

std::vector<std::string> surge_emulator::stock(std::string_view type, std::string_view area_code,
                                               std::size_t limit, int skip) const {
  std::vector<std::string_view> codes;
  if (!area_code.empty()) {
    if (has_type(area_code, type)) codes.push_back(area_code);
  } else if (type == "toll_free") {
    codes.assign(toll_free_codes.begin(), toll_free_codes.end());
  } else {
    codes.assign(common_codes.begin(), common_codes.end());
  }
  std::vector<std::string> found;
  constexpr int lines = last_line - first_line + 1;
  for (const std::string_view code : codes) {
    for (int at = 0; at < lines && found.size() < limit; ++at) {
      std::string e164 = number_text(code, first_line + (at + skip) % lines);
      if (is_for_sale(e164)) found.push_back(std::move(e164));
    }
  }
  return found;
}

http_response surge_emulator::search(request asked) {
  const bool is_missing = options_.search_missing ||
                          faults().draw("search_missing", asked.call).has_value();
  if (is_missing) return no_such_route(asked.http);
  http_response refusal;
  if (account_of(asked, refusal) == nullptr) return refusal;
  const std::string type(asked.query().text("type"));
  if (type != "local" && type != "toll_free") return wrong_field("type", "is invalid");
  const std::string country(asked.query().text("country"));
  searches_ = (searches_ + 1) % 100;
  std::vector<std::string> found = stock(type, asked.query().text("area_code"), search_page,
                                         searches_);
  if (faults().draw("filter_ignored", asked.call)) {
    for (const char* other : {"toll_free", "local"}) {
      const auto more = stock(other, "", 5, 0);
      found.insert(found.begin(), more.begin(), more.end());
    }
  }
  json::array data;
  for (const std::string& e164 : found) {
    json::object offer = offer_of(e164);
    if (country.empty() || text_of(offer, "country") == country) data.push_back(std::move(offer));
  }
  json::object pagination{{"next_cursor", nullptr}, {"previous_cursor", nullptr}};
  return json_response(200, json::object{{"data", std::move(data)},
                                         {"pagination", std::move(pagination)}});
}

number& surge_emulator::add_number(const std::string& account_id, const std::string& e164,
                                   const std::string& name) {
  number one;
  one.id = new_id("pn");
  one.account = account_id;
  one.e164 = e164;
  one.type = is_toll_free(std::string_view(e164).substr(2, 3)) ? "toll_free" : "local";
  one.name = name.empty() ? formatted(e164) : name;
  books_.purchases.push_back({e164, one.name, account_id});
  number& added = books_.numbers.emplace(one.id, std::move(one)).first->second;
  if (added.type != "local") return added;
  for (const auto& [id, each] : books_.campaigns) {
    if (each.account != account_id || each.toll_free || each.status != "active") continue;
    added.campaign = id;
    attach_later(added.id);
    break;
  }
  return added;
}

http_response surge_emulator::buy(request asked) {
  http_response refusal;
  const account* owner = account_of(asked, refusal);
  if (owner == nullptr) return refusal;
  if (faults().draw("no_funds", asked.call)) {
    return failure(403, "platform_locked", "The platform is locked: a payment is due.");
  }
  const auto limit = options_.number_limit;
  const bool is_full = limit > 0 && static_cast<std::int64_t>(books_.numbers.size()) >= limit;
  if (is_full || faults().draw("number_limit", asked.call)) {
    return failure(422, "phone_number_limit", "The plan allows no more phone numbers.");
  }
  const json::object& order = asked.json();
  std::string e164 = text_of(order, "phone_number");
  if (!e164.empty() && !is_e164(e164)) return wrong_field("phone_number", "is invalid");
  if (e164.empty()) {
    const std::string code = text_of(order, "area_code");
    std::string type = text_of(order, "type");
    if (order.contains("latitude") != order.contains("longitude")) {
      return wrong_field("latitude", "must come with longitude");
    }
    if (type.empty()) type = is_toll_free(code) ? "toll_free" : "local";
    if (type != "local" && type != "toll_free") return wrong_field("type", "is invalid");
    const auto found = stock(type, code, 1, 0);
    if (!found.empty()) e164 = found.front();
  }
  if (!e164.empty() && faults().draw("gone", asked.call)) books_.sold_elsewhere.insert(e164);
  if (!is_for_sale(e164)) {
    return failure(422, "no_matching_numbers", "No phone number matches.");
  }
  const auto hidden = faults().draw("hidden", asked.call);
  const std::string name = options_.names_ignored ? "" : text_of(order, "name");
  number& bought = add_number(owner->id, e164, name);
  bought.visible_from = time().now() + milliseconds(hidden ? hidden->delay_ms : 0);
  return json_response(201, shown(bought));
}

http_response surge_emulator::list_numbers(request asked) {
  http_response refusal;
  const account* owner = account_of(asked, refusal);
  if (owner == nullptr) return refusal;
  std::vector<json::object> rows;
  for (const auto& [id, one] : books_.numbers) {
    if (one.account == owner->id && one.visible_from <= time().now()) rows.push_back(shown(one));
  }
  return page_of(asked, rows);
}

http_response surge_emulator::show_number(request asked) {
  const auto found = books_.numbers.find(std::string(asked.value("id")));
  return found == books_.numbers.end() ? no_such_number()
                                       : json_response(200, shown(found->second));
}

http_response surge_emulator::change_number(request asked) {
  const auto found = books_.numbers.find(std::string(asked.value("id")));
  if (found == books_.numbers.end()) return no_such_number();
  number& one = found->second;
  const json::object& order = asked.json();
  if (order.contains("name")) one.name = text_of(order, "name");
  if (one.name.empty()) one.name = formatted(one.e164);
  if (order.contains("campaign_id")) {
    const std::string wanted = text_of(order, "campaign_id");
    const auto campaign = books_.campaigns.find(wanted);
    const bool fits = campaign != books_.campaigns.end() && !campaign->second.toll_free &&
                      campaign->second.account == one.account && one.type == "local";
    if (!fits) return wrong_field("campaign_id", "is invalid");
    one.campaign = wanted;
    attach_later(one.id);
  }
  return json_response(200, shown(one));
}

http_response surge_emulator::release(request asked) {
  const auto found = books_.numbers.find(std::string(asked.value("id")));
  if (found == books_.numbers.end()) return no_such_number();
  json::object last = shown(found->second);
  books_.numbers.erase(found);
  if (faults().draw("release_404", asked.call)) return no_such_number();
  return json_response(200, last);
}

}  // namespace dialplane::emulators::surge
