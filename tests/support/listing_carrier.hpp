// A carrier account in memory that lists what a test put into it, and does what it is told to the
// numbers in it. Keeps a list of what it was asked. Answers are posted to the calling loop.
//
// The test changes it only while nothing is under way, or from the hooks, which run before an
// answer is made.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/event_loop.hpp"
#include "carriers/carrier.hpp"

namespace dialplane::test {

class listing_carrier final : public carrier {
 public:
  explicit listing_carrier(std::string name) {
    abilities_.name = std::move(name);
    abilities_.is_real = true;
    abilities_.settling_time = std::chrono::milliseconds(0);
  }

  carrier_abilities& may() { return abilities_; }
  std::map<std::string, carrier_number>& numbers() { return numbers_; }
  // An error in place of the answer to a page, a look-up, an order.
  std::function<std::optional<error>(std::size_t page)> on_page = [](std::size_t) {
    return std::optional<error>();
  };
  std::function<std::optional<error>(const std::string& e164)> on_look_up =
      [](const std::string&) { return std::optional<error>(); };
  std::vector<carrier_news> texts;

  std::size_t pages_asked() const { return locked(pages_asked_); }
  std::vector<std::string> looked_up() const { return locked(looked_up_); }
  std::vector<std::string> orders() const { return locked(orders_); }

  const carrier_abilities& abilities() const noexcept override { return abilities_; }
  void list_owned(std::optional<std::string> cursor, std::size_t limit,
                  carrier_done<carrier_number_page> done) override {
    const std::lock_guard lock(mutex_);
    const std::size_t first = cursor ? std::stoul(*cursor) : 0;
    ++pages_asked_;
    if (auto failure = on_page(pages_asked_)) {
      return answer<carrier_number_page>(*std::move(failure), std::move(done));
    }
    // Newest first, as carriers do: not in the order of the numbers.
    carrier_number_page page;
    auto at = numbers_.rbegin();
    std::advance(at, static_cast<std::ptrdiff_t>(std::min(first, numbers_.size())));
    for (; at != numbers_.rend() && page.numbers.size() < limit; ++at) {
      page.numbers.push_back(at->second);
    }
    if (first + page.numbers.size() < numbers_.size()) {
      page.next_cursor = std::to_string(first + page.numbers.size());
    }
    answer<carrier_number_page>(std::move(page), std::move(done));
  }
  void look_up(std::string e164, std::string,
               carrier_done<std::optional<carrier_number>> done) override {
    const std::lock_guard lock(mutex_);
    looked_up_.push_back(e164);
    if (auto failure = on_look_up(e164)) {
      return answer<std::optional<carrier_number>>(*std::move(failure), std::move(done));
    }
    std::optional<carrier_number> seen;
    if (const auto found = numbers_.find(e164); found != numbers_.end()) seen = found->second;
    answer<std::optional<carrier_number>>(std::move(seen), std::move(done));
  }
  void set_routing(std::string e164, number_routing routing, carrier_done<void> done) override {
    const std::lock_guard lock(mutex_);
    orders_.push_back("route " + e164);
    numbers_.at(e164).routing = std::move(routing);
    numbers_.at(e164).routing_set = true;
    answer<void>({}, std::move(done));
  }
  void release(std::string e164, std::string mark, carrier_done<void> done) override {
    const std::lock_guard lock(mutex_);
    orders_.push_back("release " + e164 + " " + mark);
    numbers_.erase(e164);
    answer<void>({}, std::move(done));
  }
  void attach_number(std::string campaign, std::string e164, carrier_done<void> done) override {
    const std::lock_guard lock(mutex_);
    orders_.push_back("attach " + e164 + " " + campaign);
    numbers_.at(e164).campaign_reference = std::move(campaign);
    answer<void>({}, std::move(done));
  }
  void received_texts(timestamp since, std::optional<std::string> cursor,
                      carrier_done<received_texts_page> done) override {
    const std::lock_guard lock(mutex_);
    orders_.push_back("texts");
    received_texts_page page;
    const std::size_t first = cursor ? std::stoul(*cursor) : 0;
    for (std::size_t i = first; i < texts.size() && page.texts.size() < 2; ++i) {
      if (texts[i].at >= since) page.texts.push_back(texts[i]);
    }
    if (first + 2 < texts.size()) page.next_cursor = std::to_string(first + 2);
    answer<received_texts_page>(std::move(page), std::move(done));
  }
  void search(number_search, carrier_done<std::vector<number_offer>> done) override {
    refuse<std::vector<number_offer>>(std::move(done));
  }
  void buy(number_purchase, carrier_done<carrier_number> done) override {
    refuse<carrier_number>(std::move(done));
  }
  void file_campaign(campaign_filing, carrier_done<campaign_report> done) override {
    refuse<campaign_report>(std::move(done));
  }
  void campaign_state(std::string, carrier_done<campaign_report> done) override {
    refuse<campaign_report>(std::move(done));
  }

 private:
  template <typename T>
  T locked(const T& value) const {
    const std::lock_guard lock(mutex_);
    return value;
  }
  template <typename T>
  static void answer(result<T> outcome, carrier_done<T> done) {
    event_loop::current()->post(
        [outcome = std::move(outcome), done = std::move(done)]() mutable {
          done(std::move(outcome));
        });
  }
  template <typename T>
  static void refuse(carrier_done<T> done) {
    answer<T>(refused(error_code::not_configured, "Not in this test."), std::move(done));
  }

  carrier_abilities abilities_;
  mutable std::mutex mutex_;
  std::map<std::string, carrier_number> numbers_;
  std::size_t pages_asked_ = 0;
  std::vector<std::string> looked_up_;
  std::vector<std::string> orders_;
};

}  // namespace dialplane::test
