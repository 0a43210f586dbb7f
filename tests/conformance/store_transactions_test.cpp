#include <array>
#include <atomic>
#include <filesystem>
#include <set>
#include <stdexcept>
#include <thread>

#include "conformance/store_fixture.hpp"

namespace dialplane::test {

namespace {

std::optional<std::string> setting(store_fixture& at, const std::string& name) {
  return at.must_read([&](session& work) { return work.organizations().setting(name); });
}

// Keeps the store's writing thread busy until let go, so that units gather behind it.
class held_writer {
 public:
  explicit held_writer(store& db) {
    db.write<void>(
        [this](session&) -> result<void> {
          started_.set(true);
          released_.wait();
          return {};
        },
        [this](result<void>) { ended_.set(true); });
    REQUIRE(started_.wait().has_value());
  }
  void release() { released_.set(true); }
  ~held_writer() {
    release();
    ended_.wait();
  }

 private:
  expected_value<bool> started_;
  expected_value<bool> released_;
  expected_value<bool> ended_;
};

}  // namespace

STORE_TEST_CASE("a failing unit leaves nothing and spoils no other of its batch") {
  constexpr int units = 60;
  countdown all(units);
  std::atomic<int> refusals{0};
  std::atomic<int> faults{0};
  {
    held_writer busy(at.db());
    for (int i = 0; i < units; ++i) {
      const std::string name = "unit-" + std::to_string(i);
      at.db().write<void>(
          [name, i](session& work) -> result<void> {
            TRY(work.organizations().put_setting(name, "a"));
            if (i % 3 == 1) return refused(error_code::phone_number_limit, "no");
            if (i % 3 == 2) throw std::runtime_error("a bug");
            return work.organizations().put_setting(name, "b");
          },
          [&, i](result<void> done) {
            CHECK(done.has_value() == (i % 3 == 0));
            if (!done && done.error().code == error_code::phone_number_limit) ++refusals;
            if (!done && done.error().code == error_code::internal_error) ++faults;
            all.count();
          });
    }
  }
  REQUIRE(all.wait());
  CHECK(refusals == units / 3);
  CHECK(faults == units / 3);
  for (int i = 0; i < units; ++i) {
    const auto kept = setting(at, "unit-" + std::to_string(i));
    CHECK(kept == (i % 3 == 0 ? std::optional<std::string>("b") : std::nullopt));
  }
}

STORE_TEST_CASE("a failing repeatable unit leaves nothing and spoils no other of its batch") {
  constexpr int units = 60;
  countdown all(units);
  std::atomic<int> refusals{0};
  std::atomic<int> faults{0};
  {
    held_writer busy(at.db());
    for (int i = 0; i < units; ++i) {
      const std::string name = "unit-" + std::to_string(i);
      at.db().write_repeatable<int>(
          [name, i](session& work) -> result<int> {
            // Each adds to what those before it left: one run too many, and the sum is wrong.
            TRY_ASSIGN(const auto sum, work.organizations().setting("sum"));
            const int before = sum ? std::stoi(*sum) : 0;
            TRY(work.organizations().put_setting("sum", std::to_string(before + 1)));
            TRY(work.organizations().put_setting(name, "a"));
            if (i % 10 == 3) return refused(error_code::phone_number_limit, "no");
            if (i % 10 == 7) throw std::runtime_error("a bug");
            TRY(work.organizations().put_setting(name, "b"));
            return before + 1;
          },
          [&, i](result<int> done) {
            CHECK(done.has_value() == (i % 10 != 3 && i % 10 != 7));
            if (done) CHECK(*done == i + 1 - (i + 6) / 10 - (i + 2) / 10);
            if (!done && done.error().code == error_code::phone_number_limit) ++refusals;
            if (!done && done.error().code == error_code::internal_error) ++faults;
            all.count();
          });
    }
  }
  REQUIRE(all.wait());
  CHECK(refusals == units / 10);
  CHECK(faults == units / 10);
  CHECK(setting(at, "sum") == std::optional<std::string>("48"));
  for (int i = 0; i < units; ++i) {
    const bool ends_well = i % 10 != 3 && i % 10 != 7;
    const auto kept = setting(at, "unit-" + std::to_string(i));
    CHECK(kept == (ends_well ? std::optional<std::string>("b") : std::nullopt));
  }
}

STORE_TEST_CASE("repeatable units beside others keep their order, and a refusal costs one run") {
  constexpr int units = 40;
  countdown all(units);
  std::atomic<int> runs{0};
  {
    held_writer busy(at.db());
    for (int i = 0; i < units; ++i) {
      const auto append = [i](session& work) -> result<void> {
        TRY_ASSIGN(const auto text, work.organizations().setting("order"));
        return work.organizations().put_setting("order",
                                                text.value_or("") + std::to_string(i % 10));
      };
      const auto refuse = [&runs](session& work) -> result<void> {
        ++runs;
        TRY(work.organizations().setting("order"));
        return refused(error_code::phone_number_limit, "no");
      };
      const auto ended = [&, i](result<void> done) {
        CHECK(done.has_value() == (i % 4 != 2));
        all.count();
      };
      if (i % 4 == 0) {
        at.db().write<void>(append, ended);
      } else if (i % 4 == 2) {
        at.db().write_repeatable<void>(refuse, ended);
      } else {
        at.db().write_repeatable<void>(append, ended);
      }
    }
  }
  REQUIRE(all.wait());
  CHECK(runs == units / 4);
  std::string expected;
  for (int i = 0; i < units; ++i) {
    if (i % 4 != 2) expected += std::to_string(i % 10);
  }
  CHECK(setting(at, "order") == expected);
}

STORE_TEST_CASE("counters raised by units of one transaction add up, and see each other") {
  constexpr int units = 40;
  const tenant mine = make_tenant(at);
  const api_key_id key = at.id<api_key_id>();
  std::vector<number> rows;
  for (int i = 0; i < units; ++i) rows.push_back(make_number(at, mine));
  const auto counts = [&](session& work) -> result<std::array<std::int64_t, 3>> {
    TRY_ASSIGN(const std::int64_t slots, work.organizations().slots_used(mine.company.id));
    TRY_ASSIGN(const key_day_usage usage, work.organizations().usage_of_key(key, 7));
    TRY_ASSIGN(const std::int64_t live,
               work.numbers().count_of_user(mine.company.id, mine.person.id));
    CHECK(usage.spent.value == usage.purchases * 5);
    return std::array{slots, usage.purchases, live};
  };
  countdown all(units);
  {
    held_writer busy(at.db());
    for (int i = 0; i < units; ++i) {
      at.db().write_repeatable<std::array<std::int64_t, 3>>(
          [&, i](session& work) -> result<std::array<std::int64_t, 3>> {
            TRY(work.organizations().add_slots_used(mine.company.id, 1));
            TRY(work.organizations().add_usage_of_key(
                key, 7, {.purchases = 1, .spent = micro_credits{5}}));
            if (i == 20) return refused(error_code::phone_number_limit, "no");
            TRY(work.numbers().insert(rows[static_cast<std::size_t>(i)]));
            if (i == 30) {
              TRY(work.organizations().add_slots_used(mine.company.id, -2));
              TRY(work.numbers().remove(mine.company.id, rows[0].id));
            }
            return counts(work);
          },
          [&, i](result<std::array<std::int64_t, 3>> seen) {
            CHECK(seen.has_value() == (i != 20));
            const std::int64_t before = i > 20 ? i : i + 1;
            const std::int64_t taken = i >= 30 ? 1 : 0;
            if (seen) CHECK(*seen == std::array{before - 2 * taken, before, before - taken});
            all.count();
          });
    }
  }
  REQUIRE(all.wait());
  const std::array<std::int64_t, 3> expected{units - 3, units - 1, units - 2};
  CHECK(at.must_read(counts) == expected);
  CHECK(at.must_write(counts) == expected);
}

STORE_TEST_CASE("a repeatable unit that fails alone leaves nothing") {
  expected_value<result<void>> ended;
  at.db().write_repeatable<void>(
      [](session& work) -> result<void> {
        TRY(work.organizations().put_setting("half", "done"));
        return refused(error_code::phone_number_limit, "no");
      },
      [&](result<void> how) { ended.set(std::move(how)); });
  const auto how = ended.wait();
  REQUIRE(how.has_value());
  CHECK(how->error().code == error_code::phone_number_limit);
  CHECK(setting(at, "half") == std::nullopt);
}

STORE_TEST_CASE("a unit that fails alone leaves nothing either") {
  for (const bool throws : {false, true}) {
    const auto failed = at.write([&](session& work) -> result<void> {
      TRY(work.organizations().put_setting("half", "done"));
      if (throws) throw std::runtime_error("a bug");
      return refused(error_code::conflict, "no");
    });
    CHECK_FALSE(failed.has_value());
    CHECK_FALSE(setting(at, "half").has_value());
  }
  at.must_write([](session& work) { return work.organizations().put_setting("half", "whole"); });
  CHECK(setting(at, "half") == "whole");
}

STORE_TEST_CASE("a failed statement fails its unit only where the unit says so") {
  const tenant mine = make_tenant(at);
  const agent row = make_agent(at, mine, "Twice");
  at.must_write([&](session& work) -> result<void> {
    TRY(work.agents().insert(row));
    CHECK_FALSE(work.agents().insert(row).has_value());
    return work.organizations().put_setting("went", "on");
  });
  CHECK(setting(at, "went") == "on");
}

STORE_TEST_CASE("a writing unit sees the present rows, whatever was read or undone before it") {
  const tenant mine = make_tenant(at);
  const auto label_now = [&] {
    return at.must_write([&](session& work) -> result<std::optional<std::string>> {
      TRY_ASSIGN(const auto row, work.users().find(mine.company.id, mine.person.id));
      TRY_ASSIGN(const auto by_default, work.users().find_default(mine.company.id));
      CHECK(row->label == by_default->label);
      return row->label;
    });
  };
  const auto change = [&](session& work, const std::string& to) -> result<void> {
    TRY_ASSIGN(auto row, work.users().find(mine.company.id, mine.person.id));
    row->label = to;
    TRY(work.users().update(*row));
    TRY_ASSIGN(const auto again, work.users().find(mine.company.id, mine.person.id));
    CHECK(again->label == to);
    return {};
  };
  CHECK(label_now() == std::nullopt);
  for (const bool repeatable : {false, true}) {
    at.must_write([&](session& work) { return change(work, "kept"); });
    CHECK(label_now() == "kept");
    expected_value<bool> ended;
    const auto undone = [&](session& work) -> result<void> {
      TRY(change(work, "undone"));
      return refused(error_code::phone_number_limit, "no");
    };
    const auto done = [&](result<void> how) { ended.set(how.has_value()); };
    if (repeatable) {
      at.db().write_repeatable<void>(undone, done);
    } else {
      at.db().write<void>(undone, done);
    }
    CHECK(ended.wait() == false);
    CHECK(label_now() == "kept");
  }
}

STORE_TEST_CASE("a key revoked, an agent deleted and a kit changed are so for the next unit") {
  const tenant mine = make_tenant(at);
  const agent who = make_agent(at, mine, "Clerk");
  api_key key;
  key.id = at.id<api_key_id>();
  key.organization = mine.company.id;
  at.must_write([&](session& work) -> result<void> {
    TRY(work.agents().insert(who));
    return work.organizations().insert_key(key);
  });
  const auto kit_of = [&](session& work) {
    return work.users().find_kit(mine.company.id, mine.person.kit);
  };
  at.must_write([&](session& work) -> result<void> {
    TRY_ASSIGN(const auto agent_row, work.agents().find(mine.company.id, who.id));
    CHECK(agent_row.has_value());
    TRY_ASSIGN(const auto key_row, work.organizations().find_key(mine.company.id, key.id));
    CHECK_FALSE(key_row->revoked_at.has_value());
    TRY_ASSIGN(auto kit, kit_of(work));
    TRY(work.agents().remove(mine.company.id, who.id));
    TRY(work.organizations().revoke_key(mine.company.id, key.id, timestamp{5}));
    kit->name = "Narrower";
    return work.users().update_kit(*kit);
  });
  at.must_write([&](session& work) -> result<void> {
    TRY_ASSIGN(const auto agent_row, work.agents().find(mine.company.id, who.id));
    CHECK_FALSE(agent_row.has_value());
    TRY_ASSIGN(const auto key_row, work.organizations().find_key(mine.company.id, key.id));
    CHECK(key_row->revoked_at == timestamp{5});
    TRY_ASSIGN(const auto kit, kit_of(work));
    CHECK(kit->name == "Narrower");
    return {};
  });
}

STORE_TEST_CASE("units of one caller run and end in the order they were submitted") {
  constexpr int units = 300;
  std::vector<int> run_order;
  std::vector<int> end_order;
  countdown all(units);
  const running_loop loop = at.make_loop();
  loop->post([&] {
    for (int i = 0; i < units; ++i) {
      at.db().write<int>(
          [&, i](session& work) -> result<int> {
            run_order.push_back(i);
            TRY(work.organizations().put_setting("last", std::to_string(i)));
            if (i % 7 == 0) return refused(error_code::conflict, "no");
            return i;
          },
          [&, i](result<int>) {
            end_order.push_back(i);
            all.count();
          });
    }
  });
  REQUIRE(all.wait());
  REQUIRE(run_order.size() == units);
  REQUIRE(end_order.size() == units);
  CHECK(std::is_sorted(run_order.begin(), run_order.end()));
  CHECK(std::is_sorted(end_order.begin(), end_order.end()));
  CHECK(setting(at, "last") == std::to_string(units - 1));
}

STORE_TEST_CASE("of 64 units for the last slots exactly the right number get one") {
  const tenant mine = make_tenant(at);
  constexpr int slots = 10;
  constexpr int callers = 64;
  std::atomic<int> got{0};
  std::atomic<int> refused_ones{0};
  countdown all(callers);
  std::vector<std::thread> threads;
  for (int i = 0; i < callers; ++i) {
    threads.emplace_back([&] {
      at.db().write<void>(
          [&](session& work) -> result<void> {
            TRY_ASSIGN(const std::int64_t used, work.organizations().slots_used(mine.company.id));
            if (used >= slots) return refused(error_code::phone_number_limit, "none left");
            return work.organizations().add_slots_used(mine.company.id, 1);
          },
          [&](result<void> done) {
            ++(done ? got : refused_ones);
            all.count();
          });
    });
  }
  for (std::thread& each : threads) each.join();
  REQUIRE(all.wait());
  CHECK(got == slots);
  CHECK(refused_ones == callers - slots);
  CHECK(at.must_read([&](session& work) {
    return work.organizations().slots_used(mine.company.id);
  }) == slots);
}

STORE_TEST_CASE("a read sees every write whose end was told") {
  constexpr int rounds = 100;
  countdown all(1);
  int stale = 0;
  const running_loop loop = at.make_loop();
  std::function<void(int)> next = [&](int round) {
    if (round == rounds) return all.count();
    const std::string value = std::to_string(round);
    at.db().write<void>(
        [value](session& work) { return work.organizations().put_setting("round", value); },
        [&, round, value](result<void> done) {
          if (!done) ++stale;
          at.db().read<std::optional<std::string>>(
              [](session& work) { return work.organizations().setting("round"); },
              [&, round, value](result<std::optional<std::string>> seen) {
                if (!seen || *seen != value) ++stale;
                next(round + 1);
              });
        });
  };
  loop->post([&] { next(0); });
  REQUIRE(all.wait());
  CHECK(stale == 0);
}

STORE_TEST_CASE("a reading unit sees one moment and cannot write") {
  at.must_write([](session& work) { return work.organizations().put_setting("a", "1"); });
  const auto seen = at.must_read([&](session& work) -> result<std::string> {
    TRY_ASSIGN(const auto before, work.organizations().setting("a"));
    at.must_write([](session& other) { return other.organizations().put_setting("a", "2"); });
    TRY_ASSIGN(const auto after, work.organizations().setting("a"));
    return *before + *after;
  });
  CHECK(seen == "11");
  CHECK(setting(at, "a") == "2");
  CHECK_FALSE(at.read([](session& work) { return work.organizations().put_setting("a", "3"); }));
  CHECK(setting(at, "a") == "2");
}

STORE_TEST_CASE("ends are told on the loop that submitted, many with one wake-up") {
  const running_loop loop = at.make_loop();
  constexpr int units = 50;
  std::atomic<int> elsewhere{0};
  countdown writes(units);
  countdown reads(units);
  const auto ended = [&](countdown& of) {
    if (std::this_thread::get_id() != loop->thread_id()) ++elsewhere;
    of.count();
  };
  {
    held_writer busy(at.db());
    expected_value<bool> submitted;
    loop->post([&] {
      for (int i = 0; i < units; ++i) {
        at.db().write<void>([](session&) -> result<void> { return {}; },
                            [&](result<void>) { ended(writes); });
      }
      submitted.set(true);
    });
    REQUIRE(submitted.wait().has_value());
  }
  REQUIRE(writes.wait());
  CHECK(loop->wake_ups() == 1);
  loop->post([&] {
    for (int i = 0; i < units; ++i) {
      at.db().read<void>([](session&) -> result<void> { return {}; },
                         [&](result<void>) { ended(reads); });
    }
  });
  REQUIRE(reads.wait());
  CHECK(elsewhere == 0);
  const store_statistics now = at.db().statistics();
  CHECK(now.written_units >= units);
  CHECK(now.read_units >= units);
  CHECK(now.write_batches < now.written_units);
}

STORE_TEST_CASE("what was committed is there after a reopening") {
  const tenant mine = make_tenant(at);
  number row = make_number(at, mine);
  row.e164 = "+14155550101";
  at.must_write([&](session& work) { return work.numbers().insert(row); });
  for (int round = 0; round < 3; ++round) {
    at.reopen();
    const auto found = at.must_read(
        [&](session& work) { return work.numbers().find(mine.company.id, row.id); });
    REQUIRE(found.has_value());
    CHECK(shown(*found) == shown(row));
  }
}

STORE_TEST_CASE("closing finishes what is queued and takes nothing more") {
  constexpr int units = 200;
  std::atomic<int> done{0};
  for (int i = 0; i < units; ++i) {
    at.db().write<void>(
        [i](session& work) {
          return work.organizations().put_setting("unit-" + std::to_string(i), "x");
        },
        [&](result<void> how) { done += how.has_value() ? 1 : 0; });
    at.db().read<void>([](session&) -> result<void> { return {}; },
                       [&](result<void> how) { done += how.has_value() ? 1 : 0; });
  }
  at.db().close();
  CHECK(done == 2 * units);
  for (const bool writes : {true, false}) {
    const auto unit = [](session&) -> result<void> { return {}; };
    const auto late = writes ? at.write(unit) : at.read(unit);
    REQUIRE_FALSE(late.has_value());
    CHECK(late.error().kind == error_class::not_done);
    CHECK(late.error().code == error_code::shutting_down);
  }
  const auto no_copy = at.backup(at.home().backup_path());
  CHECK_FALSE(no_copy.has_value());
  at.reopen();
  CHECK(setting(at, "unit-" + std::to_string(units - 1)) == "x");
}

TEST_CASE("store: a full queue answers overloaded at once") {
  for (const store_kind& kind : store_kinds()) {
    store_fixture at(kind, {.write_queue = 5});
    std::atomic<int> kept{0};
    countdown all(9);
    countdown refusals(4);
    {
      held_writer busy(at.db());
      for (int i = 0; i < 9; ++i) {
        at.db().write<void>([](session&) -> result<void> { return {}; },
                            [&](result<void> done) {
                              if (done) {
                                ++kept;
                              } else {
                                CHECK(done.error().kind == error_class::not_done);
                                CHECK(done.error().code == error_code::overloaded);
                                refusals.count();
                              }
                              all.count();
                            });
      }
      CHECK(at.db().statistics().waiting_writes == 5);
      CHECK(refusals.wait());  // while the five still wait
      CHECK(kept == 0);
    }
    REQUIRE(all.wait());
    CHECK(kept == 5);
  }
}

STORE_TEST_CASE("a backup while writing is a consistent copy") {
  // Two settings that always change together; a copy that is torn would show them apart.
  const std::string filler(2000, 'x');
  for (int i = 0; i < 300; ++i) {
    at.must_write([&](session& work) {
      return work.organizations().put_setting("filler-" + std::to_string(i), filler);
    });
  }
  std::atomic<bool> stop{false};
  std::atomic<int> written{0};
  std::thread writing([&] {
    while (!stop) {
      const std::string value = std::to_string(++written);
      at.must_write([&](session& work) -> result<void> {
        TRY(work.organizations().put_setting("a-first", value));
        TRY(work.organizations().put_setting("filler-" + std::to_string(written % 300), filler));
        return work.organizations().put_setting("z-last", value);
      });
    }
  });
  std::vector<std::string> copies;
  for (int i = 0; i < 5; ++i) {
    copies.push_back(at.home().backup_path());
    const auto copied = at.backup(copies.back());
    CHECK(copied.has_value());
  }
  stop = true;
  writing.join();
  const auto again = at.backup(copies.back());
  REQUIRE_FALSE(again.has_value());
  CHECK(again.error().kind == error_class::refused);

  for (const std::string& path : copies) {
    auto copy = at.home().open_backup(path);
    REQUIRE(copy.has_value());
    expected_value<result<std::string>> both;
    (*copy)->read<std::string>(
        [](session& work) -> result<std::string> {
          TRY_ASSIGN(const auto first, work.organizations().setting("a-first"));
          TRY_ASSIGN(const auto last, work.organizations().setting("z-last"));
          return first == last ? std::string("equal") : std::string("torn");
        },
        [&](result<std::string> seen) { both.set(std::move(seen)); });
    const auto seen = both.wait();
    REQUIRE((seen.has_value() && seen->has_value()));
    CHECK(**seen == "equal");
  }
  CHECK_FALSE(at.backup("/nowhere/at/all/copy.db").has_value());
}

STORE_TEST_CASE("a database from the future is refused and left as it is") {
  at.close();
  at.home().run_sql("INSERT INTO migrations (version, name, applied_at) VALUES (999, 'later', 0)");
  const auto refused = at.home().open();
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().kind == error_class::refused);
  CHECK(refused.error().message.find("version 999") != std::string::npos);
  CHECK(refused.error().message.find("up to ") != std::string::npos);
  at.home().run_sql("DELETE FROM migrations WHERE version = 999");
  at.open();
  make_tenant(at);
}

}  // namespace dialplane::test
