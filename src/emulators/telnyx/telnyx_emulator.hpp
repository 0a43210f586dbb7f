// Plays Telnyx's API v2 for one account: numbers by asynchronous order, texts, TeXML calls, 10DLC
// and toll-free registration, signed webhooks.
//
// Paths, bodies, ids, pages, errors and signatures are Telnyx's; the npm package `telnyx` talks to
// it as it is (tests/clients/telnyx_sdk.test.mjs). Any Bearer key is let in until the account is
// revoked. The names of calls, for faults: search, reserve, buy, buy_any, list, list_orders,
// show_order, show_number, update_number, release, set_messaging, set_voice, create_profile,
// create_application, send, create_brand, create_campaign, assign, and more in the desks.
//
// Control beyond carrier_emulator: POST account {"balance_micro_usd", "revoked", "enforce_10dlc",
// "order_webhook_url"}; POST reviews {"outcome", "reason", "count", "brand_review_ms",
// "campaign_review_ms", "assignment_ms"}, "outcome": "suspend_now" suspends what is active.
#pragma once

#include <memory>

#include "base/ed25519.hpp"
#include "emulators/carrier_emulator.hpp"

namespace dialplane::emulators::telnyx {

class telnyx_emulator final : public carrier_emulator {
 public:
  explicit telnyx_emulator(emulator_tools tools);
  ~telnyx_emulator() override;

  result<boost::json::object> control(std::string_view method, std::string_view what,
                                      const boost::json::object& order) override;
  // Base64; what an account is given as its public key.
  std::string public_key() const;

 protected:
  std::optional<http_response> refuse_entry(const emulated_request& request) override;
  http_response rate_limited_answer() const override;
  http_response error_answer(int status) const override;
  http_response no_such_route(const http_request& request) const override;
  std::vector<http_header> sign(const emulated_webhook& webhook, bool broken) override;
  std::vector<milliseconds> webhook_pauses() const override;
  void describe(boost::json::object& state) const override;

 private:
  struct desks;

  result<boost::json::object> control_reviews(std::string_view method,
                                              const boost::json::object& order);
  result<boost::json::object> control_account(const boost::json::object& order);
  result<boost::json::object> control_numbers(std::string_view method,
                                              const boost::json::object& order);
  result<boost::json::object> control_texts(const boost::json::object& order);
  result<boost::json::object> control_calls(std::string_view method,
                                            const boost::json::object& order);

  ed25519_private_key key_{};
  std::unique_ptr<desks> desks_;
};

std::unique_ptr<carrier_emulator> make_telnyx_emulator(emulator_tools tools);

// The private key of every played account: fixed, so that its public key can stand in a
// configuration. Play only.
ed25519_private_key played_private_key() noexcept;

}  // namespace dialplane::emulators::telnyx
