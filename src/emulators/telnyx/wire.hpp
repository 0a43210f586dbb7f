// How Telnyx writes: envelopes, pages, bracket filters, errors. Pure functions.
#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/random.hpp"
#include "emulators/carrier_emulator.hpp"

namespace dialplane::emulators::telnyx {

using handler = std::function<http_response(const emulated_request&)>;
using route_adder =
    std::function<void(std::string method, std::string pattern, std::string call, handler act)>;

http_response data_answer(boost::json::value data, int status = 200);
// One page of these rows in "data" and "meta", as page[number] and page[size] ask.
http_response data_page(const emulated_request& request, const boost::json::array& rows);
// The 10DLC form: {"records", "page", "totalRecords"}.
http_response record_page(const emulated_request& request, const boost::json::array& rows);
// The toll-free form: {"records", "total_records"}.
http_response toll_free_page(const emulated_request& request, const boost::json::array& rows);

http_response failure(int status, std::string_view code, std::string_view title,
                      std::string_view detail);
http_response not_found(std::string_view what);
http_response missing(std::string_view member);
http_response unprocessable(std::string_view detail);

// filter[NAME] of the query; "" where it is not there.
std::string_view filter_of(const emulated_request& request, std::string_view name);
std::string text_of(const boost::json::object& body, std::string_view name);
// "true" or "false" of a filter; nothing where it is not there.
std::optional<bool> flag_filter(const emulated_request& request, std::string_view name);

std::string new_uuid(random_source& random);
std::string new_number_id(random_source& random);  // 19 digits, as ids of numbers are
std::string rfc3339(timestamp at);

}  // namespace dialplane::emulators::telnyx
