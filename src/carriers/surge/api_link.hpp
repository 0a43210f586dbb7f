// One project's requests to Surge's API: the key, the address, and the reading of answers.
//
// From any loop; answers there, later (at once only when closed). Never repeats anything. After
// close() what is under way ends as carrier_http says and nothing more is sent: those who hold on
// to the link while they wait do not keep connections alive.
#pragma once

#include <boost/json/object.hpp>
#include <boost/system/result.hpp>
#include <memory>
#include <mutex>
#include <string>

#include "base/secret.hpp"
#include "carriers/carrier_http.hpp"
#include "carriers/surge/api_errors.hpp"

namespace dialplane::surge {

using api_result = boost::system::result<boost::json::object, api_failure>;
using api_done = unique_function<void(api_result)>;

class api_link {
 public:
  // `base_url` without a slash at its end.
  api_link(const carrier_tools& tools, const carrier_limits& limits, std::string base_url,
           secret_string key);

  void read(std::string path, api_done done);  // GET; changes nothing
  // POST, PATCH or DELETE; an empty `body` is not sent.
  void write(std::string method, std::string path, boost::json::object body, api_done done);
  void close();

 private:
  void send(carrier_request request, call_effect effect, api_done done);

  const std::string base_url_;
  const secret_string key_;
  const std::size_t answer_bytes_;
  std::mutex mutex_;
  std::shared_ptr<carrier_http> http_;
};

}  // namespace dialplane::surge
