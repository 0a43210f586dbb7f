// Writing the audit log from use cases. Inside a unit, with the act it tells of.
#pragma once

#include <boost/json/object.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "app/environment.hpp"
#include "base/json_text.hpp"
#include "domain/organization.hpp"
#include "store/session.hpp"

namespace dialplane {

// `detail` must hold no secret.
result<void> record_act(session& work, const app_environment& env, const actor& who,
                        std::string_view action, std::string_view object,
                        std::string_view request_id, boost::json::object detail = {},
                        std::optional<micro_credits> price = std::nullopt);
result<void> record_act(session& work, const app_environment& env, const actor& who,
                        std::string_view action, std::string_view object,
                        std::string_view request_id, json_text detail,
                        std::optional<micro_credits> price = std::nullopt);

}  // namespace dialplane
