// A carrier to test, whichever it is, and short forms of its calls.
//
// The suite in carrier_contract_test.cpp runs over every factory listed in all_carriers(); a new
// carrier joins by adding itself there.
#pragma once

#include <doctest/doctest.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/random.hpp"
#include "carriers/carrier.hpp"
#include "carriers/sandbox/sandbox_carrier.hpp"
#include "conformance/scratch_folder.hpp"
#include "support/manual_event_loop.hpp"
#include "support/show_results.hpp"

namespace dialplane::test {

using std::chrono::milliseconds;

// One call of a carrier that is under way.
template <typename T>
struct pending_answer {
  std::shared_ptr<std::optional<result<T>>> outcome =
      std::make_shared<std::optional<result<T>>>();

  bool has_come() const { return outcome->has_value(); }
  const result<T>& value() const { return **outcome; }
  carrier_done<T> done() const {
    return [outcome = outcome](result<T> given) {
      REQUIRE_FALSE(outcome->has_value());  // every call ends exactly once
      outcome->emplace(std::move(given));
    };
  }
};

inline campaign_filing ten_dlc_filing(std::string mark, std::string use_case = "customer_care") {
  campaign_filing filing;
  filing.mark = std::move(mark);
  filing.use_case = std::move(use_case);
  return filing;
}

inline brand_filing sole_proprietor(const std::string& mark) {
  brand_filing filing;
  filing.mark = mark;
  filing.sole_proprietor = true;
  filing.entity["mobile_number"] = "+14155550111";
  return filing;
}

// What the suite needs of a carrier besides the port.
class carrier_fixture {
 public:
  virtual ~carrier_fixture() = default;
  virtual carrier& subject() = 0;
  // Closes it and opens it again, as after the death of the process.
  virtual void reopen() = 0;
  // Two area codes it sells numbers of, and a number it never has.
  virtual std::vector<std::string> area_codes() const = 0;
  virtual std::string impossible_number() const = 0;
  // Whether buying what the same mark owns already answers with that number, as it must where an
  // answer can be lost on a wire.
  virtual bool adopts_what_is_ours() const { return false; }
  // Fill in what this carrier asks for, and let its reviewers decide.
  virtual void prepare(brand_filing& /*filing*/) const {}
  virtual void prepare(campaign_filing& /*filing*/) const {}
  virtual void let_reviews_pass() {}

  manual_event_loop& loop() { return loop_; }
  shared_manual_clock& clock() { return clock_; }

  template <typename T>
  result<T> await(const pending_answer<T>& answer) {
    REQUIRE(loop_.run_until([&] { return answer.has_come(); }));
    return answer.value();
  }

  std::vector<number_offer> search(number_search wanted) {
    pending_answer<std::vector<number_offer>> answer;
    subject().search(std::move(wanted), answer.done());
    const auto found = await(answer);
    REQUIRE(found);
    return *found;
  }
  std::string any_number() {
    const auto offers = search({number_type::local, {area_codes().front()}, 1});
    REQUIRE(offers.size() == 1);
    return offers.front().e164;
  }
  pending_answer<carrier_number> start_buy(const std::string& e164, const std::string& mark,
                                           number_routing routing = some_routing()) {
    pending_answer<carrier_number> answer;
    subject().buy({e164, mark, std::move(routing)}, answer.done());
    return answer;
  }
  result<carrier_number> buy(const std::string& e164, const std::string& mark,
                             number_routing routing = some_routing()) {
    return await(start_buy(e164, mark, std::move(routing)));
  }
  result<std::optional<carrier_number>> look_up(const std::string& e164,
                                                const std::string& mark) {
    pending_answer<std::optional<carrier_number>> answer;
    subject().look_up(e164, mark, answer.done());
    return await(answer);
  }
  bool is_seen(const std::string& e164, const std::string& mark) {
    const auto found = look_up(e164, mark);
    REQUIRE(found);
    return found->has_value();
  }
  result<void> release(const std::string& e164, const std::string& mark) {
    pending_answer<void> answer;
    subject().release(e164, mark, answer.done());
    return await(answer);
  }
  result<void> set_routing(const std::string& e164, number_routing routing) {
    pending_answer<void> answer;
    subject().set_routing(e164, std::move(routing), answer.done());
    return await(answer);
  }
  result<carrier_number_page> list_page(std::optional<std::string> cursor, std::size_t limit) {
    pending_answer<carrier_number_page> answer;
    subject().list_owned(std::move(cursor), limit, answer.done());
    return await(answer);
  }
  std::vector<carrier_number> list_all(std::size_t limit) {
    std::vector<carrier_number> all;
    std::optional<std::string> cursor;
    do {
      const auto page = list_page(cursor, limit);
      REQUIRE(page);
      CHECK(page->numbers.size() <= limit);
      all.insert(all.end(), page->numbers.begin(), page->numbers.end());
      cursor = page->next_cursor;
    } while (cursor);
    return all;
  }
  result<brand_report> file_brand(brand_filing filing) {
    prepare(filing);
    pending_answer<brand_report> answer;
    subject().file_brand(std::move(filing), answer.done());
    return await(answer);
  }
  result<brand_report> brand_state(const std::string& reference) {
    pending_answer<brand_report> answer;
    subject().brand_state(reference, answer.done());
    return await(answer);
  }
  result<brand_report> resend_code(const std::string& reference) {
    pending_answer<brand_report> answer;
    subject().resend_brand_code(reference, answer.done());
    return await(answer);
  }
  result<brand_report> confirm_code(const std::string& reference, const std::string& code) {
    pending_answer<brand_report> answer;
    subject().confirm_brand_code(reference, code, answer.done());
    return await(answer);
  }
  result<attachment_report> attachment(const std::string& reference, const std::string& e164) {
    pending_answer<attachment_report> answer;
    subject().attachment_state(reference, e164, answer.done());
    return await(answer);
  }
  result<void> end_campaign(const std::string& reference) {
    pending_answer<void> answer;
    subject().end_campaign(reference, answer.done());
    return await(answer);
  }
  static brand_filing some_brand(const std::string& mark) {
    brand_filing filing;
    filing.mark = mark;
    filing.entity["registered_name"] = "Bluebird Supply LLC";
    filing.ein = secret_string("123456789");
    return filing;
  }
  // The reference of a company that is verified.
  std::string verified_brand() {
    auto report = file_brand(some_brand("brand-of-all"));
    if (!report) FAIL(describe(report.error()));
    if (report->status != brand_status::verified) {
      let_reviews_pass();
      report = brand_state(report->reference);
      REQUIRE(report);
    }
    REQUIRE(report->status == brand_status::verified);
    return report->reference;
  }
  // 10DLC filings that name no brand get that of verified_brand().
  result<campaign_report> file_campaign(campaign_filing filing) {
    const bool needs_brand =
        filing.kind == campaign_kind::ten_dlc && filing.brand_reference.empty();
    if (needs_brand) filing.brand_reference = verified_brand();
    prepare(filing);
    pending_answer<campaign_report> answer;
    subject().file_campaign(std::move(filing), answer.done());
    return await(answer);
  }
  result<campaign_report> campaign_state(const std::string& reference) {
    pending_answer<campaign_report> answer;
    subject().campaign_state(reference, answer.done());
    return await(answer);
  }
  result<void> attach(const std::string& reference, const std::string& e164) {
    pending_answer<void> answer;
    subject().attach_number(reference, e164, answer.done());
    return await(answer);
  }

