#include "app/sip_trunks.hpp"

#include <utility>

#include "base/crypto.hpp"
#include "domain/e164.hpp"
#include "net/ip_address.hpp"
#include "store/carrier_account_queries.hpp"

namespace dialplane {

namespace {

namespace json = boost::json;

json::array array_of(const std::vector<std::string>& texts) {
  return json::array(texts.begin(), texts.end());
}

json::object& member(json::object& of, std::string_view name) {
  json::value& found = of[name];
  if (!found.is_object()) found = json::object();
  return found.get_object();
}

result<void> put_credentials(json::object& shown, credential_texts& secrets,
                             const std::string& direction,
                             const std::optional<trunk_credentials>& given, bool clears) {
  const std::string name = direction + "_password";
  if (clears) {
    shown["auth_username"] = nullptr;
    secrets.erase(name);
  }
  if (!given) return {};
  shown["auth_username"] = given->username;
  if (given->password) secrets.insert_or_assign(name, given->password->copy());
  if (secrets.contains(name)) return {};
  return bad_field(direction + ".credentials.password", "credentials need a password.");
}

result<void> put_inbound(json::object& shown, credential_texts& secrets,
                         const inbound_trunk& given) {
  for (const std::string& range : given.allowed_addresses.value.value_or(
           std::vector<std::string>())) {
    if (!parse_ip_ranges(range)) {
      return bad_field("inbound.allowed_addresses",
                       "inbound.allowed_addresses must be IP addresses or ranges such as "
                       "192.0.2.0/24.");
    }
  }
  for (const std::string& number : given.allowed_numbers.value.value_or(
           std::vector<std::string>())) {
    TRY(e164::parse(number, "inbound.allowed_numbers"));
  }
  if (!shown.contains("media_encryption")) {
    shown = {{"allowed_addresses", json::array()},
             {"allowed_numbers", json::array()},
             {"auth_username", nullptr},
             {"media_encryption", "allowed"}};
  }
  if (given.allowed_addresses.value) {
    shown["allowed_addresses"] = array_of(*given.allowed_addresses.value);
  }
  if (given.allowed_numbers.value) {
    shown["allowed_numbers"] = array_of(*given.allowed_numbers.value);
  }
  if (given.media_encryption) shown["media_encryption"] = *given.media_encryption;
  return put_credentials(shown, secrets, "inbound", given.credentials, given.clears_credentials);
}

result<void> keep_fixed(json::object& shown, std::string_view name,
                        const std::optional<std::string>& given) {
  const std::string field = "outbound." + std::string(name);
  const json::value* known = shown.if_contains(name);
  if (known == nullptr && !given) return bad_field(field, field + " is required.");
  if (known != nullptr && given && *known != json::value(*given)) {
    return bad_field(field, field + " of an existing trunk cannot be changed.");
  }
  if (given) shown[name] = *given;
  return {};
}

result<void> put_outbound(json::object& shown, credential_texts& secrets,
                          const outbound_trunk& given) {
  TRY(keep_fixed(shown, "address", given.address));
  TRY(keep_fixed(shown, "transport", given.transport));
  if (!shown.contains("media_encryption")) shown["media_encryption"] = "disabled";
  if (!shown.contains("auth_username")) shown["auth_username"] = nullptr;
  if (given.media_encryption) shown["media_encryption"] = *given.media_encryption;
  if (given.destination_country.present) {
    if (given.destination_country.value) {
      shown["destination_country"] = *given.destination_country.value;
    } else {
      shown.erase("destination_country");
    }
  }
  return put_credentials(shown, secrets, "outbound", given.credentials, given.clears_credentials);
}

result<void> put_input(const account_book& book, carrier_account& row, credential_texts secrets,
                       const trunk_input& input) {
  if (input.label) row.label = *input.label;
  if (input.inbound) TRY(put_inbound(member(row.options, "inbound"), secrets, *input.inbound));
  if (input.outbound) TRY(put_outbound(member(row.options, "outbound"), secrets, *input.outbound));
  if (!row.options.contains("inbound") && !row.options.contains("outbound")) {
    return bad_field("inbound", "A trunk needs inbound, outbound or both.");
  }
  row.sealed_credentials = book.seal_credentials(secrets);
  row.updated_at = book.environment().time.now();
  return {};
}

}  // namespace

result<carrier_account> create_trunk(session& work, const account_book& book,
                                     organization_id owner, const trunk_input& input,
                                     const act_note& note) {
  carrier_account row;
  row.id = book.environment().ids.make<carrier_account_id>();
  row.kind = trunk_kind;
  row.name = "trunk-" + hex(row.id.bytes).substr(20);
  row.organization = owner;
  TRY(put_input(book, row, {}, input));
  row.created_at = row.updated_at;
  row.state_since = row.updated_at;
  TRY(work.carrier_accounts().insert(row));
  TRY(note(work, "carrier.account_added", row.id.uuid()));
  return row;
}

result<carrier_account> update_trunk(session& work, const account_book& book, carrier_account row,
                                     const trunk_input& input, const act_note& note) {
  TRY_ASSIGN(credential_texts secrets, book.open_credentials(row));
  TRY(put_input(book, row, std::move(secrets), input));
  TRY(work.carrier_accounts().update(row));
  TRY(note(work, "carrier.account_updated", row.id.uuid()));
  return row;
}

}  // namespace dialplane
