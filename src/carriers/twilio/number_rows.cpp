#include "carriers/twilio/number_rows.hpp"

#include <algorithm>

#include "base/ascii.hpp"
#include "carriers/twilio/answers.hpp"
#include "net/http.hpp"

namespace dialplane::twilio {

namespace {

constexpr std::size_t search_page_min = 20;
constexpr std::size_t search_page_max = 1'000;

result<number_features> features_in(const json::object& row) {
  number_features features;
  TRY_ASSIGN(const json::object* told, object_in(row, "capabilities"));
  TRY_ASSIGN(features.texts, flag_in(*told, "sms"));
  TRY_ASSIGN(features.media, flag_in(*told, "mms"));
  TRY_ASSIGN(features.calls, flag_in(*told, "voice"));
  return features;
}

bool has_all(const number_features& has, const number_features& wanted) {
  return (has.texts || !wanted.texts) && (has.media || !wanted.media) &&
         (has.calls || !wanted.calls);
}

// Finds by one of the two; the other is asked after that.
struct number_finding : std::enable_shared_from_this<number_finding> {
  std::shared_ptr<api> through;
  std::string e164;
  std::string mark;
  carrier_done<std::optional<number_row>> done;
  std::optional<number_row> found;

  void begin() {
    if (mark.empty()) return by_number();
    const form_list query{{"FriendlyName", mark}, {"PageSize", "1000"}};
    list(query, [](number_finding& self, number_row row) {
      if (row.friendly_name != self.mark) return false;
      const bool is_exact = self.e164.empty() || row.e164 == self.e164;
      if (is_exact || !self.found) self.found = std::move(row);
      return is_exact;
    }, &number_finding::by_number);
  }

  void by_number() {
    if (found || e164.empty()) return end();
    const form_list query{{"PhoneNumber", e164}, {"PageSize", "1000"}};
    list(query, [](number_finding& self, number_row row) {
      if (row.e164 != self.e164) return false;
      self.found = std::move(row);
      return true;
    }, &number_finding::end);
  }

  void end() { done(std::move(found)); }

