// Rows of Telnyx's lists, as this adapter needs them: owned numbers, number orders, numbers for
// sale. Read from bytes that come from outside; pure.
#pragma once

#include <boost/json/object.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "carriers/carrier.hpp"

namespace dialplane::telnyx {

// Of /phone_numbers.
struct number_row {
  std::string id;
  std::string e164;
  std::string mark;           // customer_reference
  std::string status;         // Telnyx's word
  std::string profile;        // messaging_profile_id
  std::string connection;     // connection_id
  std::string campaign;       // messaging_campaign_id, where told
  bool locked = false;        // deletion_lock_enabled
  std::optional<timestamp> purchased_at;
};

// Of /number_orders.
struct ordered_number {
  std::string e164;
  std::string status;
};
struct order_row {
  std::string id;
  std::string mark;           // customer_reference
  std::string status;         // pending, success, failure
  std::vector<ordered_number> numbers;
  std::optional<timestamp> created_at;
  std::optional<timestamp> updated_at;

  bool has(std::string_view e164) const;
};

// Of /available_phone_numbers.
struct offer_row {
  number_offer offer;
  bool best_effort = false;
};

result<number_row> read_number_row(const boost::json::object& members);
// The row that a change of one number is answered with.
result<number_row> read_changed_number(const boost::json::object& body);
result<order_row> read_order_row(const boost::json::object& members);
result<offer_row> read_offer_row(const boost::json::object& members);

// Where a number with this status stands; nothing: it is not ours (deleted, ported-out).
std::optional<order_standing> standing_of(std::string_view number_status);

// Routing addresses are for the caller to add.
carrier_number to_carrier_number(const number_row& row, order_standing standing);

}  // namespace dialplane::telnyx
