#include "edge/rest/cartesia_provider_input.hpp"

#include <algorithm>
#include <utility>

namespace dialplane {

namespace {

namespace json = boost::json;

constexpr std::size_t list_max = 100;
constexpr text_rule sid_rule{.min = 1, .max = 64};
constexpr text_rule provider_secret_rule{.min = 1, .max = 256};
constexpr text_rule provider_text_rule{.min = 1, .max = 255};
constexpr std::string_view default_region = "us1";

provider_type type_of(object_reader& body) {
  const auto said = body.optional_choice("type", {"twilio", "sip_trunk"});
  if (said) return *said == 0 ? provider_type::own_account : provider_type::sip_trunk;
  const bool trunk = body.has("inbound") || body.has("outbound");
  return trunk ? provider_type::sip_trunk : provider_type::own_account;
}

std::optional<std::string> read_region(object_reader& body) {
  static constexpr std::string_view names[] = {"us1", "ie1", "au1"};
  const auto at = body.optional_choice("region", {"us1", "ie1", "au1"});
  if (!at) return std::nullopt;
  return std::string(names[*at]);
}

template <std::size_t N>
std::optional<std::string> read_word(object_reader& body, std::string_view name,
                                     const std::string_view (&words)[N]) {
  const auto text = body.optional_string(name, {.min = 1, .max = 32});
  if (!text) return std::nullopt;
  if (std::ranges::find(words, *text) == std::end(words)) {
    std::string known;
    for (const std::string_view word : words) {
      known += (known.empty() ? "" : ", ") + std::string(word);
    }
    const std::string field = body.path_of(name);
    body.take_error(bad_field(field, field + " must be one of " + known + "."));
  }
  return text;
}

constexpr std::string_view encryptions[] = {"disabled", "allowed", "required"};
constexpr std::string_view transports[] = {"tcp", "tls"};

// The member `credentials`: absent, null (cleared) or an object.
void read_trunk_credentials(object_reader& body, std::optional<trunk_credentials>& given,
                            bool& cleared) {
  const json::value* value = body.optional_value("credentials");
  if (value == nullptr) return;
  if (value->is_null()) {
    cleared = true;
    return;
  }
  const std::string path = body.path_of("credentials");
  if (!value->is_object()) {
    return body.take_error(bad_field(path, path + " must be an object, or null."));
  }
  object_reader inner(value->get_object(), path);
  trunk_credentials read;
  read.username = inner.required_string("username", provider_text_rule);
  if (auto password = inner.optional_string("password", provider_secret_rule)) {
    read.password = secret_string::taken_from(*password);
  }
  if (auto done = inner.finish(); !done) return body.take_error(done.error());
  given = std::move(read);
}

nullable<std::vector<std::string>> read_text_list(object_reader& body, std::string_view name) {
  nullable<std::vector<std::string>> list;
  list.value = body.optional_string_list(name, list_max, {.min = 1, .max = 64});
  list.present = list.value.has_value();
  return list;
}

std::optional<inbound_trunk> read_inbound(object_reader& body) {
  const json::object* members = body.optional_object("inbound");
  if (members == nullptr) return std::nullopt;
  object_reader inner(*members, body.path_of("inbound"));
  inbound_trunk trunk;
  trunk.allowed_addresses = read_text_list(inner, "allowed_addresses");
  trunk.allowed_numbers = read_text_list(inner, "allowed_numbers");
  trunk.media_encryption = read_word(inner, "media_encryption", encryptions);
  read_trunk_credentials(inner, trunk.credentials, trunk.clears_credentials);
  if (auto done = inner.finish(); !done) body.take_error(done.error());
  return trunk;
}

std::optional<outbound_trunk> read_outbound(object_reader& body) {
  const json::object* members = body.optional_object("outbound");
  if (members == nullptr) return std::nullopt;
  object_reader inner(*members, body.path_of("outbound"));
  outbound_trunk trunk;
  trunk.address = inner.optional_string("address", provider_text_rule);
  trunk.transport = read_word(inner, "transport", transports);
  trunk.destination_country = inner.nullable_string("destination_country", {.min = 2, .max = 2});
  trunk.media_encryption = read_word(inner, "media_encryption", encryptions);
  read_trunk_credentials(inner, trunk.credentials, trunk.clears_credentials);
  if (auto done = inner.finish(); !done) body.take_error(done.error());
  return trunk;
}

void read_own_account(object_reader& body, provider_input& input, bool creates) {
  if (creates) input.account_sid = body.optional_string("account_sid", sid_rule).value_or("");
  input.api_key_sid = body.optional_string("api_key_sid", sid_rule).value_or("");
  std::string secret = body.optional_string("api_key_secret", provider_secret_rule).value_or("");
  input.api_key_secret = secret_string::taken_from(secret);
  input.region = read_region(body);
  if (creates && !input.region) input.region = default_region;
  input.label = body.optional_string("label", provider_text_rule);
}

void read_trunk(object_reader& body, provider_input& input) {
  input.trunk.label = body.optional_string("label", provider_text_rule);
  input.trunk.inbound = read_inbound(body);
  input.trunk.outbound = read_outbound(body);
}

result<void> required(std::string_view name, bool is_there) {
  if (is_there) return {};
  return bad_field(std::string(name), std::string(name) + " is required.");
}

// After everything that is there was read: what is wrong is told before what is missing.
result<void> check_complete(const provider_input& input, bool creates) {
  if (input.type == provider_type::sip_trunk) {
    return required("label", !creates || input.trunk.label.has_value());
  }
  TRY(required("account_sid", !creates || !input.account_sid.empty()));
  TRY(required("api_key_sid", !input.api_key_sid.empty()));
  return required("api_key_secret", !input.api_key_secret.empty());
}

void put_shown(json::object& out, const carrier_account& row, std::string_view name) {
  const json::value* found = row.shown.if_contains(name);
  const bool known = found != nullptr && found->is_string();
  out[name] = known ? *found : json::value("");
}

std::string region_of(const carrier_account& row) {
  const json::value* region = row.options.if_contains("region");
  if (region == nullptr || !region->is_string()) return std::string(default_region);
  return std::string(region->get_string());
}

}  // namespace

std::string own_account_kind() { return "twilio"; }

std::string own_account_place(const std::string& account_sid, const std::string& region) {
  return account_sid + "/" + region;
}

result<provider_input> read_provider(const json::object& members, bool creates) {
  object_reader body(members);
  provider_input input;
  input.type = type_of(body);
  if (input.type == provider_type::own_account) {
    read_own_account(body, input, creates);
  } else {
    read_trunk(body, input);
  }
  TRY(body.finish());
  TRY(check_complete(input, creates));
  return input;
}

std::optional<provider_choice> read_provider_choice(object_reader& body, bool required) {
  const json::object* members =
      required ? body.required_object("provider") : body.optional_object("provider");
  if (members == nullptr) return std::nullopt;
  object_reader inner(*members, body.path_of("provider"));
  provider_choice choice;
  choice.kind = own_account_kind();
  const auto id = inner.optional_string("id", sid_rule);
  const bool by_id = id.has_value();
  if (by_id) {
    choice.id = carrier_account_id::parse(*id);
    // What cannot be an id names nothing.
    if (!choice.id) choice.id = carrier_account_id{};
  } else {
    inner.required_choice("type", {"twilio"});
    const std::string account = inner.required_string("account_sid", sid_rule);
    choice.place =
        own_account_place(account, read_region(inner).value_or(std::string(default_region)));
  }
  if (auto done = inner.finish(); !done) body.take_error(done.error());
  return choice;
}

json::object render_number_provider(const carrier_account& row) {
  const bool trunk = row.kind == trunk_kind;
  json::object out{{"type", trunk ? "sip_trunk" : "twilio"}, {"id", row.id.prefixed()}};
  if (!trunk) {
    put_shown(out, row, "account_sid");
    put_shown(out, row, "api_key_sid");
    const std::string key(out["api_key_sid"].get_string());
    out["api_key_sid"] = masked(key, 4);
    out["region"] = region_of(row);
  }
  if (row.label) out["label"] = *row.label;
  return out;
}

json::object render_provider(const carrier_account& row) {
  json::object out = render_number_provider(row);
  if (row.kind == trunk_kind) {
    for (const std::string_view direction : {"inbound", "outbound"}) {
      const json::value* trunk = row.options.if_contains(direction);
      if (trunk != nullptr) out[direction] = *trunk;
    }
    out["operated"] = false;
    out["state"] = "stored";
    out["state_message"] =
        "The trunk is kept and shown; calls over it are not operated by this server yet.";
  } else {
    out["operated"] = true;
    out["state"] = name_of_value(row.state);
    out["state_message"] = sentence_of(row);
  }
  out["created_at"] = to_rfc3339(row.created_at);
  out["updated_at"] = to_rfc3339(row.updated_at);
  return out;
}

}  // namespace dialplane
