// The sandbox's open orders: purchases that it took and delivers later, or not (the outcomes
// `pending` and `undelivered`, carriers/sandbox_control.hpp).
//
// Only in memory: the delivery itself is in the books as a late purchase and survives a restart;
// that there was an order is forgotten then, so that the number shows when it is delivered and not
// before. Safe from any thread.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "base/clock.hpp"
#include "carriers/carrier.hpp"

namespace dialplane::sandbox {

struct open_order {
  std::string e164;
  timestamp due;
  bool fails = false;
};

class order_desk {
 public:
  static constexpr std::size_t most = 10'000;
  // After its time an order that is not in the books has failed, whatever was promised.
  static constexpr std::chrono::milliseconds patience{5'000};

  void take(std::string mark, open_order order) {
    const std::lock_guard lock(mutex_);
    if (orders_.size() >= most) orders_.clear();
    orders_.insert_or_assign(std::move(mark), std::move(order));
  }

  // What a look-up by that mark says of an order whose number is not in the books.
  std::optional<carrier_number> find(const std::string& mark, timestamp now) const {
    const std::lock_guard lock(mutex_);
    const auto found = orders_.find(mark);
    if (found == orders_.end()) return std::nullopt;
    const open_order& order = found->second;
    const bool failed = now >= (order.fails ? order.due : order.due + patience);
    return number_of(order, mark, failed ? order_standing::failed : order_standing::pending);
  }

  static carrier_number number_of(const open_order& order, std::string mark,
                                  order_standing standing) {
    carrier_number seen;
    seen.e164 = order.e164;
    seen.mark = std::move(mark);
    seen.standing = standing;
    seen.standing_detail = standing == order_standing::failed ? "undelivered" : "pending";
    return seen;
  }

 private:
  mutable std::mutex mutex_;
  std::map<std::string, open_order> orders_;
};

}  // namespace dialplane::sandbox
