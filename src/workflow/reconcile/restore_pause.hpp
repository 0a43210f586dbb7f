// The pause of purchases after a restore from backup: since when, and its end. Purchases that are
// paused for another reason are left alone. Inside a unit.
#pragma once

#include <optional>

#include "base/clock.hpp"
#include "store/session.hpp"

namespace dialplane {

// Until a comparison that began after `now` has ended for every carrier account.
result<void> begin_restore_pause(session& work, timestamp now);
// When it began; nothing: there is none.
result<std::optional<timestamp>> restore_pause(session& work);
// When the database was last found to be a copy from before, paused or not; nothing: never.
result<std::optional<timestamp>> last_restore(session& work);
result<void> end_restore_pause(session& work);

}  // namespace dialplane