  // `take` is true when there is nothing better to come.
  void list(const form_list& query, bool (*take)(number_finding&, number_row),
            void (number_finding::*then)()) {
    const auto self = shared_from_this();
    through->walk(
        with_query(through->core("/IncomingPhoneNumbers.json"), query), "incoming_phone_numbers",
        [self, take](const json::object& row) -> result<bool> {
          TRY_ASSIGN(number_row read, read_number_row(row));
          return take(*self, std::move(read));
        },
        [self, then](result<void> ended) {
          if (!ended) return self->done(ended.error());
          ((*self).*then)();
        });
  }
};

}  // namespace

result<number_row> read_number_row(const json::object& row) {
  number_row read;
  TRY_ASSIGN(read.sid, sid_in(row, "sid", "PN"));
  TRY_ASSIGN(read.e164, text_in(row, "phone_number", 32));
  TRY_ASSIGN(read.friendly_name, optional_text_in(row, "friendly_name", 256));
  TRY_ASSIGN(read.bought_at, time_in(row, "date_created"));
  TRY_ASSIGN(read.text_url, optional_text_in(row, "sms_url"));
  TRY_ASSIGN(read.voice_url, optional_text_in(row, "voice_url"));
  TRY_ASSIGN(read.text_application, optional_text_in(row, "sms_application_sid", 64));
  TRY_ASSIGN(read.voice_application, optional_text_in(row, "voice_application_sid", 64));
  TRY_ASSIGN(read.trunk, optional_text_in(row, "trunk_sid", 64));
  TRY_ASSIGN(read.emergency_address, optional_text_in(row, "emergency_address_sid", 64));
  TRY_ASSIGN(read.emergency_address_status,
             optional_text_in(row, "emergency_address_status", 64));
  read.raw = row;
  return read;
}

carrier_number as_carrier_number(const number_row& row) {
  carrier_number number{.e164 = row.e164, .mark = row.friendly_name, .bought_at = row.bought_at};
  number.reference = row.sid;
  if (row.text_application.empty()) number.routing.text_url = row.text_url;
  if (row.voice_application.empty() && row.trunk.empty()) number.routing.voice_url = row.voice_url;
  number.routing_set = !number.routing.text_url.empty();
  return number;
}

result<std::optional<number_offer>> read_offer(const json::object& row) {
  number_offer offer;
  TRY_ASSIGN(offer.e164, text_in(row, "phone_number", 32));
  TRY_ASSIGN(offer.locality, optional_text_in(row, "locality", 256));
  TRY_ASSIGN(offer.region, optional_text_in(row, "region", 64));
  TRY_ASSIGN(offer.features, features_in(row));
  TRY_ASSIGN(const std::string needs, optional_text_in(row, "address_requirements", 64));
  TRY_ASSIGN(const std::string country, optional_text_in(row, "iso_country", 8));
  const bool is_sold = needs.empty() || needs == "none";
  const bool is_us = country.empty() || country == "US";
  if (!is_sold || !is_us || !is_e164(offer.e164)) return std::optional<number_offer>();
  return std::optional(std::move(offer));
}

bool offer_fits(const number_offer& offer, const number_search& wanted,
                std::string_view area_code) {
  const std::string_view number = offer.e164;
  if (number.size() != 12 || !number.starts_with("+1")) return false;
  if (!area_code.empty() && number.substr(2, 3) != area_code) return false;
  if (is_toll_free(number) != (wanted.type == number_type::toll_free)) return false;
  if (!wanted.contains.empty() && number.find(wanted.contains) == std::string_view::npos) {
    return false;
  }
  if (!wanted.region.empty() && !equal_ignoring_case(offer.region, wanted.region)) return false;
  if (!wanted.locality.empty() && !equal_ignoring_case(offer.locality, wanted.locality)) {
    return false;
  }
  return has_all(offer.features, wanted.features);
}

std::string search_path(const number_search& wanted, std::string_view area_code) {
  const bool is_toll_free = wanted.type == number_type::toll_free;
  form_list query;
  if (!area_code.empty()) query.emplace_back("AreaCode", area_code);
  if (!wanted.contains.empty()) query.emplace_back("Contains", wanted.contains);
  if (!wanted.locality.empty()) query.emplace_back("InLocality", wanted.locality);
  if (!wanted.region.empty()) query.emplace_back("InRegion", wanted.region);
  if (wanted.features.texts) query.emplace_back("SmsEnabled", "true");
  if (wanted.features.media) query.emplace_back("MmsEnabled", "true");
  if (wanted.features.calls) query.emplace_back("VoiceEnabled", "true");
  query.emplace_back("ExcludeAllAddressRequired", "true");
  const std::size_t rows = std::clamp(wanted.limit, search_page_min, search_page_max);
  query.emplace_back("PageSize", std::to_string(rows));
  return with_query(is_toll_free ? "/AvailablePhoneNumbers/US/TollFree.json"
                                 : "/AvailablePhoneNumbers/US/Local.json",
                    query);
}

void find_number(std::shared_ptr<api> through, std::string e164, std::string mark,
                 carrier_done<std::optional<number_row>> done) {
  auto finding = std::make_shared<number_finding>();
  finding->through = std::move(through);
  finding->e164 = std::move(e164);
  finding->mark = std::move(mark);
  finding->done = std::move(done);
  finding->begin();
}

bool is_toll_free(std::string_view e164) noexcept {
  if (e164.size() != 12 || !e164.starts_with("+18") || e164[3] != e164[4]) return false;
  return e164[3] == '0' || (e164[3] >= '3' && e164[3] <= '8');
}

bool is_e164(std::string_view text) noexcept {
  if (text.size() < 8 || text.size() > 16 || text[0] != '+' || text[1] == '0') return false;
  return std::all_of(text.begin() + 1, text.end(), is_digit);
}

bool is_mark(std::string_view text) noexcept {
  const auto fits = [](char c) {
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '-';
  };
  return !text.empty() && text.size() <= 64 && std::all_of(text.begin(), text.end(), fits);
}

form_list routing_fields(const number_routing& routing) {
  form_list fields;
  if (!routing.text_url.empty()) {
    fields.insert(fields.end(), {{"SmsUrl", routing.text_url},
                                 {"SmsMethod", "POST"},
                                 {"SmsFallbackUrl", routing.text_url},
                                 {"SmsFallbackMethod", "POST"},
                                 {"SmsApplicationSid", ""}});
  }
  if (!routing.voice_url.empty()) {
    fields.insert(fields.end(), {{"VoiceUrl", routing.voice_url},
                                 {"VoiceMethod", "POST"},
                                 {"VoiceFallbackUrl", routing.voice_url},
                                 {"VoiceFallbackMethod", "POST"},
                                 {"StatusCallback", routing.voice_url},
                                 {"StatusCallbackMethod", "POST"},
                                 {"VoiceApplicationSid", ""},
                                 {"TrunkSid", ""}});
  }
  return fields;
}

}  // namespace dialplane::twilio
