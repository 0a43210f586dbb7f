// From what a person gave to the request that the command stands for. Pure, but for values that
// name a file (@FILE) or standard input (-).
//
// Refused (invalid_input), before anything is sent: words too many or missing, a required option
// that is missing, a number that is none, a choice that does not exist, JSON that is none.
#pragma once

#include "base/error.hpp"
#include "edge/cli/api_client.hpp"
#include "edge/cli/arguments.hpp"
#include "edge/cli/command.hpp"

namespace dialplane::cli {

// `user` goes into X-Naive-User-Id. The Idempotency-Key is the one given, or a fresh one where the
// command changes something.
result<api_request> build_request(const client_command& command, const parsed_arguments& given,
                                  const std::optional<std::string>& user);

// The word of that name ("PHONE"), where it was given.
std::optional<std::string> word_of(const client_command& command, const parsed_arguments& given,
                                   std::string_view name);

// Sets a member by its dotted path, making the objects on the way.
void set_member(boost::json::object& into, std::string_view path, boost::json::value value);

}  // namespace dialplane::cli
