// A carrier whose calls are written into a transcript: what was asked of the port and what it
// answered, behind the requests that this took.
//
// Only the calls of `carriers check` are written: the account's check, search, purchase, look-up
// and release. Changes nothing. The transcript is shared with the observer of the adapter's wire.
#pragma once

#include <memory>

#include "carriers/passing_carrier.hpp"
#include "carriers/wire_transcript.hpp"

namespace dialplane {

class recording_carrier final : public passing_carrier {
 public:
  recording_carrier(std::unique_ptr<carrier> inner, std::shared_ptr<wire_transcript> into)
      : passing_carrier(std::move(inner)), into_(std::move(into)) {}

  void check_account(carrier_done<account_report> done) override;
  void search(number_search wanted, carrier_done<std::vector<number_offer>> done) override;
  void buy(number_purchase order, carrier_done<carrier_number> done) override;
  void look_up(std::string e164, std::string mark,
               carrier_done<std::optional<carrier_number>> done) override;
  void release(std::string e164, std::string mark, carrier_done<void> done) override;

 private:
  template <typename T>
  carrier_done<T> noted(std::string_view call, boost::json::object asked, carrier_done<T> done);

  const std::shared_ptr<wire_transcript> into_;
};

}  // namespace dialplane
