#include "store/sqlite/queued_units.hpp"

#include <algorithm>
#include <exception>
#include <utility>

#include "base/log.hpp"

namespace dialplane::sqlite {

std::optional<error> unit_queue::put(queued_unit& unit) {
  event_loop* const loop = unit.loop;
  {
    const std::lock_guard lock(mutex_);
    if (closed_) {
      return not_done(error_code::shutting_down, "The server is shutting down.",
                      "store is closed");
    }
    if (units_.size() >= limit_) {
      return not_done(error_code::overloaded, "Too much is going on; try again shortly.",
                      "the store's queue is full");
    }
    units_.push_back(std::move(unit));
    if (sleepers_ == 0 || wake_is_coming_) return std::nullopt;
    if (loop == nullptr) {
      filled_.notify_one();
      return std::nullopt;
    }
    wake_is_coming_ = true;
  }
  loop->post(later_wake<unit_queue>(shared_from_this()));
  return std::nullopt;
}

void unit_queue::wake() {
  const std::lock_guard lock(mutex_);
  wake_is_coming_ = false;
  if (!units_.empty() && sleepers_ > 0) filled_.notify_one();
}

bool unit_queue::take(std::deque<queued_unit>& out, std::size_t most, bool wait) {
  std::unique_lock lock(mutex_);
  if (wait) {
    ++sleepers_;
    filled_.wait(lock, [this] { return !units_.empty() || interrupted_ || closed_; });
    --sleepers_;
    interrupted_ = false;
  }
  const auto end = units_.begin() + static_cast<std::ptrdiff_t>(std::min(most, units_.size()));
  std::move(units_.begin(), end, std::back_inserter(out));
  units_.erase(units_.begin(), end);
  if (!units_.empty() && sleepers_ > 0) filled_.notify_one();  // more than one thread's part
  return !(closed_ && units_.empty() && out.empty());
}

void unit_queue::interrupt() {
  const std::lock_guard lock(mutex_);
  interrupted_ = true;
  filled_.notify_one();
}

void unit_queue::close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
  filled_.notify_all();
}

std::size_t unit_queue::waiting() const {
  const std::lock_guard lock(mutex_);
  return units_.size();
}

void finished_units::add(queued_unit&& unit, std::optional<error> failure) {
  units_.push_back({std::move(unit.finish), std::move(failure), unit.loop});
}

void finished_units::fail_all(const error& failure) {
  for (finished& unit : units_) unit.failure = failure;
}

namespace {

// On a thread of the store there is nobody above to catch.
void finish_here(unique_function<void(std::optional<error>)>& finish,
                 std::optional<error> failure) noexcept {
  try {
    finish(std::move(failure));
  } catch (const std::exception& escaped) {
    log_line(log_level::error, "exception after a unit of work", {{"what", escaped.what()}});
  } catch (...) {
    log_line(log_level::error, "exception after a unit of work", {});
  }
}

event_loop::task task_of(unique_function<void(std::optional<error>)> finish,
                         std::optional<error> failure) {
  if (!failure) {
    return [finish = std::move(finish)]() mutable { finish(std::nullopt); };
  }
  return [finish = std::move(finish), failure = std::move(failure)]() mutable {
    finish(std::move(failure));
  };
}

}  // namespace

void finished_units::deliver() {
  while (!units_.empty()) {
    event_loop* const loop = units_.front().loop;
    const auto others = std::stable_partition(
        units_.begin(), units_.end(), [loop](const finished& unit) { return unit.loop == loop; });
    std::vector<finished> rest(std::make_move_iterator(others),
                               std::make_move_iterator(units_.end()));
    units_.erase(others, units_.end());
    if (loop == nullptr) {
      for (finished& unit : units_) finish_here(unit.finish, std::move(unit.failure));
    } else {
      std::vector<event_loop::task> all_in_one;
      all_in_one.emplace_back([units = std::move(units_)]() mutable {
        for (finished& unit : units) {
          unit.finish(std::move(unit.failure));
          unit.finish = nullptr;  // what it holds goes now, not after the whole batch
        }
      });
      loop->post_all(std::move(all_in_one));
    }
    units_ = std::move(rest);
  }
}

void turn_away(queued_unit&& unit, error why) {
  if (unit.loop == nullptr) {
    finish_here(unit.finish, std::move(why));
  } else {
    unit.loop->post(task_of(std::move(unit.finish), std::move(why)));
  }
}

}  // namespace dialplane::sqlite
