// Searches, reservations, orders and owned numbers of the played Telnyx.
//
// Orders are accepted as pending and end a moment later. Faults on "buy": gone (409), order_pending
// (delay_ms), order_fails, hidden (delay_ms: bought, but shown nowhere), no_funds, repeat_accepted
// (a second order of one number is taken and fails, instead of 409). On "search": price (text: the
// monthly cost), best_effort_rows. On lists: filter_ignored. On "release": release_404.
#pragma once

#include <optional>
#include <string>

#include "emulators/telnyx/books.hpp"
#include "emulators/telnyx/wire.hpp"

namespace dialplane::emulators::telnyx {

class numbers_desk {
 public:
  explicit numbers_desk(books& of) : books_(of) {}

  void open(const route_adder& add);
  // Bought outside, or gone behind the owner's back.
  result<void> add_outside(const std::string& e164, const std::string& mark);
  void remove(const std::string& e164);
  boost::json::array shown_numbers() const;
  boost::json::array shown_purchases() const;

 private:
  http_response search(const emulated_request& request);
  http_response reserve(const emulated_request& request);
  http_response list_reservations(const emulated_request& request);
  http_response show_reservation(const emulated_request& request, bool extend);

  http_response order(const emulated_request& request);
  http_response order_any(const emulated_request& request);
  http_response list_orders(const emulated_request& request);
  http_response show_order(const emulated_request& request);
  http_response cancel_order(const emulated_request& request);
  number_order& place(std::vector<std::string> numbers, const boost::json::object& body,
                      std::string_view call, bool must_fail);
  void finish(const std::string& order_id, bool succeeds, milliseconds hidden);

  http_response list_numbers(const emulated_request& request);
  http_response update_number(const emulated_request& request);
  http_response delete_number(const emulated_request& request);

  books& books_;
};

// Lists do not filter while this fault waits.
bool filter_is_ignored(books& of, const emulated_request& request);
boost::json::object shown(const owned_number& number);

}  // namespace dialplane::emulators::telnyx
