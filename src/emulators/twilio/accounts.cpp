// Accounts, sub-accounts, what is left on them, and their addresses.
#include "base/object_reader.hpp"
#include "emulators/twilio/twilio_emulator.hpp"

namespace dialplane::emulators::twilio {

namespace {

json::object shown_account(const json::object& row) {
  json::object out = row;
  out["uri"] = "/2010-04-01/Accounts/" + text_in(row, "sid") + ".json";
  out["subresource_uris"] = json::object{};
  return out;
}

}  // namespace

void twilio_emulator::route_accounts() {
  const std::string core = "/2010-04-01/Accounts/{account}";
  add("GET", "/2010-04-01/Accounts.json", "accounts", &twilio_emulator::list_accounts);
  add("POST", "/2010-04-01/Accounts.json", "make_account", &twilio_emulator::make_account);
  add("GET", core + ".json", "account", &twilio_emulator::read_account);
  add("POST", core + ".json", "change_account", &twilio_emulator::change_account);
  add("GET", core + "/Balance.json", "balance", &twilio_emulator::read_balance);
  add("POST", core + "/Addresses.json", "make_address", &twilio_emulator::make_address);
  add("GET", core + "/Addresses/{sid}.json", "address", &twilio_emulator::read_address);
  add("DELETE", core + "/Addresses/{sid}.json", "remove_address",
      &twilio_emulator::remove_address);
}

json::object* twilio_emulator::account_of(std::string_view sid) { return accounts_.find(sid); }

std::string twilio_emulator::account_in(request asked) const {
  const std::string_view named = asked.value("account");
  return std::string(named.empty() ? account_sid : named);
}

http_response twilio_emulator::read_account(request asked) {
  json::object row = *account_of(asked.value("account"));
  if (trial_) row["type"] = "Trial";
  return found(shown_account(row));
}

http_response twilio_emulator::list_accounts(request asked) {
  const std::string name(asked.query().text("FriendlyName"));
  return page_of(
      asked, accounts_,
      [&](const json::object& row) {
        const bool is_ours = text_in(row, "owner_account_sid") == account_sid;
        return is_ours && (name.empty() || text_in(row, "friendly_name") == name);
      },
      [](json::object& row) { return shown_account(row); }, {.rows = "accounts"});
}

http_response twilio_emulator::make_account(request asked) {
  const std::string sid = new_sid(*tools_.random, "AC");
  const std::string_view name = asked.form().text("FriendlyName");
  json::object& row = accounts_.add(
      sid, {{"sid", sid},
            {"auth_token", new_sid(*tools_.random, "")},
            {"friendly_name", name.empty() ? std::string_view("SubAccount") : name},
            {"owner_account_sid", account_sid},
            {"status", "active"},
            {"type", "Full"},
            {"date_created", mail_date(time().now())},
            {"date_updated", mail_date(time().now())}});
  return created(shown_account(row));
}

http_response twilio_emulator::change_account(request asked) {
  json::object& row = *account_of(asked.value("account"));
  const std::string_view status = asked.form().text("Status");
  if (!status.empty()) row["status"] = status;
  const std::string_view name = asked.form().text("FriendlyName");
  if (!name.empty()) row["friendly_name"] = name;
  return found(shown_account(row));
}

http_response twilio_emulator::read_balance(request asked) {
  const bool is_negative = balance_micro_usd_ < 0;
  const std::int64_t micros = is_negative ? -balance_micro_usd_ : balance_micro_usd_;
  std::string part = std::to_string(micros % 1'000'000 / 100);
  part.insert(0, 4 - part.size(), '0');
  return found({{"account_sid", account_in(asked)},
                {"balance", (is_negative ? "-" : "") + std::to_string(micros / 1'000'000) + "." +
                                part},
                {"currency", "USD"}});
}

http_response twilio_emulator::make_address(request asked) {
  const form_fields& form = asked.form();
  for (const char* needed : {"CustomerName", "Street", "City", "Region", "PostalCode",
                             "IsoCountry"}) {
    if (form.text(needed).empty()) {
      return failure(400, 20001, std::string(needed) + " is required");
    }
  }
  const std::string sid = new_sid(*tools_.random, "AD");
  const std::string account = account_in(asked);
  const json::object& row = addresses_.add(
      sid, {{"sid", sid},
            {"account_sid", account},
            {"friendly_name", text_or_null(form, "FriendlyName")},
            {"customer_name", form.text("CustomerName")},
            {"street", form.text("Street")},
            {"street_secondary", text_or_null(form, "StreetSecondary")},
            {"city", form.text("City")},
            {"region", form.text("Region")},
            {"postal_code", form.text("PostalCode")},
            {"iso_country", form.text("IsoCountry")},
            {"emergency_enabled", is_true(form.text("EmergencyEnabled"))},
            {"validated", true},
            {"verified", false},
            {"date_created", mail_date(time().now())},
            {"date_updated", mail_date(time().now())},
            {"uri", "/2010-04-01/Accounts/" + account + "/Addresses/" + sid + ".json"}});
  return created(row);
}

http_response twilio_emulator::read_address(request asked) {
  const json::object* row = addresses_.find(asked.value("sid"));
  return row == nullptr ? not_found(asked) : found(*row);
}

http_response twilio_emulator::remove_address(request asked) {
  return addresses_.remove(asked.value("sid")) ? no_content() : not_found(asked);
}

result<json::object> twilio_emulator::control_account(const json::object& order) {
  object_reader read(order);
  const auto balance = read.optional_int("balance_micro_usd", -1'000'000'000'000,
                                         1'000'000'000'000);
  const auto revoked = read.optional_bool("revoked");
  const auto suspended = read.optional_bool("suspended");
  const auto trial = read.optional_bool("trial");
  const auto strict = read.optional_bool("strict_registration");
  TRY(read.finish());
  if (balance) balance_micro_usd_ = *balance;
  if (revoked) revoked_ = *revoked;
  if (trial) trial_ = *trial;
  if (strict) strict_registration_ = *strict;
  // The carrier suspends accounts that run out of money.
  json::object& main = *account_of(account_sid);
  if (balance) main["status"] = *balance > 0 ? "active" : "suspended";
  if (suspended) main["status"] = *suspended ? "suspended" : "active";
  return json::object{{"balance_micro_usd", balance_micro_usd_},
                      {"revoked", revoked_},
                      {"status", main["status"]}};
}

}  // namespace dialplane::emulators::twilio
