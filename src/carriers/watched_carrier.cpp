#include "carriers/watched_carrier.hpp"

#include <optional>
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
    std::optional<account_standing> standing;
    if (failure->code == error_code::carrier_credentials_rejected) {
      standing = account_standing::credentials_rejected;
    } else if (failure->code == error_code::carrier_out_of_funds) {
      standing = account_standing::out_of_funds;
    }
    if (standing && is_newest(++moments_)) told_(*standing, failure->message);
  });
}

bool watched_carrier::is_newest(std::uint64_t moment) {
  std::uint64_t told = newest_told_.load();
  while (told < moment) {
    if (newest_told_.compare_exchange_weak(told, moment)) return true;
  }
  return false;
}

void watched_carrier::check_account(carrier_done<account_report> done) {
  passing_carrier::check_account([this, done = std::move(done), asked_at = ++moments_](
                                     result<account_report> report) mutable {
    if (report && is_newest(asked_at)) told_(standing_of(*report), "");
    done(std::move(report));
  });
}

}  // namespace dialplane
