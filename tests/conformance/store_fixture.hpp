// What the tests of the store share: a fresh store, ways to run a unit and wait for its end, and
// rows with every field set to something that shows when it gets lost.
#pragma once

#include <doctest/doctest.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/random.hpp"
#include "conformance/store_home.hpp"
#include "store/store.hpp"
#include "support/show_results.hpp"
#include "support/thread_event_loop.hpp"

namespace dialplane::test {

template <typename Unit>
using value_of_unit = typename std::invoke_result_t<Unit, session&>::value_type;

class store_fixture {
 public:
  explicit store_fixture(const store_kind& kind, const store_limits& limits = {})
      : home_(kind.make_home()) {
    open(limits);
  }

  store& db() { return *store_; }
  store_home& home() { return *home_; }

  void close() {
    store_->close();
    store_.reset();
  }
  void open(const store_limits& limits = {}) {
    auto opened = home_->open(limits);
    REQUIRE(opened.has_value());
    store_ = *std::move(opened);
  }
  void reopen() {
    close();
    open();
  }

  // A loop for what submits units. It lives until the store is closed: a thread of the store may
  // be about to tell it of an end when everything that waited for one has stopped.
  running_loop make_loop() {
    return running_loop(loops_.emplace_back(std::make_unique<thread_event_loop>()).get());
  }

  // Runs a unit and waits for its end.
  template <typename Unit>
  auto write(Unit unit) {
    return wait_for<value_of_unit<Unit>>([&](auto done) {
      db().template write<value_of_unit<Unit>>(std::move(unit), std::move(done));
    });
  }
  template <typename Unit>
  auto read(Unit unit) {
    return wait_for<value_of_unit<Unit>>([&](auto done) {
      db().template read<value_of_unit<Unit>>(std::move(unit), std::move(done));
    });
  }
  result<void> backup(const std::string& path) {
    return wait_for<void>([&](auto done) { db().backup(path, std::move(done)); });
  }

  // As above, for what must succeed.
  template <typename Unit>
  auto must_write(Unit unit) {
    return value_or_fail(write(std::move(unit)));
  }
  template <typename Unit>
  auto must_read(Unit unit) {
    return value_or_fail(read(std::move(unit)));
  }

  template <typename Id>
  Id id() {
    time.advance(std::chrono::milliseconds(1));
    return ids.make<Id>();
  }

  manual_clock time{timestamp{1'767'225'600'000}};  // 2026-01-01
  seeded_random random{7};
  id_generator ids{time, random};

 private:
  template <typename T, typename Submit>
  static result<T> wait_for(Submit submit) {
    auto ended = std::make_shared<expected_value<result<T>>>();
    submit([ended](result<T> value) { ended->set(std::move(value)); });
    std::optional<result<T>> value = ended->wait();
    REQUIRE_MESSAGE(value.has_value(), "a unit did not end in time");
    return *std::move(value);
  }

  template <typename T>
  static T value_or_fail(result<T> outcome) {
    if (!outcome) FAIL(describe(outcome.error()));
    if constexpr (!std::is_void_v<T>) return *std::move(outcome);
  }

  std::unique_ptr<store_home> home_;
  std::vector<std::unique_ptr<thread_event_loop>> loops_;  // outlive the store
  std::unique_ptr<store> store_;
};

// An organization with a kit and a default user.
struct tenant {
  organization company;
  account_kit kit;
  user person;
};

tenant make_tenant(store_fixture& at);
number make_number(store_fixture& at, const tenant& of);
agent make_agent(store_fixture& at, const tenant& of, std::string name);
operation make_operation(store_fixture& at, const tenant& of);
approval make_approval(store_fixture& at, const tenant& of);
job make_job(store_fixture& at, const tenant& of, timestamp run_at);
audit_entry make_audit(store_fixture& at, const tenant& of, std::string action);
ledger_entry make_entry(store_fixture& at, const tenant& of, ledger_account from,
                        ledger_account to, std::int64_t amount);
campaign make_campaign(store_fixture& at, const tenant& of);

// All fields of a record, to compare two.
std::string shown(const organization& row);
std::string shown(const api_key& row);
std::string shown(const user& row);
std::string shown(const account_kit& row);
std::string shown(const legal_entity& row);
std::string shown(const agent& row);
std::string shown(const number& row);
std::string shown(const assignment& row);
std::string shown(const brand& row);
std::string shown(const campaign& row);
std::string shown(const operation& row);
std::string shown(const approval& row);
std::string shown(const ledger_entry& row);
std::string shown(const job& row);
std::string shown(const keyed_request& row);
std::string shown(const marked_request& row);
std::string shown(const audit_entry& row);  // without sequence and hash

// The ids of a page's rows, in order.
template <typename Row>
auto ids_of(const std::vector<Row>& rows) {
  std::vector<uuid_bytes> found;
  for (const Row& each : rows) {
    if constexpr (requires { each.row.id; }) {
      found.push_back(each.row.id.bytes);
    } else {
      found.push_back(each.id.bytes);
    }
  }
  return found;
}

// The body runs once per kind of store, with `at` as a fresh fixture.
#define STORE_TEST_CASE(title) STORE_TEST_CASE_AS(title, DOCTEST_ANONYMOUS(store_test_))
#define STORE_TEST_CASE_AS(title, body)                             \
  static void body(::dialplane::test::store_fixture& at);           \
  TEST_CASE("store: " title) {                                      \
    for (const auto& kind : ::dialplane::test::store_kinds()) {     \
      INFO("store: ", std::string(kind.name));                      \
      ::dialplane::test::store_fixture fixture(kind);               \
      body(fixture);                                                \
    }                                                               \
  }                                                                 \
  static void body([[maybe_unused]] ::dialplane::test::store_fixture& at)

}  // namespace dialplane::test
