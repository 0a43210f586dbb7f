// The operator's commands beside `serve`, as functions: JSON in, JSON out.
//
// They run inside the server, on the control thread, or in a process of their own that holds the
// data directory; either way through the store, in one unit each. Every act leaves an audit entry
// with actor "local". A request: {"command":"keys create","options":{"role":"agent",…}}; options
// are texts, switches are true. Unknown options were refused by the command line already.
#pragma once

#include <boost/json/object.hpp>
#include <atomic>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "base/event_loop.hpp"
#include "carriers/sandbox_control.hpp"
#include "server/installation.hpp"
#include "server/settings.hpp"
#include "workflow/environment.hpp"

namespace dialplane {

class account_book;

struct local_environment {
  installation& home;
  const server_settings& settings;
  event_loop& loop;                    // for carriers, which answer on a loop
  sandbox_control& sandbox;
  std::function<void()> keys_changed = [] {};
  account_book* accounts = nullptr;    // always there once the environment is whole
  workflow_environment* work = nullptr;       // null: no server runs
  std::atomic<bool> stopping{false};          // who waits gives up
};

using local_command = result<boost::json::object> (*)(local_environment& env,
                                                      const boost::json::object& options);

// An option's text; nothing where it was not given.
std::optional<std::string> option_text(const boost::json::object& options, std::string_view name);

// Looked through where no --organization is given.
inline constexpr std::size_t organizations_max = 10'000;

// The organization of --organization, else the oldest one. Inside a unit.
result<organization> chosen_organization(session& work, const boost::json::object& options);

// Not on a loop's thread. invalid_input: no such command.
result<boost::json::object> run_local_command(local_environment& env,
                                              const boost::json::object& request);

}  // namespace dialplane
