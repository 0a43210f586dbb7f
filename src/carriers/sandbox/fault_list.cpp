#include "carriers/sandbox/fault_list.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace dialplane::sandbox {

namespace {

constexpr std::int64_t default_delay_ms = 1'000;

// Which outcomes each kind of call can have.
bool makes_sense(fault_target on, fault_outcome outcome) {
  if (on == fault_target::report) {
    return outcome == fault_outcome::slow || outcome == fault_outcome::lost_before;
  }
  switch (outcome) {
    case fault_outcome::refused:
    case fault_outcome::rate_limited:
    case fault_outcome::slow:
    case fault_outcome::lost_before:
    case fault_outcome::lost_after:
      return true;
    case fault_outcome::late:
      return on == fault_target::buy || on == fault_target::release ||
             on == fault_target::send;
    case fault_outcome::gone:
      return on == fault_target::buy || on == fault_target::search;
    case fault_outcome::hidden:
      return on == fault_target::buy || on == fault_target::lookup;
    case fault_outcome::empty:
      return on == fault_target::search;
    case fault_outcome::pending:
    case fault_outcome::undelivered:
      return on == fault_target::buy;
  }
  return false;
}

// Does it happen delay_ms later?
bool happens_late(fault_outcome outcome) noexcept {
  return outcome == fault_outcome::late || outcome == fault_outcome::pending ||
         outcome == fault_outcome::undelivered;
}

bool has_own_delay(fault_outcome outcome) noexcept {
  return outcome == fault_outcome::slow || outcome == fault_outcome::hidden ||
         happens_late(outcome);
}

// Whether something is left that could be hidden: a purchase that happens, or a look-up that
// answers.
bool can_hide(fault_target on, const std::optional<fault_outcome>& outcome) noexcept {
  if (!outcome) return true;
  return on == fault_target::buy &&
         (outcome == fault_outcome::lost_after || outcome == fault_outcome::late);
}

milliseconds delay_of(const sandbox_fault& fault) {
  const std::int64_t otherwise = has_own_delay(fault.outcome) ? default_delay_ms : 0;
  return milliseconds(fault.delay_ms.value_or(otherwise));
}

bool names_one_of(const sandbox_fault& fault, std::span<const std::string> area_codes) {
  return std::find(area_codes.begin(), area_codes.end(), fault.area_code) != area_codes.end();
}

result<void> judge(const sandbox_fault& fault, const inventory& stock) {
  if (!makes_sense(fault.on, fault.outcome)) {
    return bad_field("outcome", "The outcome " + std::string(name_of_value(fault.outcome)) +
                                    " cannot happen on " + std::string(name_of_value(fault.on)) +
                                    ".");
  }
  if (fault.count < 1 || fault.count > fault_list::max_count) {
    return bad_field("count", "count must be from 1 to 1000000.");
  }
  if (fault.delay_ms && (*fault.delay_ms < 0 || *fault.delay_ms > fault_list::max_delay_ms)) {
    return bad_field("delay_ms", "delay_ms must be from 0 to 55000.");
  }
  if (fault.area_code.empty()) return {};
  if (fault.outcome != fault_outcome::empty) {
    return bad_field("area_code", "area_code goes with the outcome empty only.");
  }
  if (!stock.has_shelf(fault.area_code)) {
    return bad_field("area_code", "area_code must be one that the sandbox sells numbers of.");
  }
  return {};
}

}  // namespace

bool fault_plan::answer_is_lost() const noexcept {
  return outcome == fault_outcome::lost_before || outcome == fault_outcome::lost_after ||
         outcome == fault_outcome::late;
}

result<void> fault_list::order(sandbox_fault fault, const inventory& stock) {
  TRY(judge(fault, stock));
  const std::lock_guard lock(mutex_);
  if (waiting_.size() >= max_waiting) {
    return bad_field("on", "256 faults are waiting already. Clear them first.");
  }
  waiting_.push_back(std::move(fault));
  any_.store(true, std::memory_order_release);
  return {};
}

std::vector<sandbox_fault> fault_list::waiting() const {
  const std::lock_guard lock(mutex_);
  return waiting_;
}

void fault_list::clear() {
  const std::lock_guard lock(mutex_);
  waiting_.clear();
  any_.store(false, std::memory_order_release);
}

bool fault_list::any_on(fault_target on) const {
  if (!any_.load(std::memory_order_acquire)) return false;
  const std::lock_guard lock(mutex_);
  return std::any_of(waiting_.begin(), waiting_.end(),
                     [on](const sandbox_fault& fault) { return fault.on == on; });
}

fault_plan fault_list::draw(fault_target on, std::span<const std::string> area_codes) {
  fault_plan plan;
  if (!any_.load(std::memory_order_acquire)) return plan;
  const std::lock_guard lock(mutex_);
  bool decided = false;
  bool slowed = false;
  milliseconds hidden_for{0};
  sandbox_fault* hiding = nullptr;
  for (sandbox_fault& fault : waiting_) {
    if (fault.on != on) continue;
    if (fault.outcome == fault_outcome::hidden) {
      if (hiding == nullptr) hiding = &fault;
      continue;
    }
    if (fault.outcome == fault_outcome::slow) {
      if (std::exchange(slowed, true)) continue;
      plan.answer_delay += delay_of(fault);
    } else if (fault.outcome == fault_outcome::empty && !fault.area_code.empty()) {
      if (!names_one_of(fault, area_codes)) continue;
      plan.empty_codes.push_back(fault.area_code);
    } else {
      if (std::exchange(decided, true)) continue;
      const bool is_late = happens_late(fault.outcome);
      (is_late ? plan.late_by : plan.answer_delay) += delay_of(fault);
      plan.find_nothing = fault.outcome == fault_outcome::empty;
      if (!plan.find_nothing) plan.outcome = fault.outcome;
    }
    --fault.count;
  }
  if (hiding != nullptr && can_hide(on, plan.outcome)) {
    plan.hidden_for = delay_of(*hiding);
    --hiding->count;
  }
  std::erase_if(waiting_, [](const sandbox_fault& fault) { return fault.count == 0; });
  any_.store(!waiting_.empty(), std::memory_order_release);
  return plan;
}

milliseconds fault_list::longest_surfacing() const {
  milliseconds latest{0};
  milliseconds hidden{0};
  const std::lock_guard lock(mutex_);
  for (const sandbox_fault& fault : waiting_) {
    if (happens_late(fault.outcome)) latest = std::max(latest, delay_of(fault));
    if (fault.outcome == fault_outcome::hidden) hidden = std::max(hidden, delay_of(fault));
  }
  return latest + hidden;
}

}  // namespace dialplane::sandbox
