// When a marketing text may leave, by the clock of whoever gets it.
//
// The place is guessed from the area code: its state's window (share/quiet_hours.csv), and where
// the code spans time zones the text must be in the window in all of them. Numbers without a known
// clock (outside +1) are not judged. Rules: a2p-10dlc §7.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "domain/area_codes.hpp"
#include "domain/e164.hpp"
#include "domain/time_zones.hpp"

namespace dialplane {

// Whole hours by the local clock: from 8 on, and before 21.
struct hour_window {
  int from = 8;
  int to = 21;
};

class quiet_hours_table {
 public:
  static result<quiet_hours_table> read(std::string_view text);

  // Sunday first.
  std::array<hour_window, 7> week_of(std::string_view country, std::string_view region) const;

 private:
  struct rule {
    std::string country;
    std::string region;
    std::array<bool, 7> days{};
    hour_window window;
  };
  std::vector<rule> rules_;
};

// Nothing: it may leave now. Else the first instant at which it may. `narrower`: an account kit's
// own window, which can only shorten the day.
std::optional<timestamp> next_allowed_time(const quiet_hours_table& hours,
                                           const time_zone_table& zones, const e164& recipient,
                                           timestamp now,
                                           const std::optional<hour_window>& narrower = {});

}  // namespace dialplane
