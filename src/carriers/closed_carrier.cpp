#include "carriers/closed_carrier.hpp"

namespace dialplane {

result<passing_carrier::call_end> closed_carrier::on_call(carrier_method) {
  return not_done(error_code::carrier_unavailable, reason_, "the account is closed");
}

result<verified_webhook> closed_carrier::verify_webhook(const carrier_webhook&) const {
  return refused(error_code::unauthorized, reason_);
}

}  // namespace dialplane
