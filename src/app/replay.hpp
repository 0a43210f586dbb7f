// The same request twice: finding the first one, and remembering this one. Inside a unit.
#pragma once

#include <optional>

#include "app/environment.hpp"
#include "app/request_identity.hpp"
#include "store/session.hpp"

namespace dialplane {

// What an earlier equal request became.
struct replayed_request {
  std::optional<operation_id> operation;
  std::optional<approval_id> approval;
  std::string sealed_answer;
};

// conflict/idempotency_conflict: the key was used with another body. not_done: its client is gone
// and sends it again.
result<std::optional<replayed_request>> find_replay(session& work, const app_environment& env,
                                                    const request_identity& identity);
// Stores what this request became. Nothing is stored for one that nothing may find again.
result<void> remember_request(session& work, const app_environment& env,
                              const request_identity& identity, const replayed_request& became);

}  // namespace dialplane
