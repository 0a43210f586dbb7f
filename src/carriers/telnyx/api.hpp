// One account's requests to Telnyx's API: address, key, JSON both ways, and what a failure means.
//
// Everything goes through carrier_http, which keeps the limits and knows whether a request left.
// This adds the meaning of Telnyx's answers (errors.hpp). It never repeats a request. A request
// that only reads changes nothing, so whatever fails there is not_done; after a request that
// writes, an answer that cannot be read is unknown.
#pragma once

#include <boost/json/object.hpp>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/secret.hpp"
#include "carriers/carrier_http.hpp"

namespace dialplane::telnyx {

struct api_request {
  std::string method = "GET";
  std::string path;                 // after the base address, with query: "/balance"
  std::optional<boost::json::object> body = std::nullopt;
};

struct api_answer {
  int status = 0;
  boost::json::object body;
  std::optional<error> failure = std::nullopt;  // of an answer that is not 2xx
  std::string code = {};                        // of the failure, as Telnyx numbers them

  bool is_not_found() const { return failure && (status == 404 || code == "10005"); }
  bool is_duplicate() const { return failure && (status == 409 || code == "10012"); }
};

struct api_settings {
  std::string base_url;             // without a slash at the end
  secret_string key;
  std::size_t answer_bytes = 1024 * 1024;
};

class api {
 public:
  api(const carrier_tools& tools, const carrier_limits& limits, api_settings settings);

  // An error: nothing that can be read came back. On an event loop's thread; `done` runs there.
  void send(api_request request, carrier_done<api_answer> done);

 private:
  const api_settings settings_;
  carrier_http http_;
};

// "filter[phone_number]" and "+1415…" as one encoded part of a query.
std::string query_part(std::string_view name, std::string_view value);

// The error of an answer that was understood as HTTP but not as Telnyx's.
error unreadable(bool may_have_happened, std::string_view why);

}  // namespace dialplane::telnyx
