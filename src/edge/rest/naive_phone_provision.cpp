// POST /v1/phone/provision: the founding request of the naive dialect. Reads the body strictly,
// hands one provision_number_request to the use case, and renders how it ended. Rules: naive
// dialect §3.
#include "app/provision_number.hpp"

#include <optional>
#include <string>
#include <utility>

#include "app/phone_access.hpp"
#include "base/utf8.hpp"
#include "domain/ein.hpp"
#include "edge/rest/json_decimals.hpp"
#include "edge/rest/naive_handlers.hpp"
#include "edge/rest/naive_number_input.hpp"
#include "edge/rest/naive_rendering.hpp"
#include "edge/rest/naive_requests.hpp"

namespace dialplane {

namespace {

namespace json = boost::json;

constexpr int accepted_status = 202;  // of every outcome that is not a refusal

void read_ein(object_reader& read, provision_number_request& request) {
  const auto text = read.optional_string("ein");
  if (!text) return;
  auto parsed = ein::parse(*text);
  if (parsed) {
    request.ein = secret_string(parsed->reveal_digits());
  } else {
    read.take_error(std::move(parsed).error());
  }
}

// A quote says which number it is: whatever else would say so has no place beside it.
void read_quote_id(object_reader& read, provision_number_request& request) {
  const auto text = read.optional_string("quote_id", {.min = 1, .max = 64});
  if (!text) return;
  for (const char* other :
       {"phone_number", "type", "area_code", "area_code_policy", "area_code_strict"}) {
    if (!read.has(other)) continue;
    return read.take_error(
        bad_field(other, std::string(other) + " has no place beside quote_id."));
  }
  request.quote = quote_id::parse(*text);
  if (request.quote) return;
  error failure = refused(error_code::resource_not_found, "There is no such quote.");
  failure.field = "quote_id";
  read.take_error(std::move(failure));
}

result<provision_number_request> read_naive_provision(const json::object& body) {
  object_reader read(body);
  provision_number_request request;
  request.asked_through = dialect::naive;
  read_ein(read, request);
  number_input number = read_number_input(read);
  request.type = number.type;
  request.area_code = std::move(number.area_code);
  request.policy = number.policy;
  request.exact = std::move(number.exact);
  read_quote_id(read, request);
  request.label = read.optional_string("label", {.max = 255});
  if (request.label && trim(*request.label).empty()) request.label.reset();
  const auto agent = read.optional_string("agent_id", {.min = 1, .max = 64});
  const auto tier = read.optional_choice("tier", {"standard", "sole_proprietor"});
  TRY(read.finish());
  if (tier) {
    request.tier = *tier == 1 ? registration_tier::sole_proprietor : registration_tier::standard;
  }
  if (agent) {
    request.agent = agent_id::parse(*agent);
    if (!request.agent) {
      error failure = refused(error_code::resource_not_found, "No such agent.");
      failure.field = "agent_id";
      return failure;
    }
  }
  return request;
}

// A purchase that is not settled yet: what is known of it, and the balance as it is now.
result<pending_provision> describe_pending(session& work, const operation& open) {
  pending_provision pending;
  pending.work = open;
  if (open.number) {
    TRY_ASSIGN(const auto row, work.numbers().find(open.organization, *open.number));
    if (row) {
      pending.type = row->type;
      campaign_lookup campaigns(work, open.organization);
      TRY_ASSIGN(pending.filed, campaigns.find(row->campaign));
    }
  }
  TRY_ASSIGN(const ledger_balances balances, work.ledger().balances(open.organization));
  pending.remaining = balances.available;
  return pending;
}

void answer_naive_pending(const rest_context& context, operation open) {
  context->query_store([open = std::move(open)](session& work) -> result<rest_answer> {
    TRY_ASSIGN(const pending_provision pending, describe_pending(work, open));
    rest_answer answer = decimal_json_answer(accepted_status, render_provision_pending(pending));
    answer.headers.push_back({"X-Operation-Id", open.id.uuid()});
    return answer;
  });
}

void answer_ended(const rest_context& context, const operation& ended, bool replayed) {
  const auto outcome = outcome_of(ended);
  if (!outcome && replayed) return context->fail_replayed(outcome.error());
  if (!outcome) return context->fail(outcome.error());
  rest_answer answer = decimal_json_answer(accepted_status, render_provisioned(**outcome));
  answer.headers.push_back({"X-Operation-Id", ended.id.uuid()});
  if (replayed) return context->answer_replayed(std::move(answer));
  context->answer(std::move(answer));
}

void answer_naive_provision(const rest_context& context, result<provision_number_answer> done) {
  if (!done) return context->fail(done.error());
  if (done->waiting) {
    return context->answer(json_answer(accepted_status, render_gated(*done->waiting)));
  }
  operation& work = *done->ended_or_open;
  if (work.state == operation_state::open) return answer_naive_pending(context, std::move(work));
  answer_ended(context, work, done->replayed);
}

// A wrong body is told only to who may ask at all: an unknown user or a kit without phones is
// the first thing to say. The use case judges both again for the rest.
void refuse_body(const rest_context& context, std::optional<user_id> asked, error why) {
  context->query_store(
      [who = context->who(), asked, why = std::move(why)](session& work) -> result<rest_answer> {
        TRY(find_phone_access(work, who, asked));
        return why;
      });
}

result<void> start_provision(const rest_context& context) {
  TRY_ASSIGN(const auto asked, context->asked_user());
  TRY_ASSIGN(const json::object* body, context->body());
  result<provision_number_request> read = read_naive_provision(*body);
  if (!read) {
    refuse_body(context, asked, std::move(read).error());
    return {};
  }
  provision_number_request request = *std::move(read);
  request.who = context->who();
  request.user = asked;
  request.identity = context->identity();
  provision_number(context->env(), std::move(request),
                   [context](result<provision_number_answer> done) {
                     answer_naive_provision(context, std::move(done));
                   });
  return {};
}

}  // namespace

void naive_phone_provision(rest_context context) { start_or_fail(context, start_provision); }

}  // namespace dialplane
