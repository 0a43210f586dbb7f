// Counts the changes to what lists of numbers show, per organization, so that a list once rendered
// can be given out again without asking the database.
//
// The writer's tables mark an organization whenever they write a row of numbers, agents, users,
// campaigns or assignments. The writer turns the marked counts odd before it commits and even again
// before it tells anyone, whatever came of it: while a count is odd nobody knows whether a reader
// sees the change. Organizations share a fixed number of counts; sharing one costs a needless look
// into the database, never a stale list.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <vector>

#include "base/ids.hpp"

namespace dialplane::sqlite {

class list_versions {
 public:
  // From any thread. Nothing while a change is being committed.
  std::optional<std::uint64_t> of(const organization_id& owner) const noexcept {
    const std::uint64_t now = (*counts_)[place_of(owner)].load(std::memory_order_seq_cst);
    if (now % 2 != 0) return std::nullopt;
    return now;
  }

  // The rest is the writer thread's.
  void mark(const organization_id& owner) {
    const std::size_t place = place_of(owner);
    if (marked_[place]) return;
    marked_[place] = true;
    places_.push_back(place);
  }
  void committing() { step(); }
  void ended() {
    step();
    for (const std::size_t place : places_) marked_[place] = false;
    places_.clear();
  }

 private:
  static constexpr std::size_t places = 1024;

  // Ids end in random bits.
  static std::size_t place_of(const organization_id& owner) noexcept {
    std::uint32_t low = 0;
    std::memcpy(&low, owner.bytes.data() + owner.bytes.size() - sizeof low, sizeof low);
    return low % places;
  }
  void step() noexcept {
    for (const std::size_t place : places_) {
      (*counts_)[place].fetch_add(1, std::memory_order_seq_cst);
    }
  }

  using counts = std::array<std::atomic<std::uint64_t>, places>;
  const std::unique_ptr<counts> counts_ = std::make_unique<counts>();
  std::vector<std::size_t> places_;  // marked since ended()
  std::array<bool, places> marked_{};
};

// Where a table notes its changes. Readers have none.
class change_marks {
 public:
  change_marks() = default;
  explicit change_marks(list_versions* to) noexcept : to_(to) {}
  void mark(const organization_id& owner) const {
    if (to_ != nullptr) to_->mark(owner);
  }

 private:
  list_versions* to_ = nullptr;
};

}  // namespace dialplane::sqlite
