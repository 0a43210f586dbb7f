#include "carriers/twilio/twilio_carrier.hpp"

#include "carriers/twilio/answers.hpp"

namespace dialplane::twilio {

namespace {

error wrong_shape(std::string_view name, std::string_view must_be) {
  return bad_field("credentials." + std::string(name),
                   "credentials." + std::string(name) + " must be " + std::string(must_be) + ".",
                   error_code::carrier_account_invalid);
}

std::string option_of(const carrier_account_settings& account, std::string_view name) {
  const auto found = account.options.find(name);
  return found == account.options.end() ? std::string() : found->second;
}

// "https://api.twilio.com" with another first label, and a region where there is one. Another
// address (an emulator's) plays all three.
std::string address_of(std::string base, std::string_view product, std::string_view region) {
  while (base.ends_with('/')) base.pop_back();
  constexpr std::string_view core = "://api.";
  const std::size_t place = base.find(core);
  if (place == std::string::npos || !base.ends_with(".twilio.com")) return base;
  std::string host(product);
  if (!region.empty()) host.append(".").append(region);
  return base.replace(place + 3, core.size() - 4, host);
}

bool is_region(std::string_view text) {
  for (const char c : text) {
    const bool fits = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-';
    if (!fits) return false;
  }
  return text.size() <= 40 && !text.starts_with('.') && !text.ends_with('.');
}

result<api_settings> read_credentials(carrier_account_settings& account) {
  api_settings read;
  TRY_ASSIGN(const secret_string sid, credential_of(account, "account_sid"));
  if (!is_sid(sid.reveal(), "AC")) {
    return wrong_shape("account_sid", "AC and 32 hexadecimal digits");
  }
  read.account_sid = sid.reveal();
  const auto key = account.credentials.find("api_key_sid");
  const bool has_key = key != account.credentials.end() && !key->second.empty();
  // An organization's own account comes with a key alone: then nothing signed can be verified.
  if (!has_key || account.credentials.contains("auth_token")) {
    TRY_ASSIGN(read.auth_token, credential_of(account, "auth_token"));
    if (read.auth_token.reveal().size() < 16) {
      return wrong_shape("auth_token", "the account's auth token");
    }
  }
  if (!has_key) {
    read.user = read.account_sid;
    read.password = read.auth_token.copy();
    return read;
  }
  if (!is_sid(key->second.reveal(), "SK")) {
    return wrong_shape("api_key_sid", "SK and 32 hexadecimal digits");
  }
  read.user = key->second.reveal();
  TRY_ASSIGN(read.password, credential_of(account, "api_key_secret"));
  return read;
}

result<std::string> sid_option(const carrier_account_settings& account, std::string_view name,
                               std::string_view letters) {
  std::string sid = option_of(account, name);
  if (sid.empty() || is_sid(sid, letters)) return sid;
  return bad_field("options." + std::string(name),
                   "options." + std::string(name) + " must be " + std::string(letters) +
                       " and 32 hexadecimal digits.",
                   error_code::carrier_account_invalid);
}

}  // namespace

twilio_carrier::twilio_carrier(carrier_abilities abilities, carrier_price local,
                               carrier_price toll_free, const carrier_tools& tools,
                               const carrier_limits& limits, api_settings access,
                               twilio_settings settings)
    : abilities_(std::move(abilities)),
      local_(local),
      toll_free_(toll_free),
      clock_(*tools.time),
      settings_(std::move(settings)),
      http_(std::make_shared<carrier_http>(tools, limits)),
      api_(std::make_shared<api>(http_, std::move(access))),
      holds_(std::make_shared<purchase_holds>(*tools.time, abilities_.settling_time)),
      sent_(std::make_shared<sent_texts>()) {}

result<std::unique_ptr<carrier>> make_twilio_carrier(const carrier_description& described,
                                                     const carrier_tools& tools,
                                                     carrier_account_settings account) {
  twilio_settings settings;
  TRY_ASSIGN(api_settings access, read_credentials(account));
  const std::string base = base_url_of(described, account);
  const std::string region = option_of(account, "region");
  if (!is_region(region)) {
    return bad_field("options.region", "options.region must be a region such as ie1.",
                     error_code::carrier_account_invalid);
  }
  access.core_url = address_of(base, "api", region);
  access.messaging_url = address_of(base, "messaging", region);
  access.trusthub_url = address_of(base, "trusthub", region);
  TRY_ASSIGN(settings.messaging_service_sid, sid_option(account, "messaging_service_sid", "MG"));
  TRY_ASSIGN(settings.primary_profile_sid, sid_option(account, "primary_profile_sid", "BU"));
  settings.notification_email = option_of(account, "notification_email");
  carrier_abilities abilities = described.abilities;
  abilities.name = account.name;
  carrier_price local = described.local;
  carrier_price toll_free = described.toll_free;
  local.is_estimate = toll_free.is_estimate = true;
  return std::unique_ptr<carrier>(std::make_unique<twilio_carrier>(
      std::move(abilities), local, toll_free, tools, described.limits, std::move(access),
      std::move(settings)));
}

}  // namespace dialplane::twilio
