// A carrier whose webhooks carry no signature that we can check: it is given addresses of ours that
// nobody else can guess, and only what arrives at such an address is taken for the carrier's.
//
// The token is the last part of the query (`?key=…`). It is added to every address on its way to
// the carrier and taken off every routing that the carrier tells, so that nobody else has to know
// of it. Everything else passes unchanged.
#pragma once

#include "base/secret.hpp"
#include "carriers/passing_carrier.hpp"

namespace dialplane {

class secret_address_carrier final : public passing_carrier {
 public:
  // `token`: at least 20 characters that need no escape in a URL.
  secret_address_carrier(std::unique_ptr<carrier> inner, secret_string token);

  void buy(number_purchase order, carrier_done<carrier_number> done) override;
  void look_up(std::string e164, std::string mark,
               carrier_done<std::optional<carrier_number>> done) override;
  void set_routing(std::string e164, number_routing routing, carrier_done<void> done) override;
  void list_owned(std::optional<std::string> cursor, std::size_t limit,
                  carrier_done<carrier_number_page> done) override;
  void send_text(text_order order, carrier_done<text_receipt> done) override;
  // refused (unauthorized) for any other address. Names an event by its body, which carriers repeat
  // as it is.
  result<verified_webhook> verify_webhook(const carrier_webhook& received) const override;
  webhook_answer call_instructions(const call_plan& plan) const override;

 private:
  std::string with_token(std::string url) const;
  std::string without_token(std::string url) const;

  secret_string token_;
};

}  // namespace dialplane
