// Numbers: for sale, sold, changed, given back.
#include <algorithm>
#include <array>

#include "base/object_reader.hpp"
#include "emulators/twilio/twilio_emulator.hpp"

namespace dialplane::emulators::twilio {

namespace {

struct member_field {
  std::string_view field;
  std::string_view member;
  std::string_view unset;  // what an empty one is shown as: "" or null
};
constexpr std::string_view null_word = "null";
constexpr std::array number_fields{
    member_field{"FriendlyName", "friendly_name", ""},
    member_field{"VoiceUrl", "voice_url", ""},
    member_field{"VoiceMethod", "voice_method", "POST"},
    member_field{"VoiceFallbackUrl", "voice_fallback_url", ""},
    member_field{"VoiceFallbackMethod", "voice_fallback_method", "POST"},
    member_field{"VoiceReceiveMode", "voice_receive_mode", "voice"},
    member_field{"SmsUrl", "sms_url", ""},
    member_field{"SmsMethod", "sms_method", "POST"},
    member_field{"SmsFallbackUrl", "sms_fallback_url", ""},
    member_field{"SmsFallbackMethod", "sms_fallback_method", "POST"},
    member_field{"StatusCallback", "status_callback", ""},
    member_field{"StatusCallbackMethod", "status_callback_method", "POST"},
    member_field{"TrunkSid", "trunk_sid", null_word},
    member_field{"VoiceApplicationSid", "voice_application_sid", null_word},
    member_field{"SmsApplicationSid", "sms_application_sid", null_word},
    member_field{"AddressSid", "address_sid", null_word},
    member_field{"BundleSid", "bundle_sid", null_word},
    member_field{"IdentitySid", "identity_sid", null_word},
};

std::string in_words(std::string_view e164) {
  if (e164.size() != 12) return std::string(e164);
  return "(" + std::string(e164.substr(2, 3)) + ") " + std::string(e164.substr(5, 3)) + "-" +
         std::string(e164.substr(8));
}

std::string uri_of(std::string_view account, std::string_view sid) {
  return "/2010-04-01/Accounts/" + std::string(account) + "/IncomingPhoneNumbers/" +
         std::string(sid) + ".json";
}

// Every ninth number has no picture messages.
bool takes_media(std::string_view e164) { return e164.back() != '9'; }

json::object offer_of(const std::string& e164) {
  const stock_place place = stock::place_of(std::string_view(e164).substr(2, 3));
  const auto word = [](std::string_view text) {
    return text.empty() ? json::value(nullptr) : json::value(text);
  };
  return {{"friendly_name", in_words(e164)},
          {"phone_number", e164},
          {"lata", "722"},
          {"locality", word(place.locality)},
          {"rate_center", word(place.locality)},
          {"latitude", "37.7749"},
          {"longitude", "-122.4194"},
          {"region", word(place.region)},
          {"postal_code", nullptr},
          {"iso_country", "US"},
          {"address_requirements", "none"},
          {"beta", false},
          // Upper case here and lower case in what is owned, as the carrier has it.
          {"capabilities", {{"voice", true}, {"SMS", true}, {"MMS", takes_media(e164)}}}};
}

}  // namespace

void twilio_emulator::route_numbers() {
  const std::string core = "/2010-04-01/Accounts/{account}";
  add("GET", core + "/AvailablePhoneNumbers.json", "countries", &twilio_emulator::list_countries);
  add("GET", core + "/AvailablePhoneNumbers/{country}/{type}.json", "search",
      &twilio_emulator::search);
  add("GET", core + "/IncomingPhoneNumbers.json", "list", &twilio_emulator::list_numbers);
  add("POST", core + "/IncomingPhoneNumbers.json", "buy", &twilio_emulator::buy);
  for (const char* type : {"Local", "Mobile", "TollFree"}) {
    add("POST", core + "/IncomingPhoneNumbers/" + type + ".json", "buy", &twilio_emulator::buy);
    add("GET", core + "/IncomingPhoneNumbers/" + type + ".json", "list",
        &twilio_emulator::list_numbers);
  }
  add("GET", core + "/IncomingPhoneNumbers/{sid}.json", "number", &twilio_emulator::read_number);
  add("POST", core + "/IncomingPhoneNumbers/{sid}.json", "update",
      &twilio_emulator::change_number);
  add("DELETE", core + "/IncomingPhoneNumbers/{sid}.json", "release", &twilio_emulator::release);
}

// ---- for sale -------------------------------------------------------------------------------

http_response twilio_emulator::list_countries(request asked) {
  return found({{"countries", json::array{{{"country_code", "US"},
                                           {"country", "United States"},
                                           {"beta", false},
                                           {"uri", asked.http.path}}}},
                {"uri", asked.http.path}});
}

bool twilio_emulator::is_for_sale(const std::string& e164) const {
  return !sid_of_number_.contains(e164) && !gone_.contains(e164);
}

http_response twilio_emulator::search(request asked) {
  const form_fields& query = asked.query();
  const bool ignores_filters = faults().draw("filter_ignored", "search").has_value();
  const bool is_toll_free = asked.value("type") == "TollFree";
  json::array rows;
  const auto answer = [&] {
    return found({{"available_phone_numbers", std::move(rows)}, {"uri", asked.http.path}});
  };
  const bool is_sold = asked.value("country") == "US" &&
                       (is_toll_free || asked.value("type") == "Local");
  if (!is_sold) return answer();
  std::string size(query.text("PageSize"));
  const std::size_t limit =
      size.empty() || size.size() > 4 ? 20 : std::min<std::size_t>(std::stoul("0" + size), 1'000);
  std::vector<std::string> codes{std::string(query.text("AreaCode"))};
  if (codes[0].empty() || ignores_filters) {
    codes = stock::codes_of(query.text("InLocality"), query.text("InRegion"), is_toll_free);
  }
  const std::string contains(ignores_filters ? "" : query.text("Contains"));
  const bool needs_media = is_true(query.text("MmsEnabled")) && !ignores_filters;
  for (const std::string& code : codes) {
    if (!stock::sells(code) || stock::is_toll_free(code) != is_toll_free) continue;
    const stock_place place = stock::place_of(code);
    const std::string_view locality = query.text("InLocality");
    const std::string_view region = query.text("InRegion");
    const bool is_there = (locality.empty() || locality == place.locality) &&
                          (region.empty() || region == place.region);
    if (!is_there && !ignores_filters) continue;
    const auto offers = stock_.offer(code, limit - rows.size(), [&](const std::string& e164) {
      return is_for_sale(e164) && (!needs_media || takes_media(e164)) &&
             e164.find(contains, 2) != std::string::npos;
    });
    for (const std::string& e164 : offers) rows.push_back(offer_of(e164));
  }
  return answer();
}

// ---- sold -----------------------------------------------------------------------------------

json::object* twilio_emulator::number_of(std::string_view e164) {
  const auto sid = sid_of_number_.find(e164);
  return sid == sid_of_number_.end() ? nullptr : numbers_.find(sid->second);
}

void twilio_emulator::apply_fields(json::object& row, const form_fields& form) {
  for (const member_field& one : number_fields) {
    const std::string* given = form.find(one.field);
    if (given == nullptr) continue;
    if (!given->empty()) {
      row[one.member] = *given;
    } else if (one.unset == null_word) {
      row[one.member] = nullptr;
    } else {
      row[one.member] = one.unset;
    }
  }
  // A trunk and an application exclude each other: the one set last counts.
  if (!form.text("TrunkSid").empty()) row["voice_application_sid"] = nullptr;
  if (!form.text("VoiceApplicationSid").empty()) row["trunk_sid"] = nullptr;
  const std::string* emergency = form.find("EmergencyAddressSid");
  if (emergency == nullptr) return;
  row["emergency_address_sid"] = text_or_null(form, "EmergencyAddressSid");
  row["emergency_status"] = emergency->empty() ? "Inactive" : "Active";
  row["emergency_address_status"] = emergency->empty() ? "unregistered" : "registered";
}

json::object& twilio_emulator::add_number(const std::string& e164, const std::string& account) {
  const std::string sid = new_sid(*tools_.random, "PN");
  const std::string now = mail_date(time().now());
  json::object row{{"sid", sid},
                   {"account_sid", account},
                   {"phone_number", e164},
                   {"friendly_name", in_words(e164)},
                   {"status", "in-use"},
                   {"type", stock::is_toll_free(std::string_view(e164).substr(2, 3)) ? "toll-free"
                                                                                     : "local"},
                   {"origin", "twilio"},
                   {"beta", false},
                   {"api_version", "2010-04-01"},
                   {"capabilities", {{"voice", true},
                                     {"sms", true},
                                     {"mms", takes_media(e164)},
                                     {"fax", false}}},
                   {"voice_caller_id_lookup", false},
                   {"address_requirements", "none"},
                   {"emergency_status", "Inactive"},
                   {"emergency_address_sid", nullptr},
                   {"emergency_address_status", "unregistered"},
                   {"date_created", now},
                   {"date_updated", now},
                   {"uri", uri_of(account, sid)}};
  for (const member_field& one : number_fields) {
    if (row.contains(one.member)) continue;
    row[one.member] = one.unset == null_word ? json::value(nullptr) : json::value(one.unset);
  }
  sid_of_number_[e164] = sid;
  return numbers_.add(sid, std::move(row));
}

json::object& twilio_emulator::sell(const std::string& e164, const std::string& account,
                                    const form_fields& form) {
  json::object& row = add_number(e164, account);
  apply_fields(row, form);
  purchases_.push_back({{"e164", e164}, {"mark", row["friendly_name"]}});
  return row;
}

std::string twilio_emulator::number_for_area_code(const std::string& code) {
  if (code == "500") return "+15005550006";
  if (!stock::sells(code)) return {};
  const auto offers = stock_.offer(code, 1, [this](const std::string& one) {
    return is_for_sale(one);
  });
  return offers.empty() ? std::string() : offers[0];
}

// Sets `e164` where the purchase may go on.
std::optional<http_response> twilio_emulator::refuse_purchase(request asked, std::string& e164) {
  const std::string code(asked.form().text("AreaCode"));
  e164 = asked.form().text("PhoneNumber");
  if (e164.empty() && code.empty()) {
    return failure(400, 21421, "PhoneNumber or AreaCode is required");
  }
  if (e164.empty()) {
    e164 = number_for_area_code(code);
    if (e164.empty()) return failure(400, 21452, "No phone numbers found in area code " + code);
  }
  if (e164 == "+15005550000") return failure(400, 21422, e164 + " is not available");
  const bool is_magic = e164 == "+15005550006";
  if (!is_magic && (!stock::has(e164) || account_in(asked) == test_account_sid)) {
    return failure(400, 21421, e164 + " is not a valid number");
  }
  if (faults().draw("no_funds", "buy")) return failure(403, 20005, "Account not active");
  if (trial_ && numbers_.size() >= 1) {
    return failure(400, 21404, "Trial accounts are allowed one phone number");
  }
  if (faults().draw("gone", "buy")) gone_.insert(e164);
  if (gone_.contains(e164)) return failure(400, 21422, e164 + " is not available");
  return std::nullopt;
}

http_response twilio_emulator::buy(request asked) {
  std::string e164;
  if (auto refusal = refuse_purchase(asked, e164)) return *std::move(refusal);
  const std::string account = account_in(asked);
  if (account == test_account_sid) {
    // Nothing is kept for test credentials.
    json::object row = add_number(e164, account);
    apply_fields(row, asked.form());
    forget_number(text_in(row, "sid"));
    return created(row);
  }
  if (json::object* owned = number_of(e164)) return buy_again(asked, *owned);
  const json::object& row = sell(e164, account, asked.form());
  if (const auto fault = faults().draw("hidden", "buy")) {
    hidden_until_[text_in(row, "sid")] = time().now() + milliseconds(fault->delay_ms);
  }
  return created(row);
}

// What the carrier does is not documented: refuse, or change the number as if asked to.
http_response twilio_emulator::buy_again(request asked, json::object& owned) {
  if (!faults().draw("buy_again_updates", "buy")) {
    return failure(400, 21422, text_in(owned, "phone_number") + " is not available");
  }
  apply_fields(owned, asked.form());
  return created(owned);
}

http_response twilio_emulator::list_numbers(request asked) {
  const bool ignores_filters = faults().draw("filter_ignored", "list").has_value();
  const std::string account = account_in(asked);
  std::string number(ignores_filters ? "" : asked.query().text("PhoneNumber"));
  std::erase_if(number, [](char c) { return c == '+' || c == ' ' || c == '-'; });
  const std::string name(ignores_filters ? "" : asked.query().text("FriendlyName"));
  const timestamp now = time().now();
  return page_of(
      asked, numbers_,
      [&](const json::object& row) {
        const auto hidden = hidden_until_.find(text_in(row, "sid"));
        if (hidden != hidden_until_.end() && hidden->second > now) return false;
        if (text_in(row, "account_sid") != account) return false;
        if (!name.empty() && text_in(row, "friendly_name") != name) return false;
        // As the carrier does, any part of the number fits.
        return number.empty() || text_in(row, "phone_number").find(number) != std::string::npos;
      },
      [](json::object& row) { return row; }, {.rows = "incoming_phone_numbers"});
}

http_response twilio_emulator::read_number(request asked) {
  const json::object* row = numbers_.find(asked.value("sid"));
  return row == nullptr ? not_found(asked) : found(*row);
}

http_response twilio_emulator::change_number(request asked) {
  json::object* row = numbers_.find(asked.value("sid"));
  if (row == nullptr) return not_found(asked);
  const std::string account(asked.form().text("AccountSid"));
  if (!account.empty()) {
    if (account_of(account) == nullptr) return not_found(asked);
    (*row)["account_sid"] = account;
    (*row)["uri"] = uri_of(account, text_in(*row, "sid"));
  }
  apply_fields(*row, asked.form());
  const bool takes_off = asked.form().find("EmergencyAddressSid") != nullptr &&
                         asked.form().text("EmergencyAddressSid").empty();
  if (takes_off && faults().draw("emergency_pending", "update")) {
    (*row)["emergency_address_status"] = "pending-unregistration";
  }
  (*row)["date_updated"] = mail_date(time().now());
  return found(*row);
}

http_response twilio_emulator::release(request asked) {
  json::object* row = numbers_.find(asked.value("sid"));
  if (row == nullptr) return not_found(asked);
  if (!row->at("emergency_address_sid").is_null()) {
    return failure(409, 20409, "The emergency address of this number must be removed first");
  }
  const bool answers_404 = faults().draw("release_404", "release").has_value();
  gone_.insert(text_in(*row, "phone_number"));  // it rests before it is sold again
  forget_number(text_in(*row, "sid"));
  ++releases_;
  return answers_404 ? not_found(asked) : no_content();
}

void twilio_emulator::forget_number(const std::string& sid) {
  json::object* row = numbers_.find(sid);
  if (row == nullptr) return;
  sid_of_number_.erase(text_in(*row, "phone_number"));
  if (json::object* service = service_of_number(sid)) {
    assignments_.remove(text_in(*service, "sid") + "/" + sid);
  }
  hidden_until_.erase(sid);
  numbers_.remove(sid);
}

// ---- behind our back ------------------------------------------------------------------------

result<json::object> twilio_emulator::control_numbers(std::string_view method,
                                                      const json::object& order) {
  object_reader read(order);
  const std::string e164 = read.required_string("e164", {.min = 8, .max = 16});
  const auto mark = read.optional_string("mark", {.max = 64});
  const auto emergency = read.optional_bool("emergency_address");
  const auto text_url = read.optional_string("text_url", {.max = 2'048});
  const auto voice_url = read.optional_string("voice_url", {.max = 2'048});
  TRY(read.finish());
  json::object* row = number_of(e164);
  if (method == "DELETE") {
    if (row == nullptr) return refused(error_code::not_found, "There is no such number.");
    forget_number(text_in(*row, "sid"));
    return json::object{};
  }
  if (method != "POST") return refused(error_code::method_not_allowed, "POST or DELETE it.");
  if (row == nullptr) row = &add_number(e164, std::string(account_sid));
  form_fields form;
  if (mark) form.add("FriendlyName", *mark);
  if (text_url) form.add("SmsUrl", *text_url);
  if (voice_url) form.add("VoiceUrl", *voice_url);
  if (emergency) {
    form.add("EmergencyAddressSid", *emergency ? new_sid(*tools_.random, "AD") : "");
  }
  apply_fields(*row, form);
  return json::object{{"reference", (*row)["sid"]}};
}

}  // namespace dialplane::emulators::twilio
