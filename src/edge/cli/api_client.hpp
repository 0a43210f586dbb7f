// Asks a server one thing at a time over HTTP, and knows what may be asked again.
//
// Every request that changes something carries an Idempotency-Key; where the connection breaks, or
// the server answers that it may be asked again, the same request goes out with the same key, a few
// times within a limit. What then stays unclear ends as `outcome_unknown`: nobody guesses.
// Blocking, for the command line: it has a loop and a thread of its own. It goes to the address it
// is given, wherever that is: its user chose it.
#pragma once

#include <boost/json/value.hpp>
#include <boost/system/result.hpp>
#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "base/error.hpp"
#include "base/named_texts.hpp"
#include "base/unique_function.hpp"
#include "edge/cli/connection.hpp"

namespace dialplane::cli {

struct api_request {
  std::string method = "GET";
  std::string target;                // "/v1/phone?limit=20", percent-encoded
  std::optional<std::string> body;   // JSON text
  std::string idempotency_key;       // empty: the request changes nothing
  named_texts headers = {};          // more of them
};

struct api_answer {
  int status = 0;
  boost::json::value body;  // null where there is none
  std::string text;         // the body as it came
  std::string request_id;
  std::string date;         // the server's clock, as in the Date header
  bool replayed = false;    // the server had done this before
};

// There is no answer to show. `code` is ours: not_reachable, not_trusted, timed_out, bad_answer,
// interrupted, outcome_unknown.
struct api_failure {
  std::string code;
  std::string message;
  std::string hint;
  int exit_code = 4;
};

using api_result = boost::system::result<api_answer, api_failure>;

struct api_limits {
  std::chrono::milliseconds one_try{40'000};    // the server itself waits up to 25 s
  std::chrono::milliseconds all_tries{90'000};
  std::size_t tries = 5;
};

class api_client {
 public:
  // Refused (not_configured) where the system's certificate authorities cannot be read.
  static result<std::unique_ptr<api_client>> open(const connection& to, api_limits limits = {});
  virtual ~api_client() = default;

  virtual api_result ask(const api_request& request) = 0;

  // Called about ten times a second while `ask` waits; what returns false ends the wait: a request
  // that changes something then counts as not known, as it may have arrived.
  virtual void while_waiting(unique_function<bool()> keep_on) = 0;
};

// A fresh Idempotency-Key.
std::string new_idempotency_key();

}  // namespace dialplane::cli
