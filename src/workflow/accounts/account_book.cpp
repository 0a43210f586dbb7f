#include "workflow/accounts/account_book.hpp"

#include <algorithm>
#include <atomic>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <charconv>
#include <mutex>
#include <set>
#include <utility>

#include "base/log.hpp"
#include "base/random.hpp"
#include "carriers/closed_carrier.hpp"
#include "carriers/measured_carrier.hpp"
#include "carriers/secret_address_carrier.hpp"
#include "carriers/watched_carrier.hpp"
#include "net/http_url.hpp"
#include "net/ip_address.hpp"
#include "store/carrier_account_queries.hpp"
#include "workflow/records.hpp"

namespace dialplane {

namespace {

namespace json = boost::json;

carrier_account_state state_of(account_standing standing) noexcept {
  switch (standing) {
    case account_standing::open: return carrier_account_state::active;
    case account_standing::credentials_rejected:
      return carrier_account_state::credentials_rejected;
    case account_standing::out_of_funds: return carrier_account_state::out_of_funds;
  }
  return carrier_account_state::active;
}

account_standing standing_of_state(carrier_account_state state) noexcept {
  if (state == carrier_account_state::credentials_rejected) {
    return account_standing::credentials_rejected;
  }
  return state == carrier_account_state::out_of_funds ? account_standing::out_of_funds
                                                      : account_standing::open;
}

account_place place_of(const carrier_account& row) {
  return {.only_for = row.organization, .preference = row.preference};
}

// Of a closed account: it sells to nobody.
account_place nowhere() { return {.only_for = organization_id{}, .preference = 0}; }

std::string text_of_option(const json::object& options, std::string_view name) {
  const json::value* found = options.if_contains(name);
  if (found == nullptr || !found->is_string()) return {};
  return std::string(found->get_string());
}

// 1 to 1,000; `otherwise` where the account does not say.
result<std::size_t> purchases_option(const json::object& options, std::size_t otherwise) {
  const std::string text = text_of_option(options, "purchases_in_flight");
  if (text.empty()) return otherwise;
  std::size_t most = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), most);
  const bool is_number = failure == std::errc() && end == text.data() + text.size();
  if (is_number && most >= 1 && most <= 1'000) return most;
  return bad_field("options.purchases_in_flight",
                   "options.purchases_in_flight must be a whole number from 1 to 1000.",
                   error_code::carrier_account_invalid);
}

bool is_loopback_host(const std::string& host) {
  if (host == "localhost" || host == "::1" || host == "[::1]") return true;
  return host.starts_with("127.");
}

// In the unit: the row as it is now, in its new state; nothing where that changes nothing.
result<bool> note_state(session& work, workflow_environment& env, const std::string& name,
                        carrier_account_state state, const std::string& detail) {
  TRY_ASSIGN(auto row, work.carrier_accounts().find_named(name));
  if (!row || row->state == state || row->state == carrier_account_state::removed_with_numbers) {
    return false;
  }
  const std::string_view previous = name_of_value(row->state);
  row->state = state;
  row->state_detail = detail.substr(0, 300);
  row->state_since = env.time.now();
  row->updated_at = row->state_since;
  TRY(work.carrier_accounts().update(*row));
  TRY(tell_account_changed(work, env, *row, previous));
  return true;
}

}  // namespace

result<void> tell_account_changed(session& work, workflow_environment& env,
                                  const carrier_account& row, std::string_view previous) {
  std::optional<organization_id> owner = row.organization;
  if (!owner) {
    TRY_ASSIGN(const auto first, work.organizations().first());
    if (!first) return {};  // before the first start has made one, nobody listens
    owner = first->id;
  }
  json::object data{{"account_id", row.id.prefixed()},
                    {"name", row.name},
                    {"kind", row.kind},
                    {"state", name_of_value(row.state)},
                    {"previous", nullptr},
                    {"sentence", sentence_of(row)},
                    {"since", to_rfc3339(row.state_since)}};
  if (!previous.empty()) data["previous"] = previous;
  TRY(append_event(work, env, *owner, std::nullopt, "carrier.account_changed", data));
  return append_audit(work, env, *owner, "carrier.account_changed", row.id.uuid(), "",
                      {{"name", row.name}, {"state", name_of_value(row.state)}}, std::nullopt);
}

