#include "webhooks/outgoing_event.hpp"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/string.hpp>
#include <utility>

#include "base/json_gate.hpp"
#include "base/secret.hpp"
#include "domain/call.hpp"
#include "domain/event_types.hpp"
#include "webhooks/signing.hpp"

namespace dialplane {

namespace {

std::string quoted(std::string_view text) {
  return boost::json::serialize(boost::json::string(text));
}

// The data is JSON already, written by us.
std::string naive_body(const event& news) {
  return "{\"event\":" + quoted(news.type) + ",\"data\":" + news.data +
         ",\"ts\":" + std::to_string(news.created_at.unix_ms) + "}";
}

// "call.started" is call_started in that dialect, and its envelopes changed with its versions: the
// one of 2025 holds the transcript, which we have not; later ones hold the call itself.
std::string cartesia_call_body(const webhook_endpoint& to, const delivery& row,
                               const event& news) {
  const auto told = parse_json_object(news.data, {.max_bytes = 1024 * 1024});
  std::string type = news.type;
  std::replace(type.begin(), type.end(), '.', '_');
  boost::json::object body{{"type", type},
                           {"request_id", news.id.uuid()},
                           {"agent_id", nullptr},
                           {"webhook_id", to.id.prefixed()},
                           {"timestamp", to_rfc3339(news.created_at)}};
  if (row.agent) body["agent_id"] = row.agent->prefixed();
  if (to.version < "2026-03-01") {
    body["body"] = boost::json::array();
  } else if (told) {
    const boost::json::object shown = cartesia_call(*told, to.version < "2026-08-14", true);
    body["call_id"] = shown.at("id");
    body["call"] = shown;
  }
  return boost::json::serialize(body);
}

std::string cartesia_body(const webhook_endpoint& to, const delivery& row, const event& news) {
  if (news.type.starts_with(call_event_prefix)) return cartesia_call_body(to, row, news);
  const std::string agent = row.agent ? quoted(row.agent->prefixed()) : "null";
  return "{\"type\":" + quoted(news.type) + ",\"request_id\":" + quoted(news.id.uuid()) +
         ",\"agent_id\":" + agent + ",\"webhook_id\":" + quoted(to.id.prefixed()) +
         ",\"timestamp\":" + quoted(to_rfc3339(news.created_at)) + ",\"data\":" + news.data + "}";
}

result<secret_string> opened(const sealer& seals, const std::string& sealed) {
  TRY_ASSIGN(std::string text, seals.open(sealed, webhook_secret_purpose));
  return secret_string::taken_from(text);
}

}  // namespace

std::string event_body(const webhook_endpoint& to, const delivery& row, const event& news) {
  return to.style == webhook_style::cartesia ? cartesia_body(to, row, news) : naive_body(news);
}

result<outgoing_request> outgoing_event(const webhook_endpoint& to, const delivery& row,
                                        const event& news, const sealer& seals, timestamp now) {
  outgoing_request request;
  auto url = parse_http_url(to.url);
  if (!url) return internal_fault("a stored webhook URL is none");
  request.to = *std::move(url);
  request.body = event_body(to, row, news);
  TRY_ASSIGN(const secret_string secret, opened(seals, to.sealed_secret));
  const std::string id = news.id.uuid();
  const std::int64_t seconds = now.unix_ms / 1000;
  std::string standard = standard_signature(secret.reveal(), id, seconds, request.body);
  std::string naive = naive_signature(secret.reveal(), request.body);
  if (to.old_secret_until && now < *to.old_secret_until && !to.sealed_old_secret.empty()) {
    TRY_ASSIGN(const secret_string old, opened(seals, to.sealed_old_secret));
    standard += " " + standard_signature(old.reveal(), id, seconds, request.body);
    naive += " " + naive_signature(old.reveal(), request.body);
  }
  request.headers = {{"Content-Type", "application/json"},
                     {"webhook-id", id},
                     {"webhook-timestamp", std::to_string(seconds)},
                     {"webhook-signature", std::move(standard)}};
  if (to.style == webhook_style::cartesia) {
    request.headers.push_back({"X-Webhook-Secret", std::string(secret.reveal())});
  } else {
    request.headers.push_back({"X-Naive-Signature", std::move(naive)});
    request.headers.push_back({"X-Naive-Event", news.type});
    request.headers.push_back({"X-Naive-Sequence", std::to_string(row.sequence)});
  }
  return request;
}

}  // namespace dialplane
