// The way to the carrier's three addresses (core, messaging, trust hub) with one account's
// credentials: forms out, JSON in, and every answer put in its class.
//
// Never repeats a request. Outlives the carrier that made it, as calls under way hold it; once the
// carrier has gone, calls end as not_done. From any loop; answers on the loop that called.
#pragma once

#include <boost/json/object.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/secret.hpp"
#include "carriers/carrier_http.hpp"
#include "carriers/twilio/errors.hpp"
#include "net/form_encoding.hpp"

namespace dialplane::twilio {

namespace json = boost::json;

struct api_settings {
  std::string core_url;        // without a slash at the end
  std::string messaging_url;
  std::string trusthub_url;
  std::string account_sid;
  secret_string auth_token;    // signs webhooks, whoever makes the requests
  std::string user;            // of the requests: the account, or an API key
  secret_string password;
};

// What an answer says, whatever its status.
struct api_answer {
  int status = 0;
  std::int64_t code = 0;   // of a refusal; 0: none
  std::string message;
  json::object body;

  bool is_success() const noexcept { return status >= 200 && status < 300; }
};

using form_list = std::vector<std::pair<std::string, std::string>>;

class api : public std::enable_shared_from_this<api> {
 public:
  // `http` is the carrier's, which may go before this.
  api(std::weak_ptr<carrier_http> http, api_settings settings);

  const api_settings& settings() const noexcept { return settings_; }
  // "https://…/2010-04-01/Accounts/AC…" + path
  std::string core(std::string_view path) const;
  std::string messaging(std::string_view path) const;
  std::string trusthub(std::string_view path) const;

  // An error only where no answer came, or none that could be read.
  void exchange(std::string method, std::string url, form_list form, intent what,
                carrier_done<api_answer> done);
  // The same; what is no success is an error.
  void get(std::string url, carrier_done<json::object> done);
  // With the account's own token, also where an API key makes the other requests: keys may not
  // ask about the account, and webhooks are judged by the token.
  void get_as_account(std::string url, carrier_done<json::object> done);
  void post(std::string url, form_list form, carrier_done<json::object> done);
  // What is not there any more is success.
  void remove(std::string url, carrier_done<void> done);

  // Visits the rows of a list, page after page, until `visit` is content, the list ends or too
  // many pages came. `rows` names the array. A row that is no object is an error.
  using visitor = std::function<result<bool>(const json::object& row)>;
  void walk(std::string url, std::string rows, visitor visit, carrier_done<void> done);

 private:
  void send(carrier_request request, std::string authorization, intent what,
            carrier_done<api_answer> done);

  const std::weak_ptr<carrier_http> http_;
  const api_settings settings_;
};

// `url` with the fields as its query.
std::string with_query(std::string url, const form_list& fields);
// The next page's address where the answer names one: always under `base`, whatever it says.
// Nothing at the end; an error for an address of somebody else.
result<std::optional<std::string>> next_page_of(const json::object& page, std::string_view base);

}  // namespace dialplane::twilio
