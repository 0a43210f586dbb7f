// Events and audit entries that operations write inside their transactions.
#pragma once

#include <boost/json/object.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "base/json_text.hpp"
#include "store/session.hpp"
#include "workflow/environment.hpp"

namespace dialplane {

// Adds tenant_user_id to `data`.
result<void> append_event(session& work, workflow_environment& env, organization_id owner,
                          std::optional<user_id> user, std::string_view type,
                          boost::json::object data);
result<void> append_event(session& work, workflow_environment& env, organization_id owner,
                          std::optional<user_id> user, std::string_view type, json_text data);
// By the actor "system", for what happens without a request of its own.
result<void> append_audit(session& work, workflow_environment& env, organization_id owner,
                          std::string_view action, std::string_view object,
                          std::string_view request_id, boost::json::object detail,
                          std::optional<micro_credits> price);
result<void> append_audit(session& work, workflow_environment& env, organization_id owner,
                          std::string_view action, std::string_view object,
                          std::string_view request_id, json_text detail,
                          std::optional<micro_credits> price);

}  // namespace dialplane
