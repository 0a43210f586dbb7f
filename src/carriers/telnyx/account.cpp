#include "carriers/telnyx/account.hpp"

#include <utility>

#include "carriers/telnyx/routing_targets.hpp"

namespace dialplane::telnyx {

namespace {

using std::chrono::milliseconds;

// A change at the carrier's own portal is seen after so long.
constexpr milliseconds target_urls_last{60'000};
constexpr std::size_t target_urls_max = 1'024;
constexpr std::size_t releases_max = 4'096;

std::string option_of(const carrier_account_settings& settings, std::string_view name) {
  const auto found = settings.options.find(name);
  return found == settings.options.end() ? std::string() : found->second;
}

std::string application_of(const carrier_account_settings& settings) {
  std::string found = option_of(settings, "texml_application_id");
  return found.empty() ? option_of(settings, "connection_id") : found;
}

carrier_abilities named(carrier_abilities abilities, const std::string& name) {
  abilities.name = name;
  return abilities;
}

}  // namespace

account::account(const carrier_description& described, const carrier_tools& tools,
                 carrier_account_settings settings, api_settings access)
    : abilities(named(described.abilities, settings.name)),
      public_url(settings.public_url),
      installation(settings.installation),
      pinned_profile(option_of(settings, "messaging_profile_id")),
      pinned_application(application_of(settings)),
      time(*tools.time),
      requests(tools, described.limits, std::move(access)),
      target_urls(time, target_urls_last, target_urls_max),
      releases(time, abilities.settling_time, releases_max),
      targets(std::make_unique<routing_targets>()) {}

account::~account() = default;

std::string account::report_url(std::string_view question) const {
  return public_url + "/carriers/" + abilities.name + "/texts?" + std::string(question);
}

error account_is_gone() {
  return not_done(error_code::shutting_down, "The carrier account is being closed.",
                  "telnyx: the account was closed meanwhile");
}

}  // namespace dialplane::telnyx
