#include "app/carrier_account_json.hpp"

#include <boost/json/array.hpp>
#include <utility>

namespace dialplane {

namespace {

namespace json = boost::json;

json::array sentences(const std::vector<std::string>& list) {
  return json::array(list.begin(), list.end());
}

json::object abilities_json(const carrier_abilities& can) {
  return {{"is_real", can.is_real},
          {"shows_prices", can.shows_prices},
          {"reserves", can.reserves},
          {"sells_toll_free", can.sells_toll_free},
          {"takes_calls", can.takes_calls},
          {"registers_brands", can.registers_brands},
          {"lists_texts", can.lists_texts},
          {"sends_media", can.sends_media},
          {"answers_keywords", can.answers_keywords},
          {"sets_routing_at_purchase", can.sets_routing_at_purchase},
          {"numbers_belong_to_owner", can.numbers_belong_to_owner},
          {"settling_time_ms", can.settling_time.count()},
          {"release_grace_ms", can.release_grace.count()}};
}

json::object price_json(const carrier_price& price) {
  return {{"monthly_usd", usd_text(price.monthly_micro_usd)},
          {"upfront_usd", usd_text(price.upfront_micro_usd)},
          {"is_estimate", price.is_estimate}};
}

json::value prices_json(const carrier_description* described) {
  if (described == nullptr) return nullptr;
  return json::object{{"local", price_json(described->local)},
                      {"toll_free", price_json(described->toll_free)}};
}

}  // namespace

std::string usd_text(std::int64_t micro_usd) {
  std::string fraction = std::to_string(1'000'000 + micro_usd % 1'000'000).substr(1);
  while (fraction.size() > 2 && fraction.back() == '0') fraction.pop_back();
  return std::to_string(micro_usd / 1'000'000) + "." + fraction;
}

json::object carrier_kind_json(const carrier_description& described) {
  json::array credentials;
  for (const credential_description& one : described.credentials) {
    credentials.push_back(json::object{{"name", one.name},
                                       {"title", one.title},
                                       {"secret", one.secret},
                                       {"required", one.required}});
  }
  json::array links;
  for (const carrier_link& one : described.links) {
    links.push_back(json::object{{"title", one.title}, {"url", one.url}});
  }
  return {{"kind", described.kind},
          {"title", described.title},
          {"base_url", described.base_url},
          {"credentials", std::move(credentials)},
          {"abilities", abilities_json(described.abilities)},
          {"prices", prices_json(&described)},
          {"limits", json::object{{"requests_at_once", described.limits.concurrency},
                                  {"requests_per_second", described.limits.per_second}}},
          {"set_up", sentences(described.set_up)},
          {"notes", sentences(described.notes)},
          {"links", std::move(links)}};
}

json::object carrier_account_json(const carrier_account& row, const account_book& book) {
  const account_maker* known = book.maker_of(row.kind);
  const carrier_description* described = known == nullptr ? nullptr : known->described;
  json::object out{{"id", row.id.prefixed()},
                   {"name", row.name},
                   {"kind", row.kind},
                   {"title", described == nullptr ? row.kind : described->title},
                   {"label", nullptr},
                   {"organization_id", nullptr},
                   {"built_in", false},
                   {"state", name_of_value(row.state)},
                   {"sentence", sentence_of(row)},
                   {"since", to_rfc3339(row.state_since)},
                   {"preference", row.preference},
                   {"account", row.place},
                   {"credentials", row.shown},
                   {"options", row.options},
                   {"base_url", book.base_url_of(row)},
                   {"abilities", nullptr},
                   {"prices", prices_json(described)},
                   {"created_at", to_rfc3339(row.created_at)},
                   {"updated_at", to_rfc3339(row.updated_at)}};
  if (row.label) out["label"] = *row.label;
  if (row.organization) out["organization_id"] = row.organization->uuid();
  if (described != nullptr) out["abilities"] = abilities_json(described->abilities);
  return out;
}

std::vector<json::object> built_in_carriers_json(const account_book& book) {
  std::vector<json::object> shown;
  for (const carrier* one : book.environment().carriers.all()) {
    const carrier_abilities& can = one->abilities();
    if (!book.is_built_in(can.name)) continue;
    shown.push_back(json::object{{"id", nullptr},
                                 {"name", can.name},
                                 {"kind", can.name},
                                 {"title", "built in"},
                                 {"label", nullptr},
                                 {"organization_id", nullptr},
                                 {"built_in", true},
                                 {"state", "active"},
                                 {"sentence", "Play money: it sells while no real account does."},
                                 {"since", nullptr},
                                 {"preference", 0},
                                 {"account", ""},
                                 {"credentials", json::object()},
                                 {"options", json::object()},
                                 {"base_url", ""},
                                 {"abilities", abilities_json(can)},
                                 {"prices", nullptr},
                                 {"created_at", nullptr},
                                 {"updated_at", nullptr}});
  }
  return shown;
}

json::object account_check_json(const carrier_account& row, const account_check& check) {
  json::object out{{"name", row.name},
                   {"kind", row.kind},
                   {"works", check.works},
                   {"account", nullptr},
                   {"balance_usd", nullptr},
                   {"can_buy", false},
                   {"failure", nullptr},
                   {"missing", sentences(check.missing)}};
  if (check.report) {
    out["account"] = check.report->account;
    out["can_buy"] = check.report->can_buy;
    if (check.report->balance_micro_usd) {
      const std::int64_t micros = *check.report->balance_micro_usd;
      out["balance_usd"] = micros < 0 ? "-" + usd_text(-micros) : usd_text(micros);
    }
  }
  if (check.failure) {
    out["failure"] = json::object{{"code", name_of(check.failure->code)},
                                  {"message", check.failure->message}};
  }
  return out;
}

}  // namespace dialplane
