// Which server a command talks to, with which key, for which user: what the command line says wins
// over the environment, the environment over the profile.
//
// --server, DIALPLANE_SERVER, the profile's, else http://127.0.0.1:8080. The key is never a word of
// the command line, where every user of the machine could read it: DIALPLANE_API_KEY, then
// NAIVE_API_KEY, else the profile's. A profile's key goes only to the profile's own server: with
// another --server and no key in the environment there is no key.
#pragma once

#include <optional>
#include <string>

#include "base/error.hpp"
#include "base/named_texts.hpp"
#include "base/secret.hpp"
#include "edge/cli/arguments.hpp"
#include "edge/cli/profiles.hpp"

namespace dialplane::cli {

struct connection {
  std::string server;  // "http://127.0.0.1:8080", without a slash at the end
  secret_string key;   // empty: none
  std::optional<std::string> user;
  std::string profile;  // the one in use; empty: none
  bool chosen = false;  // somebody said which server: no default
};

// The variables of this process that the client reads.
named_texts client_variables();

// Refused (invalid_input): an address that is none, a profile that does not exist.
result<connection> find_connection(const parsed_arguments& given, const named_texts& variables,
                                   const profile_book& profiles);

}  // namespace dialplane::cli
