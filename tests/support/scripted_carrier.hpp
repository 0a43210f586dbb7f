// A carrier that does what a test says, call by call, and keeps a list of what it was asked.
//
// Answers are posted to the calling loop, as those of a real adapter are; without a script it has
// nothing for sale. Calls may come from any loop; scripts run under its lock, one at a time.
#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "base/event_loop.hpp"
#include "carriers/carrier.hpp"

namespace dialplane::test {

class scripted_carrier final : public carrier {
 public:
  using offers = std::vector<number_offer>;

  explicit scripted_carrier(std::string name) {
    abilities_.name = std::move(name);
    abilities_.sets_routing_at_purchase = true;
    abilities_.settling_time = std::chrono::milliseconds(60'000);
  }

  carrier_abilities& may() { return abilities_; }

  // What a call answers; a script that returns nothing leaves the call without an answer until
  // the test gives one (answer_held).
  std::function<result<offers>(const number_search&)> on_search = [](const number_search&) {
    return offers{};
  };
  std::function<std::optional<result<carrier_number>>(const number_purchase&)> on_buy =
      [](const number_purchase& order) {
        return std::optional<result<carrier_number>>(sold(order));
      };
  std::function<result<std::optional<carrier_number>>(const std::string&, const std::string&)>
      on_look_up = [](const std::string&, const std::string&) {
        return result<std::optional<carrier_number>>(std::optional<carrier_number>());
      };
  std::function<result<number_reservation>(const std::string&)> on_reserve;

  static carrier_number sold(const number_purchase& order) {
    carrier_number bought;
    bought.e164 = order.e164;
    bought.mark = order.mark;
    bought.routing_set = true;
    bought.reference = "PN-" + order.e164.substr(1);
    return bought;
  }

  // "search", "buy +14155550123", ... in order.
  std::vector<std::string> calls() const {
    const std::lock_guard lock(mutex_);
    return calls_;
  }
  std::size_t count(const std::string& call) const {
    const std::lock_guard lock(mutex_);
    return static_cast<std::size_t>(std::count_if(
        calls_.begin(), calls_.end(),
        [&](const std::string& one) { return one.starts_with(call); }));
  }
  std::vector<number_purchase> orders() const {
    const std::lock_guard lock(mutex_);
    return orders_;
  }
  // For scripts, which run under the lock.
  std::size_t orders_now() const { return orders_.size(); }
  std::size_t held() const {
    const std::lock_guard lock(mutex_);
    return held_.size();
  }
  // Sells the oldest purchase that waits for its answer; gives its mark.
  std::string answer_held() {
    held_purchase first;
    {
      const std::lock_guard lock(mutex_);
      REQUIRE_FALSE(held_.empty());
      first = std::move(held_.front());
      held_.pop_front();
    }
    const std::string mark = first.order.mark;
    first.loop->post([done = std::move(first.done), order = std::move(first.order)]() mutable {
      done(sold(order));
    });
    return mark;
  }

  const carrier_abilities& abilities() const noexcept override { return abilities_; }
  void search(number_search wanted, carrier_done<offers> done) override {
    const std::lock_guard lock(mutex_);
    calls_.push_back("search");
    answer<offers>(on_search(wanted), std::move(done));
  }
  void buy(number_purchase order, carrier_done<carrier_number> done) override {
    const std::lock_guard lock(mutex_);
    calls_.push_back("buy " + order.e164);
    orders_.push_back(order);
    auto now = on_buy(order);
    if (now) return answer<carrier_number>(*std::move(now), std::move(done));
    held_.push_back({event_loop::current(), std::move(order), std::move(done)});
  }
  void look_up(std::string e164, std::string mark,
               carrier_done<std::optional<carrier_number>> done) override {
    const std::lock_guard lock(mutex_);
    calls_.push_back("look_up " + e164);
    answer<std::optional<carrier_number>>(on_look_up(e164, mark), std::move(done));
  }
  void reserve(std::string e164, std::string, carrier_done<number_reservation> done) override {
    const std::lock_guard lock(mutex_);
    calls_.push_back("reserve " + e164);
    answer<number_reservation>(on_reserve(e164), std::move(done));
  }
  void set_routing(std::string, number_routing, carrier_done<void> done) override {
    answer<void>({}, std::move(done));
  }
  void release(std::string, std::string, carrier_done<void> done) override {
    answer<void>({}, std::move(done));
  }
  void list_owned(std::optional<std::string>, std::size_t,
                  carrier_done<carrier_number_page> done) override {
    answer<carrier_number_page>(carrier_number_page{}, std::move(done));
  }
  void file_campaign(campaign_filing, carrier_done<campaign_report>) override { FAIL("called"); }
  void campaign_state(std::string, carrier_done<campaign_report>) override { FAIL("called"); }
  void attach_number(std::string, std::string, carrier_done<void>) override { FAIL("called"); }

 private:
  struct held_purchase {
    event_loop* loop = nullptr;
    number_purchase order;
    carrier_done<carrier_number> done;
  };

  template <typename T>
  static void answer(result<T> outcome, carrier_done<T> done) {
    event_loop* here = event_loop::current();
    REQUIRE(here != nullptr);
    here->post([outcome = std::move(outcome), done = std::move(done)]() mutable {
      done(std::move(outcome));
    });
  }

  carrier_abilities abilities_;
  mutable std::mutex mutex_;
  std::vector<std::string> calls_;
  std::vector<number_purchase> orders_;
  std::deque<held_purchase> held_;
};

inline number_offer offer_for(std::string e164, std::int64_t monthly_micro_usd = 1'000'000) {
  number_offer offer{.e164 = std::move(e164)};
  offer.price = carrier_price{.monthly_micro_usd = monthly_micro_usd};
  return offer;
}

}  // namespace dialplane::test
