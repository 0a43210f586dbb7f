#include "carriers/surge/api_link.hpp"

#include <boost/json/serialize.hpp>

#include "carriers/surge/wire_reading.hpp"

namespace dialplane::surge {

namespace {

api_result read_answer(result<http_answer> answer, call_effect effect, std::size_t bytes_max) {
  if (!answer) return failure_of(std::move(answer).error(), effect);
  if (answer->status < 200 || answer->status > 299) return failure_of(*answer, effect);
  if (answer->cut) return failure_of(strange_answer("longer than is read", effect), effect);
  auto body = parse_answer(answer->body, bytes_max);
  if (!body) return failure_of(strange_answer(body.error().message, effect), effect);
  return *std::move(body);
}

}  // namespace

api_link::api_link(const carrier_tools& tools, const carrier_limits& limits,
                   std::string base_url, secret_string key)
    : base_url_(std::move(base_url)),
      key_(std::move(key)),
      answer_bytes_(limits.answer_bytes),
      http_(std::make_shared<carrier_http>(tools, limits)) {}

void api_link::read(std::string path, api_done done) {
  carrier_request request;
  request.url = base_url_ + path;
  send(std::move(request), call_effect::reads, std::move(done));
}

void api_link::write(std::string method, std::string path, boost::json::object body,
                     api_done done) {
  carrier_request request;
  request.method = std::move(method);
  request.url = base_url_ + path;
  if (!body.empty()) {
    request.headers.push_back({"content-type", "application/json"});
    request.body = boost::json::serialize(body);
  }
  send(std::move(request), call_effect::writes, std::move(done));
}

void api_link::send(carrier_request request, call_effect effect, api_done done) {
  request.headers.push_back({"authorization", "Bearer " + std::string(key_.reveal())});
  request.headers.push_back({"accept", "application/json"});
  std::shared_ptr<carrier_http> http;
  {
    const std::lock_guard lock(mutex_);
    http = http_;
  }
  if (!http) {
    return done(failure_of(
        not_done(error_code::shutting_down, "The carrier account is being closed.", "closed"),
        effect));
  }
  http->send(std::move(request), [effect, bytes = answer_bytes_,
                                  done = std::move(done)](result<http_answer> answer) mutable {
    done(read_answer(std::move(answer), effect, bytes));
  });
}

void api_link::close() {
  std::shared_ptr<carrier_http> http;
  {
    const std::lock_guard lock(mutex_);
    http = std::move(http_);
  }
}

}  // namespace dialplane::surge
