// An account in memory, our books on a store under test, and a reconciler between them.
#pragma once

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/metrics.hpp"
#include "base/sealing.hpp"
#include "carriers/carrier_registry.hpp"
#include "conformance/store_fixture.hpp"
#include "domain/ownership_mark.hpp"
#include "store/event_queries.hpp"
#include "store/reconcile_queries.hpp"
#include "store/rental_queries.hpp"
#include "support/listing_carrier.hpp"
#include "support/manual_event_loop.hpp"
#include "workflow/number_routing_of.hpp"
#include "workflow/reconcile/reconciler.hpp"
#include "workflow/reconcile/restore_pause.hpp"

namespace dialplane::test {

using texts = std::vector<std::string>;

class reconcile_fixture {
 public:
  explicit reconcile_fixture(store_fixture& at) : at_(at), own(make_tenant(at)) {
    auto made = std::make_unique<listing_carrier>("line");
    line = made.get();
    carriers.add(std::move(made));
    settings.interval = std::chrono::milliseconds(0);
    settings.look_every = std::chrono::milliseconds(2);
    settings.pace.page = 7;
    settings.pace.window = 5;
    settings.pace.retry = std::chrono::milliseconds(1);
    env = std::make_unique<workflow_environment>(at_.db(), carriers, time, at_.ids, rules, metrics_,
                                                 "abc123", "https://us.example", seals_);
    start();
  }
  ~reconcile_fixture() { stop(); }

  void start() {
    loop = at_.make_loop();
    agreement = std::make_unique<reconciler>(*env, *loop, settings);
    agreement->start();
  }
  // As a process that ends in the middle: nothing but the store goes on.
  void stop() {
    if (agreement) agreement->stop();
    if (loop) drain(*loop);
    loop.reset();
    agreement.reset();
  }

  // What was submitted from that loop to the store has come back to it, nearly always: another
  // reader thread may still hold an end. The loop outlives it.
  void drain(thread_event_loop& of) {
    for (int round = 0; round < 3; ++round) {
      expected_value<bool> passed;
      of.post([&] {
        at_.db().write<void>([](session&) { return result<void>(); },
                             [&](result<void>) {
                               at_.db().read<void>([](session&) { return result<void>(); },
                                                   [&](result<void>) { passed.set(true); });
                             });
      });
      REQUIRE(passed.wait());
    }
  }

  // A number both sides have, alike; `mark_of` its own purchase.
  number both(const std::string& e164) {
    const number row = here(e164);
    there(e164, row.mark);
    return row;
  }
  number here(const std::string& e164) {
    number row = make_number(at_, own);
    row.e164 = e164;
    row.status = number_status::active;
    row.routing_set = true;
    row.carrier = "line";
    row.mark = new_mark(own.company.id);
    row.created_at = row.updated_at = long_ago();
    at_.must_write([&](session& work) -> result<void> {
      TRY(work.numbers().insert(row));
      return work.organizations().add_slots_used(row.organization, 1);
    });
    return row;
  }
  carrier_number& there(const std::string& e164, std::string mark) {
    carrier_number row;
    row.e164 = e164;
    row.mark = std::move(mark);
    row.bought_at = long_ago();
    row.routing_set = true;
    row.routing = number_routing_of(*env, "line");
    return line->numbers()[e164] = row;
  }
  std::string new_mark(organization_id owner) {
    return to_text({"abc123", owner, at_.id<operation_id>()});
  }
  timestamp long_ago() const { return time.now() + -std::chrono::hours(48); }

  reconcile_run order(comparison_order wanted = {}) {
    return at_
        .must_write([&](session& work) { return order_comparisons(work, *env, wanted); })
        .front();
  }
  reconcile_run find(reconcile_id id) {
    return at_.must_read([&](session& work) { return work.reconciles().find(id); }).value();
  }
  reconcile_run end_of(const reconcile_run& run) {
    wait_until([&] { return !find(run.id).is_open(); });
    return find(run.id);
  }
  reconcile_run compare(comparison_order wanted = {}) { return end_of(order(std::move(wanted))); }

  std::vector<std::string> open() {
    std::vector<std::string> found;
    for (const reconcile_finding& one : at_.must_read([](session& work) {
           return work.reconciles().open_findings(std::nullopt, 100);
         })) {
      found.push_back(std::string(name_of_value(one.kind)) + " " + one.e164);
    }
    return found;
  }
  std::optional<reconcile_finding> finding(finding_kind kind, const std::string& e164) {
    return at_.must_read(
        [&](session& work) { return work.reconciles().find_finding("line", kind, e164); });
  }
  std::optional<number> live(const std::string& e164) {
    return at_.must_read([&](session& work) { return work.numbers().find_live_by_e164(e164); });
  }
  // "reconcile.finding open", ... in order.
  std::vector<std::string> events() {
    std::vector<std::string> told;
    for (const placed_event& one : at_.must_read([](session& work) {
           return work.events().after(0, 1'000);
         })) {
      told.push_back(one.what.type);
    }
    return told;
  }
  std::vector<std::string> violations() {
    return at_.must_read([](session& work) { return work.integrity().check(); }).violations;
  }

  template <typename Condition>
  void wait_until(Condition is_met) {
    const auto deadline = std::chrono::steady_clock::now() + wait_limit;
    while (!is_met()) REQUIRE(std::chrono::steady_clock::now() < deadline);
  }

  store_fixture& at_;
  const tenant own;
  shared_manual_clock time;
  business_rules rules;
  carrier_registry carriers;
  listing_carrier* line = nullptr;
  reconcile_settings settings;
  std::unique_ptr<workflow_environment> env;
  running_loop loop;
  std::unique_ptr<reconciler> agreement;

 private:
  metrics_registry metrics_;
  const sealer seals_{sealer::key{7}, at_.random};
};

}  // namespace dialplane::test
