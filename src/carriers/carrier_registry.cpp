#include "carriers/carrier_registry.hpp"

#include <algorithm>

#include "base/check.hpp"

namespace dialplane {

void carrier_registry::add(std::unique_ptr<carrier> one, account_place place) {
  CHECK(one != nullptr);
  const std::lock_guard lock(mutex_);
  const std::string name = one->abilities().name;
  for (entry& known : open_) {
    if (known.account->abilities().name != name) continue;
    CHECK(replaced_.size() < replaced_max);
    replaced_.push_back(std::move(known.account));
    known = {std::move(one), place, account_standing::open};
    return;
  }
  open_.push_back({std::move(one), place, account_standing::open});
}

void carrier_registry::set_place(std::string_view name, account_place place) {
  const std::lock_guard lock(mutex_);
  for (entry& one : open_) {
    if (one.account->abilities().name == name) one.place = place;
  }
}

void carrier_registry::remove(std::string_view name) {
  const std::lock_guard lock(mutex_);
  const auto known = std::ranges::find_if(
      open_, [name](const entry& one) { return one.account->abilities().name == name; });
  if (known == open_.end()) return;
  CHECK(replaced_.size() < replaced_max);
  replaced_.push_back(std::move(known->account));
  open_.erase(known);
}

const carrier_registry::entry* carrier_registry::find_entry(std::string_view name) const noexcept {
  for (const entry& one : open_) {
    if (one.account->abilities().name == name) return &one;
  }
  return nullptr;
}

carrier* carrier_registry::find(std::string_view name) const noexcept {
  const std::lock_guard lock(mutex_);
  const entry* found = find_entry(name);
  return found == nullptr ? nullptr : found->account.get();
}

std::vector<carrier*> carrier_registry::sellers() const {
  const std::lock_guard lock(mutex_);
  std::vector<const entry*> ranked;
  for (const entry& one : open_) {
    if (!one.place.only_for) ranked.push_back(&one);
  }
  std::ranges::stable_sort(ranked, [](const entry* a, const entry* b) {
    const bool a_closed = a->standing != account_standing::open;
    const bool b_closed = b->standing != account_standing::open;
    return a_closed != b_closed ? b_closed : a->place.preference < b->place.preference;
  });
  std::vector<carrier*> sellers;
  for (const entry* one : ranked) sellers.push_back(one->account.get());
  return sellers;
}

carrier& carrier_registry::preferred() const {
  const std::vector<carrier*> ranked = sellers();
  CHECK(!ranked.empty());
  return *ranked.front();
}

std::vector<carrier*> carrier_registry::all() const {
  const std::lock_guard lock(mutex_);
  std::vector<carrier*> every;
  for (const entry& one : open_) every.push_back(one.account.get());
  return every;
}

bool carrier_registry::set_standing(std::string_view name, account_standing standing) {
  const std::lock_guard lock(mutex_);
  for (entry& one : open_) {
    if (one.account->abilities().name != name) continue;
    const bool changed = one.standing != standing;
    one.standing = standing;
    return changed;
  }
  return false;
}

account_standing carrier_registry::standing_of(std::string_view name) const noexcept {
  const std::lock_guard lock(mutex_);
  const entry* found = find_entry(name);
  return found == nullptr ? account_standing::open : found->standing;
}

}  // namespace dialplane
