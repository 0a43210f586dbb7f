// Whether new purchases wait: set while it is not known what the carriers hold for us.
//
// The stored setting `purchases_paused` is the truth over restarts; this is its image in memory,
// which every purchase asks. Safe from any thread. Owned by server/.
#pragma once

#include <atomic>

namespace dialplane {

// The installation's setting (organization_queries): when the pause began, in milliseconds since
// 1970; empty or absent: none.
inline constexpr const char* purchases_paused_setting = "purchases_paused";

class purchase_pause {
 public:
  bool paused() const noexcept { return paused_.load(); }
  void set(bool paused) noexcept { paused_.store(paused); }

 private:
  std::atomic<bool> paused_{false};
};

}  // namespace dialplane
