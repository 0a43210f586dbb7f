// Purchases may be paused for the whole installation: after a restore from backup, until the books
// were compared with the carriers. While they are, no new purchase is accepted; what was accepted
// goes on.
//
// Kept as a setting of the installation and read in the accepting transaction itself (one row by
// its key), so that nothing in memory can disagree with it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "store/session.hpp"

namespace dialplane {

inline constexpr std::string_view purchases_paused_setting = "purchases_paused";

// Why, in a sentence for people; nothing where purchases are not paused.
inline result<std::optional<std::string>> purchase_pause(session& work) {
  TRY_ASSIGN(std::optional<std::string> why,
             work.organizations().setting(purchases_paused_setting));
  if (why && why->empty()) why.reset();
  return why;
}

inline result<void> pause_purchases(session& work, std::string_view why) {
  return work.organizations().put_setting(purchases_paused_setting, why);
}

inline result<void> resume_purchases(session& work) {
  return work.organizations().put_setting(purchases_paused_setting, "");
}

}  // namespace dialplane
