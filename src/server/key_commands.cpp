#include "server/key_commands.hpp"

#include <boost/json/value.hpp>
#include <charconv>
#include <utility>

#include "app/api_keys.hpp"
#include "server/blocking_store.hpp"
#include "server/organization_founding.hpp"

namespace dialplane {

namespace {

namespace json = boost::json;

constexpr std::size_t listed_max = 1'000;

error wrong_expiry() {
  return bad_field("expires",
                   "--expires must be a time ahead such as 2027-01-31T00:00:00Z, or a duration "
                   "such as 30d, 12h, 45m or 90s.");
}

json::value text_or_null(const std::optional<std::string>& text) {
  return text ? json::value(*text) : json::value();
}

template <typename Id>
std::optional<std::string> uuid_of(const std::optional<Id>& id) {
  if (!id) return std::nullopt;
  return id->uuid();
}

std::optional<std::string> shown_time(const std::optional<timestamp>& at) {
  if (!at) return std::nullopt;
  return to_rfc3339(*at);
}

json::object shown(const api_key& row) {
  std::optional<std::string> cap;
  if (row.spend_cap_per_day) cap = to_decimal(*row.spend_cap_per_day);
  return {{"id", row.id.uuid()},
          {"organization_id", row.organization.uuid()},
          {"role", name_of_value(row.role)},
          {"hint", row.hint},
          {"user_id", text_or_null(uuid_of(row.user))},
          {"agent_id", text_or_null(row.agent ? std::optional(row.agent->prefixed())
                                              : std::nullopt)},
          {"spend_cap_per_day", text_or_null(cap)},
          {"expires_at", text_or_null(shown_time(row.expires_at))},
          {"revoked_at", text_or_null(shown_time(row.revoked_at))},
          {"created_at", to_rfc3339(row.created_at)}};
}

// What the options say about a new key, without looking anything up.
result<key_wish> read_wish(const json::object& options, timestamp now) {
  key_wish wish;
  const auto role = value_named<key_role>(option_text(options, "role").value_or(""));
  if (!role) return bad_field("role", "--role must be operator or agent.");
  wish.role = *role;
  if (const auto text = option_text(options, "user")) {
    wish.user = user_id::parse(*text);
    if (!wish.user) return bad_field("user", "--user must be a user's id.");
  }
  if (const auto text = option_text(options, "agent")) {
    wish.agent = agent_id::parse(*text);
    if (!wish.agent) return bad_field("agent", "--agent must be an agent's id.");
  }
  if (const auto expires = option_text(options, "expires")) {
    TRY_ASSIGN(wish.expires_at, parse_expiry(*expires, now));
  }
  if (const auto cap = option_text(options, "spend-cap")) {
    const result<micro_credits> credits = parse_credits(*cap);
    if (!credits) {
      return bad_field("spend-cap", "--spend-cap must be credits per day such as 100 or 12.5.");
    }
    wish.spend_cap_per_day = *credits;
  }
  return wish;
}

key_change change_at_machine(local_environment& env, organization_id owner, timestamp now) {
  return {.organization = owner, .by = {}, .request_id = {}, .ids = env.home.ids, .now = now};
}

// Where the key is, and the key. Inside a unit.
result<api_key> find_key_anywhere(session& work, const json::object& options, api_key_id id) {
  std::vector<organization> owners;
  if (option_text(options, "organization")) {
    TRY_ASSIGN(organization one, chosen_organization(work, options));
    owners.push_back(std::move(one));
  } else {
    TRY_ASSIGN(owners, work.organizations().all(organizations_max));
  }
  for (const organization& owner : owners) {
    TRY_ASSIGN(auto found, work.organizations().find_key(owner.id, id));
    if (found) return *std::move(found);
  }
  return refused(error_code::not_found, "There is no key " + id.uuid() + ".");
}

}  // namespace

result<timestamp> parse_expiry(std::string_view text, timestamp now) {
  using namespace std::chrono;
  std::int64_t count = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), count);
  const std::string_view unit(end, static_cast<std::size_t>(text.data() + text.size() - end));
  timestamp at = now;
  if (failure == std::errc{} && unit.size() == 1 && count > 0 && count <= 100'000) {
    switch (unit.front()) {
      case 'd': at = now + hours(24 * count); break;
      case 'h': at = now + hours(count); break;
      case 'm': at = now + minutes(count); break;
      case 's': at = now + seconds(count); break;
      default: return wrong_expiry();
    }
  } else {
    const result<timestamp> parsed = parse_rfc3339(text);
    if (!parsed) return wrong_expiry();
    at = *parsed;
  }
  if (at <= now) return wrong_expiry();
  return at;
}

result<json::object> create_key(local_environment& env, const json::object& options) {
  const timestamp now = env.home.time.now();
  TRY_ASSIGN(const key_wish wish, read_wish(options, now));
  TRY_ASSIGN(const made_key made,
             write_and_wait<made_key>(
                 *env.home.database, [&](session& work) -> result<made_key> {
                   TRY_ASSIGN(const organization owner, chosen_organization(work, options));
                   return make_api_key(work, change_at_machine(env, owner.id, now),
                                       env.home.random, wish);
                 }));
  env.keys_changed();
  json::object answer = shown(made.row);
  answer["key"] = made.text.reveal();
  return answer;
}

result<json::object> list_keys(local_environment& env, const json::object& options) {
  using rows = std::vector<api_key>;
  TRY_ASSIGN(const rows found,
             read_and_wait<rows>(*env.home.database, [&](session& work) -> result<rows> {
               TRY_ASSIGN(const organization owner, chosen_organization(work, options));
               rows all;
               page_request cut{.limit = 100};
               while (all.size() < listed_max) {
                 TRY_ASSIGN(const page<api_key> some,
                            work.organizations().page_of_keys(owner.id, cut));
                 all.insert(all.end(), some.rows.begin(), some.rows.end());
                 if (!some.has_more || some.rows.empty()) break;
                 cut.after = some.rows.back().id.bytes;
               }
               return all;
             }));
  json::array list;
  for (const api_key& row : found) list.push_back(shown(row));
  return json::object{{"keys", std::move(list)}};
}

result<json::object> revoke_key(local_environment& env, const json::object& options) {
  const std::optional<api_key_id> id = api_key_id::parse(option_text(options, "id").value_or(""));
  if (!id) return bad_field("id", "Say which key: dialplane keys revoke ID.");
  const timestamp now = env.home.time.now();
  TRY_ASSIGN(const api_key revoked,
             write_and_wait<api_key>(*env.home.database, [&](session& work) -> result<api_key> {
               TRY_ASSIGN(const api_key row, find_key_anywhere(work, options, *id));
               return end_api_key(work, change_at_machine(env, row.organization, now), row.id);
             }));
  env.keys_changed();
  return shown(revoked);
}

}  // namespace dialplane
