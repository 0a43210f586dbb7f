// What all wire emulators share: routes, faults, webhooks out, and the control address.
//
// An emulator plays one carrier's API over HTTP: its paths, bodies, ids, errors and signatures,
// with books of its own in memory. A carrier's emulator derives from this, names its routes and
// writes their handlers. Everything happens on one loop. It knows nothing of Dialplane: other
// programs may be tested against it. Money, numbers and texts in it are play.
//
// Control (JSON; not the carrier's, hence apart):
//   POST   /_emulator/faults    {"what","on","count","probability","delay_ms","status","text"}
//   GET    /_emulator/faults    DELETE /_emulator/faults
//   POST   /_emulator/time      {"advance_ms": 60000}
//   GET    /_emulator/state     numbers owned, purchases, calls by name, texts, webhooks
//   POST   /_emulator/texts     {"from","to","body","media_urls"}: a text comes in
//   POST   /_emulator/calls     {"from","to"}: a call comes in; GET: what became of calls
//   POST   /_emulator/reviews   {"outcome","reason","count"}: how the next filings are decided
//   POST   /_emulator/numbers   {"e164","mark"}: bought outside; DELETE ?e164=: gone without us
//   POST   /_emulator/account   {"balance_micro_usd","revoked"}
#pragma once

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/random.hpp"
#include "emulators/fault_book.hpp"
#include "emulators/virtual_time.hpp"
#include "net/asio_event_loop.hpp"
#include "net/form_encoding.hpp"
#include "net/http.hpp"
#include "net/http_client.hpp"

namespace dialplane::emulators {

// Shared by an emulator's parts; the caller owns what is pointed to.
struct emulator_tools {
  asio_event_loop* loop = nullptr;  // everything happens on it; required
  const clock* real_time = nullptr; // required
  random_source* random = nullptr;  // ids; required
  const address_guard* guard = nullptr;  // whom webhooks may reach; required
  std::string public_url;           // its own address, where answers name one
};

struct emulated_request {
  const http_request& http;
  std::map<std::string, std::string, std::less<>> path_values;  // {name} of the pattern
  std::string call;                 // the route's name

  std::string_view value(std::string_view name) const;  // of the path; "" if absent
  // Of the query, decoded, in order; names may repeat and have brackets.
  const form_fields& query() const { return query_; }
  // The body as a form; empty where it is none.
  const form_fields& form() const { return form_; }
  // The body as JSON; empty where it is none.
  const boost::json::object& json() const { return json_; }

  form_fields query_;
  form_fields form_;
  boost::json::object json_;
};

// A webhook that is going out. The emulator signs it when it is sent (each time anew).
struct emulated_webhook {
  std::string event;                // for the count in /_emulator/state
  std::string url;
  std::string content_type = "application/json";
  std::string body;
  std::string fallback_url;         // tried when the first fails, if set
  // Runs with the answer of the first try that got one; for voice.
  std::function<void(const http_answer&)> answered;
};

class carrier_emulator {
 public:
  explicit carrier_emulator(emulator_tools tools);
  virtual ~carrier_emulator();
  carrier_emulator(const carrier_emulator&) = delete;
  carrier_emulator& operator=(const carrier_emulator&) = delete;

  // On the loop. Answers, or cuts the connection where a fault says so.
  void handle(http_request request, responder to);

  // The same as the control address, for tests in the same process; on the loop.
  fault_book& faults() noexcept { return faults_; }
  virtual_time& time() noexcept { return *time_; }
  // `what` is the last part of the control path. refused: not understood.
  virtual result<boost::json::object> control(std::string_view method, std::string_view what,
                                              const boost::json::object& order);
  boost::json::object state() const;

 protected:
  using handler = std::function<http_response(const emulated_request&)>;

  // `pattern`: "/v2/number_orders/{id}". `call` is what faults and counts name it by.
  void route(std::string method, std::string pattern, std::string call, handler act);
  // Posts it now, or as faults order; tries again with pauses in virtual time as the carrier does.
  void post_webhook(emulated_webhook webhook);

  // ---- what the carrier's own emulator says ---------------------------------------------------
  // Nothing: let in. Asked before every route.
  virtual std::optional<http_response> refuse_entry(const emulated_request& request) = 0;
  virtual http_response rate_limited_answer() const = 0;
  virtual http_response error_answer(int status) const = 0;      // 5xx in the carrier's form
  virtual http_response no_such_route(const http_request& request) const = 0;
  // Headers that sign the webhook; `broken` asks for a signature that must be refused.
  virtual std::vector<http_header> sign(const emulated_webhook& webhook, bool broken) = 0;
  // Tries of one webhook and the pause before each but the first.
  virtual std::vector<milliseconds> webhook_pauses() const { return {}; }
  // Its part of /_emulator/state: "numbers": [{"e164","mark","reference"}], "purchases": total, …
  virtual void describe(boost::json::object& state) const = 0;

  emulator_tools tools_;

 private:
  struct core;

  void handle_control(const http_request& request, responder to);
  // `tries` were made before.
  void send_webhook(emulated_webhook webhook, bool broken, std::size_t tries);

  std::unique_ptr<virtual_time> time_;
  fault_book faults_;
  std::shared_ptr<core> core_;
};

http_response json_response(int status, const boost::json::value& body);

}  // namespace dialplane::emulators
