// A map that forgets its oldest entries: what was learned in passing and may be asked for again.
// From any thread. Whoever reads it never takes an absence for a fact.
#pragma once

#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace dialplane::surge {

template <typename Value>
class bounded_memory {
 public:
  explicit bounded_memory(std::size_t limit) : limit_(limit) {}

  void put(const std::string& name, Value value) {
    const std::lock_guard lock(mutex_);
    const auto [at, is_new] = values_.insert_or_assign(name, std::move(value));
    if (is_new) names_.push_back(name);
    // Forgotten names are still queued; each costs one step.
    while (names_.size() > limit_) {
      values_.erase(names_.front());
      names_.pop_front();
    }
  }

  std::optional<Value> find(const std::string& name) const {
    const std::lock_guard lock(mutex_);
    const auto at = values_.find(name);
    if (at == values_.end()) return std::nullopt;
    return at->second;
  }

  void forget(const std::string& name) {
    const std::lock_guard lock(mutex_);
    values_.erase(name);
  }

 private:
  const std::size_t limit_;
  mutable std::mutex mutex_;
  std::unordered_map<std::string, Value> values_;
  std::deque<std::string> names_;
};

}  // namespace dialplane::surge
