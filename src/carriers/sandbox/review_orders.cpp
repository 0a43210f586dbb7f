#include "carriers/sandbox/review_orders.hpp"

#include <algorithm>

namespace dialplane::sandbox {

result<void> review_orders::order(review_order wanted) {
  if (wanted.count < 1 || wanted.count > max_count) {
    return bad_field("review.count", "review.count must be from 1 to 1000000.");
  }
  const std::lock_guard lock(mutex_);
  if (waiting_.size() >= max_waiting) {
    return bad_field("review", "64 orders wait already; take them back with \"review\": null.");
  }
  waiting_.push_back(std::move(wanted));
  return {};
}

std::vector<review_order> review_orders::waiting() const {
  const std::lock_guard lock(mutex_);
  return waiting_;
}

void review_orders::clear() {
  const std::lock_guard lock(mutex_);
  waiting_.clear();
}

std::optional<review_order> review_orders::draw(std::initializer_list<review_outcome> kinds) {
  const std::lock_guard lock(mutex_);
  const auto found = std::find_if(waiting_.begin(), waiting_.end(), [&](const review_order& each) {
    return std::find(kinds.begin(), kinds.end(), each.outcome) != kinds.end();
  });
  if (found == waiting_.end()) return std::nullopt;
  review_order drawn = *found;
  if (--found->count == 0) waiting_.erase(found);
  return drawn;
}

}  // namespace dialplane::sandbox
