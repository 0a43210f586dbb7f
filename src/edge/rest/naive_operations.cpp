// Durable work and the audit log, in the style of the naive dialect.
#include <boost/json/array.hpp>
#include <utility>

#include "app/read_audit.hpp"
#include "app/read_operation.hpp"
#include "edge/rest/json_decimals.hpp"
#include "edge/rest/naive_account_rendering.hpp"
#include "edge/rest/naive_handlers.hpp"
#include "edge/rest/naive_requests.hpp"

namespace dialplane {

namespace {

namespace json = boost::json;

// The audit log is paged by its sequence; it travels in the last 8 bytes of a cursor.
uuid_bytes bytes_of_sequence(std::int64_t sequence) {
  uuid_bytes bytes{};
  auto rest = static_cast<std::uint64_t>(sequence);
  for (std::size_t at = bytes.size(); at-- > 8; rest >>= 8) {
    bytes[at] = static_cast<std::uint8_t>(rest & 0xff);
  }
  return bytes;
}

// Nothing for the cursor of another list.
std::optional<std::int64_t> sequence_in(const uuid_bytes& bytes) {
  std::uint64_t sequence = 0;
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    if (at < 8 && bytes[at] != 0) return std::nullopt;
    sequence = sequence << 8 | bytes[at];
  }
  if (sequence == 0 || sequence > INT64_MAX) return std::nullopt;
  return static_cast<std::int64_t>(sequence);
}

result<void> start_operation_get(const rest_context& context) {
  TRY_ASSIGN(const auto id,
             path_id<operation_id>(context, "id", error_code::not_found, "operation"));
  context->query_store([who = context->who(), id](session& work) -> result<rest_answer> {
    TRY_ASSIGN(const operation row, read_operation(work, who, id));
    return json_answer(200, render_operation(row));
  });
  return {};
}

rest_answer audit_answer(const audit_page& found) {
  json::array entries;
  for (const audit_entry& row : found.entries) entries.push_back(render_audit_entry(row));
  json::value next = nullptr;
  if (found.has_more && !found.entries.empty()) {
    next = json::value(cursor_of(bytes_of_sequence(found.entries.back().sequence)));
  }
  return decimal_json_answer(
      200, json::object{{"entries", std::move(entries)}, {"next_cursor", std::move(next)}});
}

result<void> start_audit_list(const rest_context& context) {
  query_reader query(context->query_parameters());
  const page_request cut = query.naive_page();
  std::int64_t before = 0;
  if (cut.after) {
    const auto sequence = sequence_in(*cut.after);
    if (!sequence) query.take_error(bad_field("cursor", "cursor is not one of this list."));
    before = sequence.value_or(0);
  }
  TRY(query.finish());
  context->query_store(
      [who = context->who(), before, limit = cut.limit](session& work) -> result<rest_answer> {
        TRY_ASSIGN(const audit_page found, read_audit(work, who, before, limit));
        return audit_answer(found);
      });
  return {};
}

}  // namespace

void naive_operations_get(rest_context context) { start_or_fail(context, start_operation_get); }
void naive_audit_list(rest_context context) { start_or_fail(context, start_audit_list); }

}  // namespace dialplane
