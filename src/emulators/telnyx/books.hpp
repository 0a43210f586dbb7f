// What the played account has: plain records in memory, and what its desks share.
//
// The telnyx_emulator owns one `books`; every desk works on it. Everything on the emulator's loop.
#pragma once

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/random.hpp"
#include "emulators/carrier_emulator.hpp"
#include "emulators/telnyx/stock.hpp"

namespace dialplane::emulators::telnyx {

// The row with that id; null where there is none.
template <typename Rows>
auto* by_id(Rows& rows, std::string_view id) {
  const auto found =
      std::find_if(rows.begin(), rows.end(), [&](const auto& each) { return each.id == id; });
  return found == rows.end() ? nullptr : &*found;
}

struct owned_number {
  std::string id;
  std::string e164;
  std::string mark;
  std::string status = "active";
  std::string connection;
  std::string profile;
  bool locked = false;
  timestamp purchased_at;
  timestamp shown_from;          // hidden from every list and route before
  boost::json::array tags;
};

// An order of one or several numbers; they succeed and fail together.
struct number_order {
  std::string id;
  std::vector<std::string> numbers;
  std::vector<std::string> line_ids;  // number_order_phone_number ids, not the numbers' own
  std::string mark;
  std::string connection;
  std::string profile;
  std::string status = "pending";
  timestamp created_at;
  timestamp updated_at;
};

struct reservation {
  std::string id;
  std::vector<std::string> numbers;
  std::string mark;
  timestamp created_at;
  timestamp expires_at;
};

struct made_purchase {
  std::string e164;
  std::string mark;
};

// A messaging profile or a TeXML application: the members as they were sent, and an id.
struct configured_object {
  std::string id;
  boost::json::object members;
};

struct sent_text {
  std::string id;
  std::string from;
  std::string to;
  std::string body;
  boost::json::array media;
  std::string profile;
  std::string webhook_url;
  std::string status = "queued";
  boost::json::array errors;
  timestamp created_at;
  std::optional<timestamp> sent_at;
  std::optional<timestamp> completed_at;
};

struct played_call {
  std::string id;
  std::string from;
  std::string to;
  std::string status = "ringing";
  std::string answer;            // the XML it got, "" until then
  int answer_status = 0;
  timestamp created_at;
};

struct webhook_delivery {
  std::string id;
  std::string url;
  boost::json::object webhook;   // the event's data
  std::string status = "failed";
  timestamp started_at;
};

// How the next filings are decided.
struct review_order {
  std::string outcome;           // approve, reject, reject_tcr, reject_mno, suspend, brand_fails, …
  std::string reason;
  std::int64_t count = 1;
};

struct books {
  virtual_time& time;
  fault_book& faults;
  random_source& random;
  // Posts it; the base class signs.
  std::function<void(emulated_webhook)> post;

  stock shop{};
  std::map<std::string, owned_number> numbers{};  // by E.164
  std::vector<owned_number*> bought_order{};      // the same, as they were bought
  std::map<std::string, owned_number*, std::less<>> numbers_by_id{};
  std::set<std::string> being_ordered{};          // E.164
  std::vector<number_order> orders{};
  std::vector<reservation> reservations{};
  std::vector<made_purchase> purchases{};
  std::set<std::string> elsewhere{};              // sold to somebody else
  std::vector<configured_object> profiles{};
  std::vector<configured_object> applications{};
  std::vector<sent_text> texts{};
  std::set<std::pair<std::string, std::string>> opted_out{};  // profile, recipient
  std::int64_t inbound_dropped = 0;
  std::vector<played_call> calls{};
  std::deque<webhook_delivery> deliveries{};
  std::deque<review_order> reviews{};
  std::int64_t balance_micro_usd = 1'000'000'000'000;  // a million dollars of play
  bool revoked = false;
  bool enforces_10dlc = false;
  std::string order_webhook_url{};

  owned_number* number_by_id(std::string_view id);
  owned_number* shown_number(std::string_view e164);
  const configured_object* profile(std::string_view id) const;
  const configured_object* application(std::string_view id) const;
  owned_number& add_number(owned_number number);
  void remove_number(const std::string& e164);
  bool is_taken(const std::string& e164) const;   // ours, being ordered, or somebody else's
  bool is_held(const std::string& e164) const;    // by a reservation
  // The first review order of one of these kinds, used up once.
  std::optional<review_order> draw_review(std::initializer_list<std::string_view> outcomes);
  // Posts {"data": {...}, "meta": {...}} and keeps a delivery of it.
  void post_event(const std::string& event_type, const std::string& url,
                  const std::string& failover_url, boost::json::object payload);
};

}  // namespace dialplane::emulators::telnyx
