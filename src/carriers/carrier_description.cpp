#include "carriers/carrier_description.hpp"

#include <yaml-cpp/yaml.h>

#include <utility>

namespace dialplane {

namespace {

using std::chrono::milliseconds;

// Converts or throws; the one function that catches is parse_carrier_description.
template <typename T>
void take(const YAML::Node& from, const char* name, T& to) {
  if (const YAML::Node value = from[name]) to = value.as<T>();
}

void take_ms(const YAML::Node& from, const char* name, milliseconds& to) {
  if (const YAML::Node value = from[name]) to = milliseconds(value.as<std::int64_t>());
}

// "1.15" dollars to millionths, without floating point.
std::int64_t micro_usd(const std::string& decimal) {
  const std::size_t point = decimal.find('.');
  std::string digits = decimal.substr(0, point);
  std::string fraction = point == std::string::npos ? "" : decimal.substr(point + 1);
  const bool well_formed =
      !digits.empty() && fraction.size() <= 6 &&
      (digits + fraction).find_first_not_of("0123456789") == std::string::npos;
  if (!well_formed) throw YAML::Exception(YAML::Mark::null_mark(), "not a price: " + decimal);
  fraction.resize(6, '0');
  return std::stoll(digits) * 1'000'000 + std::stoll(fraction);
}

carrier_price price_from(const YAML::Node& from) {
  carrier_price price{.is_estimate = true};
  if (!from) return price;
  if (from["monthly_usd"]) price.monthly_micro_usd = micro_usd(from["monthly_usd"].Scalar());
  if (from["upfront_usd"]) price.upfront_micro_usd = micro_usd(from["upfront_usd"].Scalar());
  return price;
}

void read_abilities(const YAML::Node& from, carrier_abilities& to) {
  if (!from) return;
  take(from, "search_is_local", to.search_is_local);
  take(from, "shows_prices", to.shows_prices);
  take(from, "reserves", to.reserves);
  take(from, "sells_toll_free", to.sells_toll_free);
  take(from, "takes_calls", to.takes_calls);
  take(from, "registers_brands", to.registers_brands);
  take(from, "lists_texts", to.lists_texts);
  take(from, "numbers_belong_to_owner", to.numbers_belong_to_owner);
  take(from, "is_real", to.is_real);
  take(from, "sets_routing_at_purchase", to.sets_routing_at_purchase);
  take_ms(from, "settling_time_ms", to.settling_time);
  take_ms(from, "release_grace_ms", to.release_grace);
  take_ms(from, "call_timeout_ms", to.call_timeout);
  take_ms(from, "campaign_poll_interval_max_ms", to.campaign_poll_interval_max);
  take(from, "sends_media", to.sends_media);
  take(from, "answers_keywords", to.answers_keywords);
  take(from, "toll_free_answers_keywords", to.toll_free_answers_keywords);
  take_ms(from, "text_settling_time_ms", to.text_settling_time);
}

void read_limits(const YAML::Node& from, carrier_limits& to) {
  if (!from) return;
  take(from, "concurrency", to.concurrency);
  take(from, "per_second", to.per_second);
  take(from, "waiting", to.waiting);
  take_ms(from, "connect_timeout_ms", to.connect_timeout);
  take_ms(from, "answer_timeout_ms", to.answer_timeout);
  take(from, "answer_bytes", to.answer_bytes);
  take(from, "failures_to_open", to.failures_to_open);
  take_ms(from, "open_for_ms", to.open_for);
}

carrier_description description_from(const YAML::Node& root) {
  carrier_description described;
  described.kind = root["kind"].as<std::string>();
  described.title = root["title"].as<std::string>();
  take(root, "base_url", described.base_url);
  described.abilities.name = described.kind;
  read_abilities(root["abilities"], described.abilities);
  read_limits(root["limits"], described.limits);
  for (const YAML::Node& one : root["credentials"]) {
    credential_description credential;
    credential.name = one["name"].as<std::string>();
    credential.title = one["title"].as<std::string>();
    take(one, "secret", credential.secret);
    take(one, "required", credential.required);
    described.credentials.push_back(std::move(credential));
  }
  if (const YAML::Node prices = root["prices"]) {
    described.local = price_from(prices["local"]);
    described.toll_free = price_from(prices["toll_free"]);
  }
  for (const YAML::Node& one : root["links"]) {
    described.links.push_back({one["title"].as<std::string>(), one["url"].as<std::string>()});
  }
  take(root, "set_up", described.set_up);
  take(root, "notes", described.notes);
  return described;
}

}  // namespace

result<carrier_description> parse_carrier_description(std::string_view yaml) {
  try {
    return description_from(YAML::Load(std::string(yaml)));
  } catch (const std::exception& why) {  // yaml-cpp's only way to say it
    return internal_fault(std::string("a carrier's description: ") + why.what());
  }
}

std::string base_url_of(const carrier_description& described,
                        const carrier_account_settings& account) {
  const auto own = account.options.find("base_url");
  std::string url = own == account.options.end() ? described.base_url : own->second;
  while (url.ends_with('/')) url.pop_back();
  return url;
}

result<secret_string> credential_of(const carrier_account_settings& account,
                                    std::string_view name) {
  const auto found = account.credentials.find(name);
  if (found == account.credentials.end() || found->second.empty()) {
    return bad_field("credentials." + std::string(name),
                     "This credential is missing for the account \"" + account.name + "\".",
                     error_code::carrier_account_invalid);
  }
  return found->second.copy();
}

}  // namespace dialplane
