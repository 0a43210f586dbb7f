// Counters that every provision raises (slots of its organization, numbers of its user, purchases
// of its key): the units that share a transaction add theirs up here, and the writer stores the
// sums once, before it commits.
//
// While off, nothing is deferred and every change is written at once. What a unit that is undone
// added is dropped with everything else of that transaction.
#pragma once

#include <cstdint>
#include <map>

#include "base/error.hpp"

namespace dialplane::sqlite {

template <typename Key, typename Sum>
class deferred_counts {
 public:
  void turn_on() noexcept { on_ = true; }
  void turn_off() noexcept {
    on_ = false;
    sums_.clear();
  }

  // False where the caller has to write it itself.
  bool add(const Key& key, const Sum& more) {
    if (!on_) return false;
    sums_[key] += more;
    ++additions_;
    return true;
  }
  // What is to be added to the stored value.
  Sum of(const Key& key) const {
    const auto found = sums_.find(key);
    return found == sums_.end() ? Sum{} : found->second;
  }
  // The same, and from now on nothing is: for who takes some away.
  Sum take(const Key& key) {
    const Sum taken = of(key);
    sums_.erase(key);
    return taken;
  }
  std::uint64_t additions() const noexcept { return additions_; }

  // Hands each sum to `store` and forgets it; then off, so that `store` itself may use the table.
  template <typename Store>
  result<void> write(Store store) {
    on_ = false;
    for (const auto& [key, sum] : sums_) TRY(store(key, sum));
    sums_.clear();
    return {};
  }

 private:
  bool on_ = false;
  std::uint64_t additions_ = 0;
  std::map<Key, Sum> sums_;
};

}  // namespace dialplane::sqlite
