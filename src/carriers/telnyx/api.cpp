#include "carriers/telnyx/api.hpp"

#include <boost/json/serialize.hpp>
#include <utility>

#include "base/json_gate.hpp"
#include "carriers/telnyx/errors.hpp"
#include "net/form_encoding.hpp"

namespace dialplane::telnyx {

namespace {

namespace json = boost::json;

constexpr int last_success = 299;

// What was only read can be read again.
error of_a_read(error failure) {
  if (failure.kind != error_class::unknown) return failure;
  failure.kind = error_class::not_done;
  failure.code = error_code::carrier_unavailable;
  failure.message = "The carrier did not answer.";
  return failure;
}

result<api_answer> read_answer(const http_answer& answer, bool is_read, std::size_t max_bytes) {
  api_answer read{.status = answer.status, .body = {}};
  const bool succeeded = answer.status >= 200 && answer.status <= last_success;
  auto body = answer.cut || answer.body.empty()
                  ? result<json::object>(json::object{})
                  : parse_json_object(answer.body, {.max_bytes = max_bytes});
  if (succeeded && (answer.cut || !body)) {
    return unreadable(!is_read, answer.cut ? "the answer is too long" : "the answer is not JSON");
  }
  if (body) read.body = *std::move(body);
  if (succeeded) return read;
  failure_meaning meaning = meaning_of(answer, read.body);
  read.code = std::move(meaning.code);
  read.failure = is_read ? of_a_read(std::move(meaning.failure)) : std::move(meaning.failure);
  return read;
}

}  // namespace

error unreadable(bool may_have_happened, std::string_view why) {
  const std::string internal = "telnyx: " + std::string(why);
  if (may_have_happened) {
    return outcome_unknown(error_code::carrier_outcome_unknown,
                           "The carrier's answer could not be understood.", internal);
  }
  return not_done(error_code::carrier_unavailable,
                  "The carrier's answer could not be understood.", internal);
}

std::string query_part(std::string_view name, std::string_view value) {
  return percent_encoded(name) + "=" + percent_encoded(value);
}

api::api(const carrier_tools& tools, const carrier_limits& limits, api_settings settings)
    : settings_(std::move(settings)), http_(tools, limits) {}

void api::send(api_request request, carrier_done<api_answer> done) {
  const bool is_read = request.method == "GET";
  carrier_request sent;
  sent.method = std::move(request.method);
  sent.url = settings_.base_url + request.path;
  sent.headers.push_back({"Authorization", "Bearer " + std::string(settings_.key.reveal())});
  sent.headers.push_back({"Accept", "application/json"});
  if (request.body) {
    sent.headers.push_back({"Content-Type", "application/json"});
    sent.body = json::serialize(*request.body);
  }
  http_.send(std::move(sent), [is_read, max_bytes = settings_.answer_bytes,
                               done = std::move(done)](result<http_answer> answer) mutable {
    if (!answer) {
      return done(is_read ? of_a_read(std::move(answer).error()) : std::move(answer).error());
    }
    done(read_answer(*answer, is_read, max_bytes));
  });
}

}  // namespace dialplane::telnyx
