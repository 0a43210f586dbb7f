// Account kits: the policies users live under. Making, changing, deleting and reading them; putting
// a user under one is in users.hpp. All run inside a unit. Rules: naive dialect §6.
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

// What is given replaces the old member whole. The configurations are checked already
// (account_kit_rules.hpp).
struct account_kit_input {
  std::optional<std::string> name;  // always given on create
  nullable<std::string> description;
  std::optional<boost::json::object> primitives;
  std::optional<boost::json::object> connections;
};

struct account_kit_view {
  account_kit row;
  std::int64_t user_count = 0;
};

result<account_kit_view> create_account_kit(session& work, const app_environment& env,
                                            const actor& who, const account_kit_input& input,
                                            std::string_view request);
result<account_kit_view> update_account_kit(session& work, const app_environment& env,
                                            const actor& who, account_kit_id id,
                                            const account_kit_input& input,
                                            std::string_view request);
// invalid_input: the default kit, or one with users.
result<void> remove_account_kit(session& work, const app_environment& env, const actor& who,
                                account_kit_id id, std::string_view request);

result<account_kit_view> get_account_kit(session& work, const actor& who, account_kit_id id);
// Newest first.
result<std::vector<account_kit_view>> list_account_kits(session& work, const actor& who,
                                                        std::size_t limit, std::size_t offset);

}  // namespace dialplane
