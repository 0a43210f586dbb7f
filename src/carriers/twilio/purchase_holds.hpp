// Which numbers this account is buying, or may just have bought: kept for as long as a purchase may
// still be on its way at the carrier.
//
// One of the carrier's two behaviours answers a second purchase of an owned number as if it were an
// update, which would put the second buyer's mark over the first one's. So nobody else's purchase
// of a held number leaves. In memory only: the carrier's books are what counts. Any thread.
#pragma once

#include <chrono>
#include <map>
#include <mutex>
#include <string>

#include "base/clock.hpp"

namespace dialplane::twilio {

class purchase_holds {
 public:
  purchase_holds(const clock& time, std::chrono::milliseconds keep) : clock_(time), keep_(keep) {}

  // An earlier purchase with this mark may still be on its way, or not show yet.
  bool may_have_come(const std::string& e164, const std::string& mark) const;
  // False: another mark has it, or a purchase with this mark is under way.
  bool begin(const std::string& e164, const std::string& mark);
  // Over; `is_settled` where the carrier certainly does not have it under this mark.
  void end(const std::string& e164, bool is_settled);
  // Given back: whoever buys it next is welcome. A purchase that is under way stays.
  void forget(const std::string& e164);

 private:
  struct hold {
    std::string mark;
    bool is_under_way = true;
    timestamp until;
  };
  void forget_old(timestamp now);

  const clock& clock_;
  const std::chrono::milliseconds keep_;
  mutable std::mutex mutex_;
  std::map<std::string, hold> holds_;
};

}  // namespace dialplane::twilio
