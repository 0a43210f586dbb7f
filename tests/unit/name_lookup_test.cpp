#include "net/name_lookup.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <condition_variable>
#include <mutex>

#include "support/thread_event_loop.hpp"

namespace dialplane {
namespace {

// A resolver that holds some names back until told.
class held_names {
 public:
  name_lookup::addresses resolve(const std::string& name) {
    std::unique_lock lock(mutex_);
    ++asked_;
    changed_.notify_all();
    if (name.starts_with("slow")) changed_.wait(lock, [this] { return open_; });
    return {name + "'s address"};
  }
  void open() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }
  bool wait_for_asked(int count) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, test::wait_limit, [&] { return asked_ >= count; });
  }
  int asked() {
    const std::lock_guard lock(mutex_);
    return asked_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool open_ = false;
  int asked_ = 0;
};

using answer = test::expected_value<name_lookup::addresses>;

TEST_CASE("name look-up: a name that hangs delays no other") {
  held_names names;
  name_lookup lookup([&](const std::string& name) { return names.resolve(name); });
  answer slow;
  answer quick;
  lookup.ask("slow.test", [&](const auto& found) { slow.set(found); });
  REQUIRE(names.wait_for_asked(1));
  lookup.ask("quick.test", [&](const auto& found) { quick.set(found); });
  CHECK(quick.wait() == name_lookup::addresses{"quick.test's address"});
  names.open();
  CHECK(slow.wait() == name_lookup::addresses{"slow.test's address"});
}

TEST_CASE("name look-up: a name that hangs is asked for once, whoever asks") {
  held_names names;
  name_lookup lookup([&](const std::string& name) { return names.resolve(name); });
  test::countdown all(50);
  for (int i = 0; i < 50; ++i) lookup.ask("slow.test", [&](const auto&) { all.count(); });
  answer quick;
  lookup.ask("quick.test", [&](const auto& found) { quick.set(found); });
  CHECK(quick.wait().has_value());
  CHECK(names.asked() == 2);
  names.open();
  CHECK(all.wait());
}

TEST_CASE("name look-up: too many names and too many askers get nothing, at once") {
  held_names names;
  name_lookup lookup([&](const std::string& name) { return names.resolve(name); });
  test::countdown all(static_cast<int>(name_lookup::names_max));
  for (std::size_t i = 0; i < name_lookup::names_max; ++i) {
    lookup.ask("slow" + std::to_string(i), [&](const auto&) { all.count(); });
  }
  answer beyond;
  lookup.ask("one.more", [&](const auto& found) { beyond.set(found); });
  CHECK(beyond.wait() == name_lookup::addresses{});
  names.open();
  CHECK(all.wait());
}

TEST_CASE("name look-up: the system's resolver knows this machine") {
  answer local;
  name_lookup::of_system().ask("localhost", [&](const auto& found) { local.set(found); });
  const auto found = local.wait();
  REQUIRE(found.has_value());
  REQUIRE_FALSE(found->empty());
  CHECK((found->front() == "127.0.0.1" || found->front() == "::1"));
}

}  // namespace
}  // namespace dialplane
