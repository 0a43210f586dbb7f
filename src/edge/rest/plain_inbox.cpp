// What carriers tell us comes in here; and the operator's view of what of it was not understood.
#include <boost/json/array.hpp>
#include <utility>

#include "edge/rest/lower_case_name.hpp"
#include "edge/rest/naive_message_rendering.hpp"
#include "edge/rest/naive_requests.hpp"
#include "edge/rest/plain_handlers.hpp"
#include "edge/rest/rest_service.hpp"
#include "store/inbox_queries.hpp"

namespace dialplane {

namespace {

namespace json = boost::json;

// As the carrier sent it. Its address is made of what the operator says ours is, never of what the
// request claims: signatures cover it.
carrier_webhook posted_webhook(const rest_context& context) {
  const http_request& request = context->request();
  carrier_webhook received;
  for (const http_header& header : request.headers) {
    received.headers.emplace_back(lower_case_name(header.name), header.value);
  }
  received.body = request.body;
  received.url = context->env().work.public_url + request.path;
  if (!request.query.empty()) received.url += "?" + request.query;
  return received;
}

rest_answer acknowledgement_of(const rest_context& context, const std::string& account) {
  const carrier* teller = context->env().work.carriers.find(account);
  if (teller == nullptr) return json_answer(200, {{"status", "accepted"}});  // removed just now
  webhook_answer thanks = teller->acknowledgement();
  return {.status = 200,
          .body = std::move(thanks.body),
          .content_type = std::move(thanks.content_type)};
}

result<void> start_inbox_list(const rest_context& context) {
  query_reader query(context->query_parameters());
  const auto status = query.choice("status", {"set_aside", "received", "processed"});
  const page_request cut = query.naive_page();
  TRY(query.finish());
  constexpr inbox_state in_order[] = {inbox_state::set_aside, inbox_state::received,
                                      inbox_state::processed};
  context->query_store(
      [only = in_order[status.value_or(0)], cut](session& work) -> result<rest_answer> {
        TRY_ASSIGN(const auto found, work.inbox().page_of(only, cut));
        json::array entries;
        for (const inbox_entry& entry : found.rows) entries.push_back(render_inbox_entry(entry));
        json::value next = nullptr;
        if (found.has_more && !found.rows.empty()) {
          next = json::value(cursor_of(found.rows.back().id.bytes));
        }
        return json_answer(200, json::object{{"entries", std::move(entries)},
                                             {"next_cursor", std::move(next)}});
      });
  return {};
}

// The next look at the inbox, within a second, takes it up.
result<void> start_inbox_retry(const rest_context& context) {
  TRY_ASSIGN(const auto id, path_id<inbox_entry_id>(context, "id", error_code::not_found,
                                                    "inbox entry"));
  TRY(expect_no_body(context));
  context->mutate([&env = context->env(), id](session& work) -> result<rest_answer> {
    TRY_ASSIGN(auto entry, work.inbox().find(id));
    if (!entry) return refused(error_code::not_found, "No such inbox entry.");
    if (entry->state != inbox_state::set_aside) {
      return conflicting(error_code::conflict, "This inbox entry is not set aside.");
    }
    entry->state = inbox_state::received;
    entry->attempts = 0;
    entry->next_try_at = env.now();
    entry->updated_at = env.now();
    TRY(work.inbox().note_attempt(*entry));
    return json_answer(202, render_inbox_entry(*entry));
  });
  return {};
}

}  // namespace

void plain_carrier_webhook(rest_context context) {
  const std::string account(context->path_parameter("carrier"));
  context->env().inbox.receive(account, posted_webhook(context),
                               [context, account](result<void> taken) {
                                 if (!taken) return context->fail(taken.error());
                                 context->answer(acknowledgement_of(context, account));
                               });
}

void plain_carrier_calls(rest_context context) {
  const auto& calls = context->service().hooks().calls;
  if (!calls) {
    return context->fail(refused(error_code::not_configured, "This server takes no calls."));
  }
  calls(context->path_parameter("carrier"), posted_webhook(context),
        [context](result<webhook_answer> answer) {
          if (!answer) return context->fail(answer.error());
          context->answer({.status = 200,
                           .body = std::move(answer->body),
                           .content_type = std::move(answer->content_type)});
        });
}

void plain_inbox_list(rest_context context) { start_or_fail(context, start_inbox_list); }
void plain_inbox_retry(rest_context context) { start_or_fail(context, start_inbox_retry); }

}  // namespace dialplane