struct account_book::core : std::enable_shared_from_this<core> {
  core(workflow_environment& environment, carrier_tools its_tools,
       std::vector<account_maker> its_makers, account_book_settings chosen)
      : env(environment),
        tools(std::move(its_tools)),
        makers(std::move(its_makers)),
        settings(std::move(chosen)),
        began_at(environment.time.now()) {
    for (const carrier* one : env.carriers.all()) built_in.push_back(one->abilities().name);
  }

  void noticed(const std::string& name, account_standing standing, const std::string& detail);
  void ask_the_unwell();
  void watch(event_loop& loop);
  void place_built_in() const;
  void note_purchases(const carrier_account& row, const account_maker& known);

  workflow_environment& env;
  const carrier_tools tools;
  const std::vector<account_maker> makers;
  const account_book_settings settings;
  const timestamp began_at;
  std::vector<std::string> built_in;
  std::mutex mutex;
  std::set<std::string, std::less<>> removed;  // names
  std::map<std::string, std::size_t> purchases_in_flight;  // by name
  purchases_told told_purchases;
  std::atomic<bool> stopped{false};
};

void account_book::core::noticed(const std::string& name, account_standing standing,
                                 const std::string& detail) {
  if (!env.carriers.set_standing(name, standing)) return;
  log_line(log_level::warn, "carrier account changed",
           {{"account", name}, {"standing", name_of_value(standing)}});
  env.database.write<bool>(
      [self = shared_from_this(), name, standing, detail](session& work) {
        return note_state(work, self->env, name, state_of(standing), detail);
      },
      [name](result<bool> noted) {
        if (noted) return;
        log_error(log_level::error, "state of a carrier account not stored", noted.error(),
                  {{"account", name}});
      });
}

void account_book::core::ask_the_unwell() {
  for (carrier* one : env.carriers.all()) {
    const std::string name = one->abilities().name;
    if (env.carriers.standing_of(name) == account_standing::open) continue;
    // What the answer says is noticed on its way.
    one->check_account([](result<account_report>) {});
  }
}

void account_book::core::watch(event_loop& loop) {
  loop.post_after(settings.ask_again, [self = shared_from_this(), &loop] {
    if (self->stopped) return;
    self->ask_the_unwell();
    self->watch(loop);
  });
}

// Play money buys nothing beside real money.
void account_book::core::place_built_in() const {
  const auto is_built_in = [this](const carrier& one) {
    return std::ranges::find(built_in, one.abilities().name) != built_in.end();
  };
  bool real = false;
  for (const carrier* one : env.carriers.sellers()) {
    real = real || (!is_built_in(*one) && one->abilities().is_real);
  }
  for (const std::string& name : built_in) {
    env.carriers.set_place(name, real ? nowhere() : account_place{});
  }
}

void account_book::core::note_purchases(const carrier_account& row, const account_maker& known) {
  const auto rule = static_cast<std::size_t>(env.rules.purchases.in_flight_max);
  const auto most =
      purchases_option(row.options, std::min(rule, known.described->limits.concurrency));
  if (!most) return;  // make() has refused it
  const std::lock_guard lock(mutex);
  purchases_in_flight[row.name] = *most;
  if (told_purchases) told_purchases(row.name, *most);
}

void account_book::tell_purchases_in_flight(purchases_told told) {
  const std::lock_guard lock(core_->mutex);
  core_->told_purchases = std::move(told);
  for (const auto& [name, most] : core_->purchases_in_flight) core_->told_purchases(name, most);
}

