// Numbers of the naive dialect: list, one, status, campaign, release and restore. Both mounts,
// /v1/phone and /v1/users/{user_id}/phone, come here. Rules: naive dialect §4.
#include <boost/json/array.hpp>
#include <utility>

#include "app/campaigns.hpp"
#include "app/phone_numbers.hpp"
#include "app/phone_status.hpp"
#include "app/release_number.hpp"
#include "edge/rest/json_decimals.hpp"
#include "edge/rest/naive_handlers.hpp"
#include "edge/rest/naive_rendering.hpp"
#include "edge/rest/naive_requests.hpp"

namespace dialplane {

namespace {

namespace json = boost::json;

rest_answer phones_answer(const page<phone_view>& found) {
  json::array phones;
  for (const phone_view& phone : found.rows) phones.push_back(render_phone_row(phone));
  json::value next = nullptr;
  if (found.has_more && !found.rows.empty()) {
    next = json::value(cursor_of(found.rows.back().row.id.bytes));
  }
  return json_answer(200,
                     json::object{{"phones", std::move(phones)}, {"next_cursor", std::move(next)}});
}

result<void> start_phone_list(const rest_context& context) {
  TRY_ASSIGN(const auto asked, context->asked_user());
  query_reader query(context->query_parameters());
  phone_filter only;
  only.agent = query.id<agent_id>("agent");
  const auto status =
      query.choice("status", {"pending", "active", "suspended", "releasing", "released"});
  constexpr number_status in_order[] = {number_status::pending, number_status::active,
                                        number_status::suspended, number_status::releasing,
                                        number_status::released};
  if (status) only.status = in_order[*status];
  const page_request cut = query.naive_page();
  TRY(query.finish());
  auto read = [who = context->who(), asked, only, cut](session& work) -> result<rest_answer> {
    TRY_ASSIGN(const auto found, list_phones(work, who, asked, only, cut));
    return phones_answer(found);
  };
  // First pages are asked for again and again, the others mostly once.
  if (cut.after || cut.before) {
    context->query_store(std::move(read));
  } else {
    context->query_list(std::move(read));
  }
  return {};
}

result<void> start_phone_status(const rest_context& context) {
  TRY_ASSIGN(const auto asked, context->asked_user());
  context->query_store([&env = context->env(), who = context->who(),
                        asked](session& work) -> result<rest_answer> {
    TRY_ASSIGN(const phone_status_view view, get_phone_status(work, env, who, asked));
    return json_answer(200, render_phone_status(view));
  });
  return {};
}

result<void> start_phone_get(const rest_context& context) {
  TRY_ASSIGN(const auto asked, context->asked_user());
  TRY_ASSIGN(const number_id id, asked_number(context));
  context->query_store([&env = context->env(), who = context->who(), asked,
                        id](session& work) -> result<rest_answer> {
    TRY_ASSIGN(const phone_view phone, get_phone(work, env, who, asked, id));
    return json_answer(200, render_phone_row(phone));
  });
  return {};
}

result<void> start_phone_campaign(const rest_context& context) {
  TRY_ASSIGN(const auto asked, context->asked_user());
  TRY_ASSIGN(const number_id id, asked_number(context));
  context->query_store([&env = context->env(), who = context->who(), asked,
                        id](session& work) -> result<rest_answer> {
    TRY_ASSIGN(const phone_view phone, get_phone(work, env, who, asked, id));
    if (!phone.campaign) {
      return refused(error_code::resource_not_found, "The phone number has no campaign.");
    }
    TRY_ASSIGN(const campaign_view its, get_campaign(work, env, who, phone.campaign->id));
    return json_answer(200, render_campaign_of(its.row, its.numbers, phone.row));
  });
  return {};
}

result<release_number_request> read_release(const rest_context& context) {
  release_number_request request;
  TRY_ASSIGN(request.user, context->asked_user());
  TRY_ASSIGN(request.number, asked_number(context));
  TRY(expect_no_body(context));
  request.who = context->who();
  request.asked_through = dialect::naive;
  request.identity = context->identity();
  return request;
}

void answer_release(const rest_context& context, const result<release_number_answer>& done) {
  if (!done) return context->fail(done.error());
  if (done->work.state == operation_state::open) {
    return context->answer(json_answer(202, render_releasing(*done)));
  }
  if (done->work.state == operation_state::failed && !failure_in(done->work.outcome)) {
    return context->fail(conflicting(error_code::conflict, "The release was taken back."));
  }
  const auto outcome = parse_release_outcome(done->work.outcome);
  if (!outcome && done->replayed) return context->fail_replayed(outcome.error());
  if (!outcome) return context->fail(outcome.error());
  rest_answer answer = json_answer(200, render_released(*done, *outcome));
  if (done->replayed) return context->answer_replayed(std::move(answer));
  context->answer(std::move(answer));
}

result<void> start_phone_release(const rest_context& context) {
  TRY_ASSIGN(release_number_request request, read_release(context));
  release_number(context->env(), std::move(request),
                 [context](result<release_number_answer> done) { answer_release(context, done); });
  return {};
}

result<void> start_phone_restore(const rest_context& context) {
  TRY_ASSIGN(release_number_request request, read_release(context));
  context->mutate([&env = context->env(),
                   request = std::move(request)](session& work) -> result<rest_answer> {
    TRY_ASSIGN(const number back, restore_number(work, env, request));
    TRY_ASSIGN(const phone_view phone, get_phone(work, env, request.who, back.user, back.id));
    return json_answer(200, render_phone_row(phone));
  });
  return {};
}

}  // namespace

void naive_phone_list(rest_context context) { start_or_fail(context, start_phone_list); }
void naive_phone_status(rest_context context) { start_or_fail(context, start_phone_status); }
void naive_phone_get(rest_context context) { start_or_fail(context, start_phone_get); }
void naive_phone_release(rest_context context) { start_or_fail(context, start_phone_release); }
void naive_phone_restore(rest_context context) { start_or_fail(context, start_phone_restore); }
void naive_phone_campaign(rest_context context) { start_or_fail(context, start_phone_campaign); }

}  // namespace dialplane
