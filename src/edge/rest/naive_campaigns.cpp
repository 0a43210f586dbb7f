// Registration as the naive dialect shows it: campaigns, the check before filing, and a sole
// proprietor's one-time code. Rules: naive dialect §4.4, §4.8; the campaign routes are ours.
#include <boost/json/array.hpp>
#include <utility>

#include "app/brand_verification.hpp"
#include "app/campaigns.hpp"
#include "app/registration_check.hpp"
#include "edge/rest/naive_handlers.hpp"
#include "edge/rest/naive_rendering.hpp"
#include "edge/rest/naive_requests.hpp"

namespace dialplane {

namespace {

namespace json = boost::json;

result<campaign_id> asked_campaign(const rest_context& context) {
  return path_id<campaign_id>(context, "id", error_code::resource_not_found, "campaign");
}

rest_answer campaign_answer(int status, const campaign_view& view) {
  return json_answer(status, render_campaign(view.row, view.numbers));
}

rest_answer campaigns_answer(const page<campaign_view>& found) {
  json::array campaigns;
  for (const campaign_view& each : found.rows) {
    campaigns.push_back(render_campaign(each.row, each.numbers));
  }
  json::value next = nullptr;
  if (found.has_more && !found.rows.empty()) {
    next = json::value(cursor_of(found.rows.back().row.id.bytes));
  }
  return json_answer(
      200, json::object{{"campaigns", std::move(campaigns)}, {"next_cursor", std::move(next)}});
}

result<void> start_campaign_list(const rest_context& context) {
  TRY_ASSIGN(const auto asked, context->asked_user());
  query_reader query(context->query_parameters());
  const page_request cut = query.naive_page();
  TRY(query.finish());
  context->query_store([&env = context->env(), who = context->who(), asked,
                        cut](session& work) -> result<rest_answer> {
    TRY_ASSIGN(const auto found, list_campaigns(work, env, who, asked, cut));
    return campaigns_answer(found);
  });
  return {};
}

result<void> start_campaign_get(const rest_context& context) {
  TRY_ASSIGN(const campaign_id id, asked_campaign(context));
  context->query_store(
      [&env = context->env(), who = context->who(), id](session& work) -> result<rest_answer> {
        TRY_ASSIGN(const campaign_view view, get_campaign(work, env, who, id));
        return campaign_answer(200, view);
      });
  return {};
}

result<void> start_campaign_resubmit(const rest_context& context) {
  TRY_ASSIGN(const campaign_id id, asked_campaign(context));
  TRY(expect_no_body(context));
  context->mutate([&env = context->env(), who = context->who(), id,
                   request = context->request_id()](session& work) -> result<rest_answer> {
    TRY_ASSIGN(const campaign_view view, resubmit_campaign(work, env, who, id, request));
    return campaign_answer(202, view);
  });
  return {};
}

result<void> start_campaign_ending(const rest_context& context) {
  TRY_ASSIGN(const campaign_id id, asked_campaign(context));
  TRY(expect_no_body(context));
  context->act_once([context, id] {
    end_campaign(context->env(), context->who(), id, context->request_id(),
                 [context](result<ended_campaign> done) {
                   if (!done) return context->fail(done.error());
                   if (!done->is_over) return context->answer(campaign_answer(202, done->view));
                   context->answer_remembered(campaign_answer(200, done->view));
                 });
  });
  return {};
}

result<void> start_registration_check(const rest_context& context) {
  TRY_ASSIGN(const auto asked, context->asked_user());
  context->query_store([&env = context->env(), who = context->who(),
                        asked](session& work) -> result<rest_answer> {
    TRY_ASSIGN(const auto found, check_registration(work, env, who, asked));
    json::array findings;
    std::int64_t errors = 0;
    for (const finding& each : found) {
      if (each.severity == finding_severity::error) ++errors;
      findings.push_back(render_finding(each));
    }
    const auto warnings = static_cast<std::int64_t>(found.size()) - errors;
    return json_answer(200, json::object{{"ready", errors == 0},
                                         {"errors", errors},
                                         {"warnings", warnings},
                                         {"findings", std::move(findings)}});
  });
  return {};
}

result<brand_code_request> read_code_request(const rest_context& context) {
  brand_code_request request;
  TRY_ASSIGN(request.user, context->asked_user());
  request.who = context->who();
  request.request_id = context->request_id();
  return request;
}

result<void> start_brand_code_resend(const rest_context& context) {
  TRY_ASSIGN(brand_code_request request, read_code_request(context));
  TRY(expect_no_body(context));
  context->act_once([context, request = std::move(request)] {
    resend_brand_code(context->env(), request, [context](result<brand> done) {
      if (!done) return context->fail(done.error());
      context->answer_remembered(json_answer(
          202, json::object{{"status", "enqueued"},
                            {"brand_verification", "pending_otp"},
                            {"hint",
                             "Confirm with POST /v1/phone/brand-verification/confirm and the "
                             "code from the text."}}));
    });
  });
  return {};
}

result<void> start_brand_code_confirm(const rest_context& context) {
  TRY_ASSIGN(brand_code_request request, read_code_request(context));
  TRY_ASSIGN(const json::object* members, context->body());
  object_reader body(*members);
  request.code = body.required_string("code", {.min = 4, .max = 12});
  TRY(body.finish());
  context->act_once([context, request = std::move(request)] {
    confirm_brand_code(context->env(), request, [context](result<brand> done) {
      if (!done) return context->fail(done.error());
      context->answer_remembered(json_answer(
          200, json::object{{"status", "confirmed"},
                            {"brand_status", name_of_value(status_of(done->stage))},
                            {"brand_verification", nullptr}}));
    });
  });
  return {};
}

}  // namespace

void naive_campaigns_list(rest_context context) { start_or_fail(context, start_campaign_list); }
void naive_campaigns_get(rest_context context) { start_or_fail(context, start_campaign_get); }
void naive_campaigns_resubmit(rest_context context) {
  start_or_fail(context, start_campaign_resubmit);
}
void naive_campaigns_end(rest_context context) { start_or_fail(context, start_campaign_ending); }
void naive_registration_check(rest_context context) {
  start_or_fail(context, start_registration_check);
}
void naive_brand_code_resend(rest_context context) {
  start_or_fail(context, start_brand_code_resend);
}
void naive_brand_code_confirm(rest_context context) {
  start_or_fail(context, start_brand_code_confirm);
}

}  // namespace dialplane