account_book::account_book(workflow_environment& env, carrier_tools tools,
                           std::vector<account_maker> makers, account_book_settings settings)
    : core_(std::make_shared<core>(env, std::move(tools), std::move(makers),
                                   std::move(settings))) {}

account_book::~account_book() { stop(); }

workflow_environment& account_book::environment() const { return core_->env; }

std::span<const account_maker> account_book::makers() const { return core_->makers; }

bool account_book::is_built_in(std::string_view name) const {
  return std::ranges::find(core_->built_in, name) != core_->built_in.end();
}

const account_maker* account_book::maker_of(std::string_view kind) const {
  const auto found = std::ranges::find_if(
      core_->makers, [kind](const account_maker& one) { return one.described->kind == kind; });
  return found == core_->makers.end() ? nullptr : &*found;
}

std::vector<carrier_account> account_book::open_all(std::vector<carrier_account> rows) {
  std::vector<carrier_account> changed;
  for (carrier_account& row : rows) {
    const carrier_account_state before = row.state;
    carrier_account now = open(std::move(row));
    if (now.state != before) changed.push_back(std::move(now));
  }
  return changed;
}

carrier_account account_book::open(carrier_account row) {
  if (row.kind == trunk_kind) return row;
  if (row.state == carrier_account_state::removed_with_numbers) {
    close(row);
    return row;
  }
  const result<credential_texts> credentials = open_credentials(row);
  result<std::unique_ptr<carrier>> made =
      credentials ? make(row, *credentials)
                  : result<std::unique_ptr<carrier>>(credentials.error());
  const bool was_usable = row.state != carrier_account_state::unusable;
  if (was_usable != made.has_value()) {
    row.state = made ? carrier_account_state::active : carrier_account_state::unusable;
    row.state_detail = made ? std::string() : made.error().message;
    row.state_since = core_->env.time.now();
    row.updated_at = row.state_since;
  }
  if (!made) {
    log_error(log_level::error, "a carrier account cannot be opened", made.error(),
              {{"account", row.name}});
    close(row);
    return row;
  }
  workflow_environment& env = core_->env;
  auto watched = std::make_unique<watched_carrier>(
      *std::move(made), [weak = std::weak_ptr(core_), name = row.name](
                            account_standing standing, const std::string& detail) {
        if (const auto self = weak.lock()) self->noticed(name, standing, detail);
      });
  env.carriers.add(std::make_unique<measured_carrier>(std::move(watched), env.metrics),
                   place_of(row));
  env.carriers.set_standing(row.name, standing_of_state(row.state));
  {
    const std::lock_guard lock(core_->mutex);
    core_->removed.erase(row.name);
  }
  if (const account_maker* known = maker_of(row.kind)) core_->note_purchases(row, *known);
  core_->place_built_in();
  return row;
}

void account_book::close(const carrier_account& row) {
  carrier_abilities abilities;
  if (const account_maker* known = maker_of(row.kind)) abilities = known->described->abilities;
  abilities.name = row.name;
  if (row.state == carrier_account_state::removed_with_numbers) {
    const std::lock_guard lock(core_->mutex);
    core_->removed.insert(row.name);
  }
  core_->env.carriers.add(
      std::make_unique<closed_carrier>(std::move(abilities), sentence_of(row)), nowhere());
  core_->place_built_in();
}

bool account_book::is_removed(std::string_view name) const {
  const std::lock_guard lock(core_->mutex);
  return core_->removed.contains(name);
}

void account_book::forget(std::string_view name) {
  core_->env.carriers.remove(name);
  core_->place_built_in();
}

std::string account_book::base_url_of(const carrier_account& row) const {
  std::string url = text_of_option(row.options, "base_url");
  if (!url.empty()) return url;
  const auto endpoint = core_->settings.endpoints.find(row.kind);
  if (endpoint != core_->settings.endpoints.end()) return endpoint->second;
  const account_maker* known = maker_of(row.kind);
  return known == nullptr ? std::string() : known->described->base_url;
}

