// A company that buys numbers at two accounts, with a runner of its own on a store under test.
#pragma once

#include <boost/json/parse.hpp>
#include <memory>
#include <string>
#include <thread>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/metrics.hpp"
#include "base/sealing.hpp"
#include "carriers/carrier_registry.hpp"
#include "conformance/store_fixture.hpp"
#include "domain/ownership_mark.hpp"
#include "domain/provision_plan.hpp"
#include "store/quote_queries.hpp"
#include "support/manual_event_loop.hpp"
#include "support/scripted_carrier.hpp"
#include "workflow/runner.hpp"

namespace dialplane::test {

inline constexpr std::string_view buyer_installation = "abc123";

// Two accounts, "north" preferred, and a runner of its own.
class buying_fixture {
 public:
  explicit buying_fixture(store_fixture& at) : at_(at), own(make_tenant(at)) {
    auto first = std::make_unique<scripted_carrier>("north");
    auto second = std::make_unique<scripted_carrier>("south");
    north = first.get();
    south = second.get();
    carriers.add(std::move(first), {.preference = 1});
    carriers.add(std::move(second), {.preference = 2});
    rules.purchase_retry_for = std::chrono::milliseconds(1'000);
    start();
  }
  ~buying_fixture() {
    stop();
    at_.close();  // before the loops that its answers go to
  }

  void start() {
    loop = loops_.emplace_back(std::make_unique<thread_event_loop>()).get();
    envs_.push_back(std::make_unique<workflow_environment>(
        at_.db(), carriers, time, at_.ids, rules, metrics_, std::string(buyer_installation),
        "https://numbers.example", seals_));
    operations = std::make_unique<runner>(*envs_.back(), *loop);
  }
  // As a process that ends: what is under way stays where it is durable.
  void stop() {
    expected_value<bool> stopped;
    operations->stop(std::chrono::milliseconds(50), [&] { stopped.set(true); });
    REQUIRE(stopped.wait());
    loop->stop();  // a timer of the ended process would go on with its purchase beside the next
    operations.reset();
  }

  // An accepted purchase with its number and job, as accept_provision writes them.
  operation accept(const tenant& whose, provision_plan plan = {}) {
    operation work = make_operation(at_, whose);
    number pending = make_number(at_, whose);
    work.number = pending.id;
    work.carrier = "north";
    work.request = to_json(plan);
    work.mark = to_text({std::string(buyer_installation), work.organization, work.id});
    work.slot_held = true;
    work.created_at = work.updated_at = time.now();
    pending.e164.clear();
    pending.carrier = work.carrier;
    pending.mark = work.mark;
    job first = make_job(at_, whose, time.now());
    first.subject = work.id.bytes;
    first.leased_until = time.now() + std::chrono::minutes(1);
    at_.must_write([&](session& unit) -> result<void> {
      TRY(unit.numbers().insert(pending));
      TRY(unit.operations().insert(work));
      TRY(unit.organizations().add_slots_used(work.organization, 1));
      return unit.jobs().insert(first);
    });
    jobs_.emplace(work.id, first);
    return work;
  }

  using ending = std::shared_ptr<expected_value<operation>>;
  ending begin(const operation& work) {
    auto ended = std::make_shared<expected_value<operation>>();
    // The job is taken here: the next accept() adds to the map while the loop runs this.
    loop->post([this, work, first = jobs_.at(work.id), ended] {
      operations->start_operation(work, first, std::chrono::minutes(1),
                                  [ended](result<operation> outcome) {
                                    if (outcome) ended->set(*std::move(outcome));
                                  });
    });
    return ended;
  }
  operation end_of(const ending& of) {
    auto ended = of->wait();
    REQUIRE(ended);
    return *std::move(ended);
  }
  operation buy(provision_plan plan = {}) { return end_of(begin(accept(own, std::move(plan)))); }

  workflow_environment& environment() { return *envs_.back(); }
  std::int64_t waiting_jobs() {
    return at_.must_read([](session& unit) { return unit.jobs().statistics(); }).waiting;
  }
  operation stored(const operation& of) {
    return at_
        .must_read([&](session& unit) { return unit.operations().find(of.organization, of.id); })
        .value();
  }
  // The purchase reaches that step, durably.
  void wait_for_step(const operation& of, operation_step step) {
    wait_until([&] { return stored(of).step == step; });
  }
  template <typename Condition>
  void wait_until(Condition is_met) {
    const auto deadline = std::chrono::steady_clock::now() + wait_limit;
    while (!is_met()) {
      if (std::chrono::steady_clock::now() > deadline) FAIL("it did not come to that in time");
      std::this_thread::yield();
    }
  }
  number number_of(const operation& of) {
    return at_
        .must_read(
            [&](session& unit) { return unit.numbers().find(of.organization, *of.number); })
        .value();
  }
  std::optional<number_purchase_record> cost_of(const operation& of) {
    return at_.must_read([&](session& unit) {
      return unit.quotes().find_purchase(of.organization, *of.number);
    });
  }
  std::string failure_of(const operation& of) {
    CHECK(of.state == operation_state::failed);
    const auto text = boost::json::parse(of.outcome);
    return std::string(text.at("error").at("code").as_string());
  }

  store_fixture& at_;
  const tenant own;
  shared_manual_clock time;
  business_rules rules;
  carrier_registry carriers;
  scripted_carrier* north = nullptr;
  scripted_carrier* south = nullptr;
  thread_event_loop* loop = nullptr;
  std::unique_ptr<runner> operations;

 private:
  metrics_registry metrics_;
  const sealer seals_{sealer::key{7}, at_.random};
  std::unordered_map<operation_id, job> jobs_;
  std::vector<std::unique_ptr<workflow_environment>> envs_;  // of ended processes too
  std::vector<std::unique_ptr<thread_event_loop>> loops_;
};

inline auto selling(std::string e164, std::int64_t price = 1'000'000) {
  return [=](const number_search&) -> result<scripted_carrier::offers> {
    return scripted_carrier::offers{offer_for(e164, price)};
  };
}

inline auto answering(error why) {
  return [why](const number_purchase&) {
    return std::optional<result<carrier_number>>(result<carrier_number>(why));
  };
}

inline error no_funds() { return refused(error_code::carrier_out_of_funds, "No funds."); }
inline error lost() {
  return outcome_unknown(error_code::carrier_outcome_unknown, "No answer.", "scripted");
}

inline provision_plan plan_for(std::string area_code) {
  provision_plan plan;
  plan.area_code = std::move(area_code);
  return plan;
}

}  // namespace dialplane::test
