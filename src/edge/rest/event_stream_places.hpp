// How many event streams may be open: each holds a connection and costs something with each event.
#pragma once

#include <map>
#include <mutex>

#include "base/ids.hpp"

namespace dialplane {

// Safe from any thread.
class event_stream_places {
 public:
  static constexpr int in_all = 200;
  static constexpr int per_key = 20;

  // False: all are taken.
  bool take(api_key_id key) {
    const std::lock_guard lock(mutex_);
    int& own = by_key_[key];
    if (taken_ >= in_all || own >= per_key) {
      if (own == 0) by_key_.erase(key);
      return false;
    }
    ++own;
    ++taken_;
    return true;
  }
  void give_back(api_key_id key) {
    const std::lock_guard lock(mutex_);
    const auto found = by_key_.find(key);
    if (--found->second == 0) by_key_.erase(found);
    --taken_;
  }

 private:
  std::mutex mutex_;
  std::map<api_key_id, int> by_key_;
  int taken_ = 0;
};

}  // namespace dialplane