  static number_routing some_routing() {
    return {"https://example.test/texts", "https://example.test/calls"};
  }

 private:
  shared_manual_clock clock_;
  manual_event_loop loop_{clock_};
};

class sandbox_fixture : public carrier_fixture {
 public:
  explicit sandbox_fixture(std::uint64_t seed = 7) : random_(seed) {
    options_.file_path = folder_.file("sandbox.db");
    options_.brand_check = milliseconds(0);
    open();
  }

  sandbox::sandbox_carrier& subject() override { return *carrier_; }
  sandbox_control& control() { return *carrier_; }
  void reopen() override {
    close_while([](const std::string&) {});
  }
  // Closes it, lets `act` work on its file, opens it again.
  template <typename Act>
  void close_while(Act act) {
    carrier_.reset();
    act(options_.file_path);
    open();
  }
  std::vector<std::string> area_codes() const override { return {"415", "212"}; }
  std::string impossible_number() const override { return "+14155550123"; }
  sandbox::sandbox_options& options() { return options_; }

  // Orders a fault that must be accepted.
  void order(fault_target on, fault_outcome outcome, std::int64_t count = 1,
             std::optional<std::int64_t> delay_ms = std::nullopt, std::string area_code = {}) {
    const auto taken = control().order_fault({on, outcome, count, delay_ms, std::move(area_code)});
    REQUIRE(taken);
  }
  result<sandbox_sold_page> sold_page(std::optional<std::string> cursor = {},
                                      std::size_t limit = 1'000) {
    pending_answer<sandbox_sold_page> answer;
    control().sold_page(std::move(cursor), limit, answer.done());
    return await(answer);
  }
  // Waits until the carrier has worked through what was asked of it so far.
  sandbox_sold_page settle() {
    const auto page = sold_page();
    REQUIRE(page);
    return *page;
  }
  result<void> set_review(milliseconds review) {
    pending_answer<void> answer;
    control().set_review(review, answer.done());
    return await(answer);
  }

 private:
  void open() {
    auto opened = sandbox::sandbox_carrier::open(options_, clock(), random_);
    if (!opened) FAIL(describe(opened.error()));
    carrier_ = *std::move(opened);
  }

  scratch_folder folder_;
  seeded_random random_;
  sandbox::sandbox_options options_;
  std::unique_ptr<sandbox::sandbox_carrier> carrier_;
};

struct carrier_factory {
  const char* name;
  std::function<std::unique_ptr<carrier_fixture>()> make;
};

inline std::vector<carrier_factory> all_carriers() {
  return {{"sandbox", [] { return std::make_unique<sandbox_fixture>(); }},
          {"sandbox, routing in a call of its own", [] {
             auto made = std::make_unique<sandbox_fixture>();
             made->options().routing_at_purchase = false;
             made->reopen();
             return made;
           }}};
}

}  // namespace dialplane::test
