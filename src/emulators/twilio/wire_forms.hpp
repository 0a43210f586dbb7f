// How the carrier writes what it says: errors, dates, pages, ids, signatures. Pure functions, but
// for ids, which come from the randomness given.
#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/random.hpp"
#include "emulators/carrier_emulator.hpp"
#include "emulators/twilio/shelf.hpp"

namespace dialplane::emulators::twilio {

namespace json = boost::json;

// {"code","message","more_info","status"}
http_response failure(int status, int code, std::string_view message);
http_response created(const json::object& body);
http_response found(const json::object& body);
http_response no_content();
http_response not_found(const emulated_request& request);

// "Thu, 30 Jul 2015 20:12:31 +0000", as the core API writes dates; and ISO 8601, as the others do.
std::string mail_date(timestamp at);
std::string iso_date(timestamp at);

// Two letters and 32 hexadecimal digits.
std::string new_sid(random_source& from, std::string_view letters);

// A text member, "" where it is null or absent.
std::string text_in(const json::object& row, std::string_view member);
// The named form field as a JSON text, or null where it is absent or empty.
json::value text_or_null(const form_fields& form, std::string_view name);
json::array list_of(const form_fields& form, std::string_view name);
bool is_true(std::string_view text);

// X-Twilio-Signature of a form posted to that address.
std::string signature_of(std::string_view token, std::string_view url, const form_fields& form);

// One page of a table, newest first, of the rows that `fits` accepts.
struct page_style {
  std::string rows;         // the name of the array
  bool has_meta = false;    // the newer APIs: {"meta": {"next_page_url": …}}
  std::string public_url;   // for the newer APIs' absolute addresses
};
using row_view = std::function<json::object(json::object& row)>;
http_response page_of(const emulated_request& request, shelf<json::object>& table,
                      const std::function<bool(const json::object&)>& fits,
                      const row_view& show, const page_style& style);

}  // namespace dialplane::emulators::twilio
