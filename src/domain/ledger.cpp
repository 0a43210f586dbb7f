#include "domain/ledger.hpp"

#include <chrono>

namespace dialplane {

std::int64_t month_of(timestamp at) noexcept {
  using namespace std::chrono;
  const sys_time<milliseconds> instant{milliseconds(at.unix_ms)};
  const year_month_day day{floor<days>(instant)};
  return static_cast<std::int64_t>(static_cast<int>(day.year())) * 12 +
         static_cast<unsigned>(day.month()) - 1;
}

}  // namespace dialplane
