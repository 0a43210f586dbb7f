// The organization's customers (users): recording, changing, deleting and reading them.
//
// All run inside a unit and write the audit log with what they change. A deleted user keeps its
// row, gives its external_id free, and is found no more. Rules: naive dialect §7.
#pragma once

#include <boost/json/object.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/environment.hpp"
#include "base/object_reader.hpp"
#include "domain/organization.hpp"
#include "domain/user.hpp"
#include "store/session.hpp"

namespace dialplane {

// What is given is set. `kit` absent on create: the default kit.
struct user_input {
  nullable<std::string> external_id;
  nullable<std::string> email;
  nullable<std::string> label;
  std::optional<account_kit_id> kit;
  std::optional<boost::json::object> metadata;
  std::optional<user_status> status;  // update only: active or suspended
};

// conflict: external_id taken. not_found: no such kit.
result<user> create_user(session& work, const app_environment& env, const actor& who,
                         const user_input& input, std::string_view request);
result<user> update_user(session& work, const app_environment& env, const actor& who, user_id id,
                         const user_input& input, std::string_view request);
// conflict: the default user, or one with numbers.
result<void> remove_user(session& work, const app_environment& env, const actor& who, user_id id,
                         std::string_view request);
// Puts the user under that kit.
result<user> assign_account_kit(session& work, const app_environment& env, const actor& who,
                                user_id id, account_kit_id kit, std::string_view request);

// not_found for deleted ones too; suspended ones are found.
result<user> get_user(session& work, const actor& who, user_id id);
// Newest first.
result<std::vector<user>> list_users(session& work, const actor& who, std::size_t limit,
                                     std::size_t offset);

}  // namespace dialplane
