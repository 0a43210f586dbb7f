#include "edge/cli/key_creation.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <charconv>
#include <utility>

#include "base/clock.hpp"
#include "edge/cli/build_request.hpp"

namespace dialplane::cli {

namespace {

namespace json = boost::json;

constexpr std::int64_t longest_s = 10LL * 366 * 24 * 3600;

// "30d" as seconds; nothing: no duration.
std::optional<std::int64_t> parse_duration_s(const std::string& text) {
  std::int64_t count = 0;
  const char* const last = text.data() + text.size();
  const auto [end, failure] = std::from_chars(text.data(), last, count);
  if (failure != std::errc() || last - end != 1 || count < 1 || count > longest_s) {
    return std::nullopt;
  }
  switch (*end) {
    case 'd': return count * 86'400;
    case 'h': return count * 3'600;
    case 'm': return count * 60;
    case 's': return count;
    default: return std::nullopt;
  }
}

result<api_request> key_request(const client_call& call) {
  parsed_arguments plain = call.given;
  std::erase_if(plain.flags, [](const auto& flag) { return flag.first == "--expires"; });
  TRY_ASSIGN(api_request request, build_request(call.command, plain, std::nullopt));
  json::object body = json::parse(request.body.value_or("{}")).as_object();
  if (const auto user = call.given.text_of("--user")) body["user_id"] = *user;
  if (const auto expires = call.given.text_of("--expires")) {
    if (const auto in_s = parse_duration_s(*expires)) {
      body["expires_in_s"] = *in_s;
    } else if (parse_rfc3339(*expires)) {
      body["expires_at"] = *expires;
    } else {
      return bad_field("expires", "--expires must be a time ahead such as 2027-01-31T00:00:00Z, "
                                  "or a duration such as 30d, 12h, 45m or 90s.");
    }
  }
  request.body = json::serialize(body);
  return request;
}

}  // namespace

int create_key(client_call& call) {
  const auto request = key_request(call);
  if (!request) return call.fail(request.error());
  const api_result told = call.api->ask(*request);
  if (told && told->status < 300) return call.succeed(*told);
  command_error why = told ? error_of(*told, true) : error_of(told.error());
  if (why.exit_code == 5) {
    why.hint = "Ask again with --idempotency-key " + request->idempotency_key +
               ": under the same key it never happens twice.";
    why.more["idempotency_key"] = request->idempotency_key;
  }
  return call.fail(why);
}

}  // namespace dialplane::cli
