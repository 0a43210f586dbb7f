#include "carriers/watched_carrier.hpp"

#include <utility>

namespace dialplane {

account_standing standing_of(const account_report& report) noexcept {
  const bool no_money = report.balance_micro_usd && *report.balance_micro_usd <= 0;
  return no_money ? account_standing::out_of_funds : account_standing::open;
}

watched_carrier::watched_carrier(std::unique_ptr<carrier> inner, standing_told told)
    : passing_carrier(std::move(inner)), told_(std::move(told)) {}

result<passing_carrier::call_end> watched_carrier::on_call(carrier_method) {
  return call_end([this](const error* failure) {
    if (failure == nullptr) return;
    if (failure->code == error_code::carrier_credentials_rejected) {
      tell(account_standing::credentials_rejected, failure->message);
    } else if (failure->code == error_code::carrier_out_of_funds) {
      tell(account_standing::out_of_funds, failure->message);
    }
  });
}

void watched_carrier::tell(account_standing standing, const std::string& detail) {
  ++tellings_;
  told_(standing, detail);
}

void watched_carrier::check_account(carrier_done<account_report> done) {
  passing_carrier::check_account([this, done = std::move(done), before = tellings_.load()](
                                     result<account_report> report) mutable {
    if (report && tellings_ == before) tell(standing_of(*report), "");
    done(std::move(report));
  });
}

}  // namespace dialplane
