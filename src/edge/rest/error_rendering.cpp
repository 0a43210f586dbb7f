// An error as an answer of its dialect: status, body, and the headers that steer retries.
#include <algorithm>
#include <array>

#include "edge/rest/error_table.hpp"
#include "edge/rest/json_decimals.hpp"

namespace dialplane {

namespace {

namespace json = boost::json;

constexpr std::int64_t default_retry_after_ms = 1'000;
constexpr std::int64_t day_ms = 86'400'000;

// Members of error::details that have a place of their own in the naive body.
constexpr std::array<std::string_view, 5> naive_members = {"required", "balance", "packs", "plans",
                                                           "block_reason"};
constexpr std::array<std::string_view, 2> header_members = {"retry_after_ms", "allow"};

template <std::size_t N>
bool names_member(const std::array<std::string_view, N>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// The sentence, which names the field that is wrong.
std::string naming_message(const error& why) {
  if (why.field.empty() || why.message.find(why.field) != std::string::npos) return why.message;
  return why.field + ": " + why.message;
}

// One sentence for both shapes of the cartesia dialect, which have no field and no hint of their
// own. It never holds a line break, which would end the text form early.
std::string whole_message(const error& why) {
  std::string message = naming_message(why);
  if (!why.hint.empty()) message.append(" ").append(why.hint);
  std::replace_if(message.begin(), message.end(), [](char c) { return c == '\n' || c == '\r'; },
                  ' ');
  return message;
}

rest_answer cartesia_body(const error& why, const error_row& row, const error_style& style) {
  rest_answer answer{.status = row.cartesia_status};
  const bool as_json = style.version >= cartesia_version::v2026_03_01 ||
                       why.code == error_code::invalid_version;
  if (!as_json) {
    answer.content_type = "text/plain; charset=utf-8";
    answer.body.append(row.cartesia_title).append(": ").append(whole_message(why));
    return answer;
  }
  json::object body{{"error_code", row.cartesia_code},
                    {"title", row.cartesia_title},
                    {"message", whole_message(why)},
                    {"request_id", style.request_id}};
  if (const json::value* id = why.details.if_contains("approval_id")) body["approval_id"] = *id;
  answer.body = json::serialize(body);
  return answer;
}

rest_answer naive_body(const error& why, const error_row& row) {
  json::object inner{{"code", row.naive_code}, {"message", naming_message(why)}};
  if (!why.hint.empty()) inner["hint"] = why.hint;
  if (!row.naive_reason.empty()) inner["reason"] = row.naive_reason;
  json::object details;
  for (const auto& [name, value] : why.details) {
    const std::string_view member(name.data(), name.size());
    if (names_member(header_members, member)) continue;
    (names_member(naive_members, member) ? inner : details)[name] = value;
  }
  if (!why.field.empty()) details["field"] = why.field;
  if (why.code == error_code::primitive_disabled_by_kit) {
    // The documented form of this refusal repeats the reason inside.
    details["reason"] = row.naive_reason;
    if (!details.contains("primitive")) details["primitive"] = "phone";
  }
  if (!details.empty()) inner["details"] = std::move(details);
  if (row.naive_code == "billing_blocked") {
    if (!inner.contains("block_reason")) inner["block_reason"] = row.naive_reason;
    if (!inner.contains("plans")) inner["plans"] = json::array{};
  }
  return {.status = row.naive_status,
          .body = json_decimals(json::object{{"error", std::move(inner)}})};
}

// A JSON-RPC error without an id: the message it answers was not read. The code is JSON-RPC's own;
// the data say what it is in the words of the naive dialect.
rest_answer mcp_body(const error& why, const error_row& row) {
  constexpr int parse_error = -32700;
  constexpr int invalid_request = -32600;
  constexpr int internal_error = -32603;
  const int code = why.code == error_code::invalid_json ? parse_error
                   : row.naive_status < 500             ? invalid_request
                                                        : internal_error;
  json::object data{{"code", row.naive_code}};
  if (!row.naive_reason.empty()) data["reason"] = row.naive_reason;
  json::object inner{
      {"code", code}, {"message", naming_message(why)}, {"data", std::move(data)}};
  return {.status = row.naive_status,
          .body = json_decimals(json::object{{"jsonrpc", "2.0"}, {"error", std::move(inner)}})};
}

std::int64_t retry_after_ms(const error& why, const error_style& style) {
  if (const json::value* told = why.details.if_contains("retry_after_ms")) {
    if (told->is_int64()) return std::max<std::int64_t>(told->get_int64(), 0);
  }
  // The cap counts days in UTC.
  if (why.code == error_code::purchase_cap_reached) return day_ms - style.now.unix_ms % day_ms;
  return default_retry_after_ms;
}

// Official clients repeat 409, 429 and every 5xx by themselves, purchases included, unless told
// otherwise.
bool is_definite(const rest_answer& answer, const error_row& row, wire_dialect dialect) {
  if (row.retry == retry_advice::never || row.retry == retry_advice::after_change) return true;
  return dialect == wire_dialect::cartesia && row.cartesia_code == "number_unavailable" &&
         answer.status == 503;
}

}  // namespace

rest_answer render_error(const error& why, const error_style& style) {
  const error_row& row = row_of(why.code);
  rest_answer answer = style.dialect == wire_dialect::cartesia ? cartesia_body(why, row, style)
                       : style.dialect == wire_dialect::mcp    ? mcp_body(why, row)
                                                               : naive_body(why, row);
  if (is_definite(answer, row, style.dialect)) {
    answer.headers.push_back({"x-should-retry", "false"});
  }
  if (answer.status == 429 || answer.status == 503) {
    const std::int64_t wait_ms = retry_after_ms(why, style);
    answer.headers.push_back({"Retry-After", std::to_string((wait_ms + 999) / 1000)});
    answer.headers.push_back({"retry-after-ms", std::to_string(wait_ms)});
  }
  if (answer.status == 401) {
    std::string challenge = "Bearer";
    if (!style.resource_metadata.empty()) {
      challenge += " resource_metadata=\"" + style.resource_metadata + "\"";
    }
    answer.headers.push_back({"WWW-Authenticate", std::move(challenge)});
  }
  if (const json::value* allow = why.details.if_contains("allow")) {
    if (allow->is_string()) {
      answer.headers.push_back({"Allow", std::string(allow->get_string())});
    }
  }
  return answer;
}

}  // namespace dialplane
