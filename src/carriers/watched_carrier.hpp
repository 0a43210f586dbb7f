// A carrier that is watched for what its answers say about the account itself: credentials that are
// refused, money that is gone, and that all is well again.
//
// Passes every call on and changes no answer. `told` runs on the loop of the call, before its
// `done`, once for each answer that says something; it must not block. A report says how things
// were when it was asked for: it says nothing where something newer was told, a failure or a report
// that was asked for later. Late answers must not bring an old state back. Safe from any loop.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>

#include "carriers/carrier_registry.hpp"
#include "carriers/passing_carrier.hpp"

namespace dialplane {

// What an answer says about the account, and the carrier's words for it.
using standing_told = std::function<void(account_standing standing, const std::string& detail)>;

class watched_carrier final : public passing_carrier {
 public:
  watched_carrier(std::unique_ptr<carrier> inner, standing_told told);

  // A report also says that all is well, or that no money is left.
  void check_account(carrier_done<account_report> done) override;

 private:
  result<call_end> on_call(carrier_method which) override;

  // Whether nothing newer than `moment` was told; then it is the newest.
  bool is_newest(std::uint64_t moment);

  standing_told told_;
  std::atomic<std::uint64_t> moments_ = 0;  // one for each report asked for, each failure told
  std::atomic<std::uint64_t> newest_told_ = 0;
};

// What a report says: an account that can be asked has good credentials, and money or none.
account_standing standing_of(const account_report& report) noexcept;

}  // namespace dialplane