bool account_book::is_local(const carrier_account& row) const {
  const auto url = parse_http_url(base_url_of(row));
  return url && is_loopback_host(url->host);
}

result<void> account_book::check_public_url(const carrier_account& row) const {
  const account_maker* known = maker_of(row.kind);
  if (known == nullptr || !known->described->abilities.is_real || is_local(row)) return {};
  if (core_->settings.public_url_given && core_->env.public_url.starts_with("https://")) return {};
  error failure = refused(error_code::carrier_account_invalid,
                          "A real carrier must reach this server over https, and does not know "
                          "where: start the server with --public-url https://… first.");
  failure.field = "public_url";
  return failure;
}

result<std::unique_ptr<carrier>> account_book::make(const carrier_account& row,
                                                    const credential_texts& credentials,
                                                    wire_observer watch) const {
  const account_maker* known = maker_of(row.kind);
  if (known == nullptr) {
    return bad_field("kind", "There is no carrier " + row.kind + ".",
                     error_code::carrier_account_invalid);
  }
  TRY(check_public_url(row));
  TRY(purchases_option(row.options, 1));
  carrier_account_settings opened;
  opened.name = row.name;
  for (const auto& [name, text] : credentials) opened.credentials.emplace(name, text.copy());
  for (const auto& [name, text] : row.options) {
    if (text.is_string()) opened.options.emplace(name, std::string(text.get_string()));
  }
  opened.options["base_url"] = base_url_of(row);
  opened.public_url = core_->env.public_url;
  opened.installation = core_->env.installation;
  // Another stands in the registry, or did in a process before this one. Whoever only watches makes
  // calls of its own.
  opened.follows_another = !watch && (core_->env.carriers.find(row.name) != nullptr ||
                                      row.created_at < core_->began_at);
  carrier_tools tools = core_->tools;
  tools.watch = std::move(watch);
  TRY_ASSIGN(std::unique_ptr<carrier> made,
             known->make(*known->described, tools, std::move(opened)));
  // Whoever cannot tell a forged webhook (it has nothing to check a signature with) says so.
  const result<verified_webhook> checks = made->verify_webhook({});
  const bool checks_nothing = !checks && checks.error().code == error_code::not_configured;
  if (!checks_nothing || row.sealed_webhook_token.empty()) return made;
  TRY_ASSIGN(std::string token,
             core_->env.seals.open(row.sealed_webhook_token, webhook_token_purpose));
  std::unique_ptr<carrier> secret = std::make_unique<secret_address_carrier>(
      std::move(made), secret_string::taken_from(token));
  return secret;
}

std::string account_book::seal_webhook_token() const {
  return core_->env.seals.seal(random_base62(*core_->tools.random, 32), webhook_token_purpose);
}

std::string account_book::seal_credentials(const credential_texts& credentials) const {
  json::object texts;
  for (const auto& [name, text] : credentials) texts[name] = text.reveal();
  return core_->env.seals.seal(json::serialize(texts), credentials_purpose);
}

result<credential_texts> account_book::open_credentials(const carrier_account& row) const {
  TRY_ASSIGN(const std::string text,
             core_->env.seals.open(row.sealed_credentials, credentials_purpose));
  boost::system::error_code failure;
  const json::value parsed = json::parse(text, failure);
  if (failure || !parsed.is_object()) return internal_fault("sealed credentials are no object");
  credential_texts credentials;
  for (const auto& [name, value] : parsed.get_object()) {
    if (value.is_string()) credentials.emplace(name, secret_string(value.get_string()));
  }
  return credentials;
}

void account_book::start(event_loop& loop) { core_->watch(loop); }

void account_book::stop() noexcept {
  core_->stopped = true;
  const std::lock_guard lock(core_->mutex);
  core_->told_purchases = nullptr;
}

}  // namespace dialplane
