#include "webhooks/try_outcome.hpp"

#include <algorithm>
#include <boost/json/parse.hpp>

#include "base/json_gate.hpp"
#include "base/utf8.hpp"
#include "domain/event_types.hpp"
#include "webhooks/delivery_schedule.hpp"

namespace dialplane {

namespace {

namespace json = boost::json;

constexpr std::size_t kept_answer_bytes = 256;

// Readable text only: the log may be shown anywhere.
std::string excerpt_of(std::string_view body) {
  std::string kept(body.substr(0, kept_answer_bytes));
  std::ranges::replace_if(
      kept, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }, ' ');
  // Cut within a character, perhaps.
  const bool was_cut = body.size() > kept_answer_bytes;
  for (int i = 0; was_cut && i < 4 && !is_valid_utf8(kept) && !kept.empty(); ++i) kept.pop_back();
  if (is_valid_utf8(kept)) return kept;
  std::ranges::replace_if(kept, [](char c) { return static_cast<unsigned char>(c) >= 0x80; }, '?');
  return kept;
}

bool is_json(const http_answer& answer) {
  const std::string* type = answer.header("content-type");
  if (type == nullptr) return false;
  return equal_ignoring_case(trim(std::string_view(*type).substr(0, type->find(';'))),
                             "application/json");
}

const json::value* member(const json::object& of, std::string_view name) {
  return of.if_contains(name);
}

bool says_keyword(const json::object& of) {
  const json::value* keyword = member(of, "keyword");
  return keyword != nullptr && keyword->is_bool() && keyword->get_bool();
}

// STOP and the like have been answered, or must not be.
bool is_keyword(const json::object& told) {
  const json::value* metadata = member(told, "metadata");
  return says_keyword(told) ||
         (metadata != nullptr && metadata->is_object() && says_keyword(metadata->get_object()));
}

}  // namespace

try_outcome judge_try(const exchange_result& answered, timestamp started_at, timestamp now) {
  try_outcome outcome;
  outcome.started_at = started_at;
  outcome.took = std::max(now - started_at, std::chrono::milliseconds(0));
  if (!answered) {
    outcome.error = name_of(answered.error().what);
    outcome.answer = answered.error().detail;
    return outcome;
  }
  outcome.status = answered->status;
  outcome.answer = excerpt_of(answered->body);
  outcome.delivered = answered->status >= 200 && answered->status < 300;
  outcome.gone = answered->status == 410;
  if (outcome.delivered) return outcome;
  outcome.error = "answered_" + std::to_string(answered->status);
  if (const std::string* wait = answered->header("retry-after")) {
    outcome.retry_after = parse_retry_after(*wait, now);
  }
  return outcome;
}

std::optional<agent_reply> reply_in(const http_answer& answer, const delivery& row,
                                    const event& news) {
  if (!row.agent || news.type != text_received_event || answer.cut || !is_json(answer)) {
    return std::nullopt;
  }
  const auto said = parse_json_object(answer.body);
  const auto told = parse_json_object(news.data, {.max_bytes = 1024 * 1024});
  if (!said || !told) return std::nullopt;
  if (is_keyword(*told)) return std::nullopt;
  const json::value* body = member(*said, "body");
  const json::value* message = member(*told, "message_id");
  if (body == nullptr || !body->is_string() || body->get_string().empty() ||
      message == nullptr || !message->is_string()) {
    return std::nullopt;
  }
  const auto answered = message_id::parse(message->get_string());
  if (!answered) return std::nullopt;
  return agent_reply{row.organization, *row.agent, *answered, std::string(body->get_string())};
}

}  // namespace dialplane
