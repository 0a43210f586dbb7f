// The numbers that the played Telnyx sells: every usual area code has twenty exchanges (730 to
// 749), in play. A search shows the next ones each time and remembers how far it has shown, because
// only numbers that were seen in a search can be ordered.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dialplane::emulators::telnyx {

class stock {
 public:
  static bool sells(std::string_view area_code, bool toll_free);
  static bool is_toll_free(std::string_view e164);
  static bool is_listed(std::string_view e164);  // sold here at all
  static std::string locality_of(std::string_view area_code);
  static std::string region_of(std::string_view area_code);
  // Those tried where no area code is asked for.
  static const std::vector<std::string>& usual_area_codes(bool toll_free);

  // Up to `limit` next ones that `fits` accepts.
  std::vector<std::string> next(const std::string& area_code, std::size_t limit,
                                const std::function<bool(const std::string&)>& fits);
  bool was_seen(std::string_view e164) const;

 private:
  struct shelf {
    std::uint32_t next = 0;
    std::uint32_t shown = 0;  // all below were seen
  };
  std::map<std::string, shelf, std::less<>> shelves_;
};

}  // namespace dialplane::emulators::telnyx
