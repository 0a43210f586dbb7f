#include "carriers/closed_carrier.hpp"

#include <utility>

#include "base/check.hpp"
#include "base/event_loop.hpp"

namespace dialplane {

// Later, as every carrier answers: callers do not expect it before their call has returned.
template <typename T>
void closed_carrier::fail(carrier_done<T> done) const {
  event_loop* here = event_loop::current();
  CHECK(here != nullptr);
  here->post([reason = reason_, done = std::move(done)]() mutable {
    done(not_done(error_code::carrier_unavailable, reason, "the account is closed"));
  });
}

void closed_carrier::search(number_search, carrier_done<std::vector<number_offer>> done) {
  fail(std::move(done));
}

void closed_carrier::buy(number_purchase, carrier_done<carrier_number> done) {
  fail(std::move(done));
}

void closed_carrier::look_up(std::string, std::string,
                             carrier_done<std::optional<carrier_number>> done) {
  fail(std::move(done));
}

void closed_carrier::set_routing(std::string, number_routing, carrier_done<void> done) {
  fail(std::move(done));
}

void closed_carrier::release(std::string, std::string, carrier_done<void> done) {
  fail(std::move(done));
}

void closed_carrier::read_routing(std::string, carrier_done<routing_snapshot> done) {
  fail(std::move(done));
}

void closed_carrier::restore_routing(std::string, routing_snapshot, carrier_done<void> done) {
  fail(std::move(done));
}

void closed_carrier::check_account(carrier_done<account_report> done) {
  fail(std::move(done));
}

void closed_carrier::list_owned(std::optional<std::string>, std::size_t,
                                carrier_done<carrier_number_page> done) {
  fail(std::move(done));
}

void closed_carrier::file_campaign(campaign_filing, carrier_done<campaign_report> done) {
  fail(std::move(done));
}

void closed_carrier::campaign_state(std::string, carrier_done<campaign_report> done) {
  fail(std::move(done));
}

void closed_carrier::attach_number(std::string, std::string, carrier_done<void> done) {
  fail(std::move(done));
}

void closed_carrier::file_brand(brand_filing, carrier_done<brand_report> done) {
  fail(std::move(done));
}

void closed_carrier::brand_state(std::string, carrier_done<brand_report> done) {
  fail(std::move(done));
}

void closed_carrier::end_campaign(std::string, carrier_done<void> done) {
  fail(std::move(done));
}

void closed_carrier::send_text(text_order, carrier_done<text_receipt> done) {
  fail(std::move(done));
}

void closed_carrier::look_up_text(std::string, std::string, std::string,
                                  carrier_done<std::optional<text_receipt>> done) {
  fail(std::move(done));
}

result<verified_webhook> closed_carrier::verify_webhook(const carrier_webhook&) const {
  return refused(error_code::unauthorized, reason_);
}

}  // namespace dialplane
