// Numbers in the cartesia dialect: buy, import, list, get, update, delete.
#include <span>

#include "app/agents.hpp"
#include "app/import_number.hpp"
#include "app/provision_number.hpp"
#include "app/release_number.hpp"
#include "app/subject.hpp"
#include "app/update_number.hpp"
#include "edge/rest/cartesia_handlers.hpp"
#include "domain/e164.hpp"
#include "edge/rest/cartesia_input.hpp"
#include "edge/rest/cartesia_provider_input.hpp"
#include "edge/rest/cartesia_rendering.hpp"
#include "store/carrier_account_queries.hpp"

namespace dialplane {

namespace {

constexpr std::size_t label_max = 255;

error_style style_of(const request_context& context) {
  return {.dialect = wire_dialect::cartesia,
          .version = context.version(),
          .request_id = context.request_id(),
          .now = context.env().now()};
}

result<provision_number_request> read_cartesia_provision(request_context& context) {
  TRY_ASSIGN(const boost::json::object* members, context.body());
  object_reader body(*members);
  provision_number_request request;
  request.label = required_trimmed_text(body, "label", label_max);
  const auto agent = body.nullable_string("agent_id", {.min = 1, .max = 64});
  TRY(body.finish());
  if (agent.value) {
    TRY_ASSIGN(request.agent, agent_named(*agent.value));
    if (!may_use_agent(context.who(), *request.agent)) {
      return refused(error_code::resource_not_found, "There is no such agent.");
    }
  }
  request.who = context.who();
  request.asked_through = dialect::cartesia;
  request.identity = context.identity();
  return request;
}

// 202 with the number as it stands while its purchase goes on.
void answer_cartesia_pending(const rest_context& context, const operation& open) {
  context->query_store([context, owner = open.organization,
                        id = open.id](session& work) -> result<rest_answer> {
    TRY_ASSIGN(const auto now, work.operations().find(owner, id));
    if (!now || !now->number) return internal_fault("an open purchase is gone");
    if (now->state != operation_state::open) {
      return cartesia_provision_answer(*now, style_of(*context));
    }
    TRY_ASSIGN(const auto view, work.numbers().find_view(owner, *now->number));
    if (!view) return internal_fault("the number of an open purchase is gone");
    return cartesia_pending_answer(*view, id);
  });
}

void answer_cartesia_provision(const rest_context& context, const provision_number_answer& done) {
  if (done.waiting) return context->fail(cartesia_approval_refusal(*done.waiting));
  const operation& work = *done.ended_or_open;
  if (work.state == operation_state::open) return answer_cartesia_pending(context, work);
  rest_answer answer = cartesia_provision_answer(work, style_of(*context));
  if (done.replayed) return context->answer_replayed(std::move(answer));
  context->answer(std::move(answer));
}

struct list_query {
  number_filter only;
  page_request cut;
  std::optional<carrier_account_id> provider;
  bool nothing = false;  // no number can match
};

using provider_rows = std::vector<carrier_account>;

// Read only where a number shown is somebody's own.
result<provider_rows> providers_of(session& work, organization_id owner,
                                   std::span<const number_view> shown) {
  for (const number_view& view : shown) {
    if (view.row.imported) return work.carrier_accounts().brought_by(owner);
  }
  return provider_rows();
}

result<rest_answer> number_answer(session& work, const number_view& view, int status = 200) {
  TRY_ASSIGN(const auto providers, providers_of(work, view.row.organization, {&view, 1}));
  return rest_answer{.status = status, .body = cartesia_number_text(view, providers)};
}

result<list_query> read_number_list(const request_context& context) {
  query_reader query(context.query_parameters());
  list_query list;
  list.cut = query.cartesia_page<number_id>();
  list.only.inbound_agent = query.id<agent_id>("agent_id");
  const auto type = query.choice("type", {"cartesia", "twilio", "sip_trunk"});
  const auto provider = query.text("provider_id", 64);
  if (provider) list.provider = carrier_account_id::parse(*provider);
  // No number lives at a trunk, and what is no id is nobody's.
  list.nothing = type.value_or(0) == 2 || (provider && !list.provider);
  if (type) list.only.imported = *type == 1;
  list.only.search = query.text("q").value_or("");
  TRY(query.finish());
  const actor& who = context.who();
  list.only.user = visible_user(who, std::nullopt);
  list.only.statuses = {number_status::active, number_status::suspended};
  list.only.with_e164_only = true;
  if (who.agent && !who.is_operator()) {  // by id it may also reach numbers nobody answers
    if (list.only.inbound_agent && *list.only.inbound_agent != *who.agent) list.nothing = true;
    list.only.inbound_agent = who.agent;
  }
  return list;
}

// An id that was never a number of this organization is no place in its list. Those of released
// numbers stay good.
result<void> judge_cursor(session& work, organization_id owner, const page_request& cut) {
  const auto& place = cut.after ? cut.after : cut.before;
  if (!place) return {};
  TRY_ASSIGN(const auto known, work.numbers().find(owner, number_id{*place}));
  if (known) return {};
  const std::string field = cut.after ? "starting_after" : "ending_before";
  return bad_field(field, field + " must be the id of a number of yours.");
}

struct asked_change {
  number_change of_row;
  std::optional<provider_choice> provider;
};

result<asked_change> read_number_change(request_context& context) {
  TRY_ASSIGN(const boost::json::object* members, context.body());
  object_reader body(*members);
  asked_change asked;
  number_change& change = asked.of_row;
  asked.provider = read_provider_choice(body, false);
  change.label = trimmed_text(body, "label", label_max);
  const auto agent = body.nullable_string("agent_id", {.min = 1, .max = 64});
  TRY(body.finish());
  change.inbound_agent.present = agent.present;
  if (agent.value) {
    TRY_ASSIGN(change.inbound_agent.value, agent_named(*agent.value));
  }
  return asked;
}

void apply_change(const rest_context& context, number_id id, number_change change) {
  context->mutate([context, id, change = std::move(change)](session& work) -> result<rest_answer> {
    TRY_ASSIGN(const auto view, update_number(work, context->env(), context->who(), id, change,
                                              context->request_id()));
    return number_answer(work, view);
  });
}

result<import_number_request> read_import(request_context& context) {
  TRY_ASSIGN(const boost::json::object* members, context.body());
  object_reader body(*members);
  import_number_request request;
  request.label = required_trimmed_text(body, "label", label_max);
  request.e164 = body.required_string("number", {.min = 1, .max = 32});
  const auto provider = read_provider_choice(body, true);
  const auto agent = body.nullable_string("agent_id", {.min = 1, .max = 64});
  TRY(body.finish());
  TRY(e164::parse(request.e164, "number"));
  request.provider = *provider;
  if (agent.value) {
    TRY_ASSIGN(request.agent, agent_named(*agent.value));
    if (!may_use_agent(context.who(), *request.agent)) {
      return refused(error_code::resource_not_found, "There is no such agent.");
    }
  }
  request.who = context.who();
  request.identity = context.identity();
  return request;
}

// The number as it is now: what the provider did is in it already.
void answer_import(const rest_context& context, const import_number_answer& done) {
  if (done.work.state == operation_state::failed) {
    const error why = error_of_outcome(done.work.outcome);
    return done.replayed ? context->fail_replayed(why) : context->fail(why);
  }
  const bool open = done.work.state == operation_state::open;
  context->query_store([owner = done.work.organization, id = *done.work.number, open,
                        work_id = done.work.id](session& work) -> result<rest_answer> {
    TRY_ASSIGN(const auto view, work.numbers().find_view(owner, id));
    if (!view) return refused(error_code::resource_not_found, "There is no such number.");
    if (open) return cartesia_pending_answer(*view, work_id);
    return number_answer(work, *view, 201);
  });
}

}  // namespace

void cartesia_numbers_provision(rest_context context) {
  auto request = read_cartesia_provision(*context);
  if (!request) return context->fail(request.error());
  provision_number(context->env(), *std::move(request),
                   [context](result<provision_number_answer> done) {
                     if (!done) return context->fail(done.error());
                     answer_cartesia_provision(context, *done);
                   });
}

void cartesia_numbers_list(rest_context context) {
  auto list = read_number_list(*context);
  if (!list) return context->fail(list.error());
  if (list->nothing) {
    return context->answer({.status = 200, .body = cartesia_number_page_text({})});
  }
  // First pages are asked for again and again, the others mostly once.
  const bool first_page = !list->cut.after && !list->cut.before && list->only.search.empty();
  auto read = [owner = context->who().organization,
               list = *std::move(list)](session& work) mutable -> result<rest_answer> {
    TRY(judge_cursor(work, owner, list.cut));
    if (list.provider) {
      TRY_ASSIGN(const auto home, work.carrier_accounts().find(owner, *list.provider));
      if (!home) return rest_answer{.status = 200, .body = cartesia_number_page_text({})};
      list.only.carrier = home->name;
    }
    TRY_ASSIGN(const auto numbers, work.numbers().page_of(owner, list.only, list.cut));
    TRY_ASSIGN(const auto providers, providers_of(work, owner, numbers.rows));
    return rest_answer{.status = 200, .body = cartesia_number_page_text(numbers, providers)};
  };
  if (first_page) return context->query_list(std::move(read));
  context->query_store(std::move(read));
}

void cartesia_numbers_get(rest_context context) {
  const auto id = number_in_path(*context);
  if (!id) return context->fail(id.error());
  context->query_store([who = context->who(), id = *id](session& work) -> result<rest_answer> {
    TRY_ASSIGN(const auto view, find_number(work, who, id, true));
    return number_answer(work, view);
  });
}

void cartesia_numbers_update(rest_context context) {
  const auto id = number_in_path(*context);
  if (!id) return context->fail(id.error());
  auto change = read_number_change(*context);
  if (!change) return context->fail(change.error());
  // An imported number's provider is asked first where it moves, or where its webhooks could not be
  // set at the import and an agent is to answer now.
  const bool asks = change->provider.has_value() || change->of_row.inbound_agent.value.has_value();
  if (!asks) return apply_change(context, *id, std::move(change->of_row));
  context->env().database().read<bool>(
      [who = context->who(), id = *id,
       moves = change->provider.has_value()](session& work) -> result<bool> {
        TRY_ASSIGN(const auto view, find_number(work, who, id, true));
        return moves || (view.row.imported && !view.row.routing_set);
      },
      [context, id = *id, change = *std::move(change)](result<bool> reroutes) mutable {
        if (!reroutes) return context->fail(reroutes.error());
        if (!*reroutes) return apply_change(context, id, std::move(change.of_row));
        reroute_number(context->env(), context->who(), id, change.provider, context->request_id(),
                       [context, id, of_row = std::move(change.of_row)](result<void> set) mutable {
                         if (!set) return context->fail(set.error());
                         apply_change(context, id, std::move(of_row));
                       });
      });
}

void cartesia_numbers_import(rest_context context) {
  auto request = read_import(*context);
  if (!request) return context->fail(request.error());
  import_number(context->env(), *std::move(request),
                [context](result<import_number_answer> done) {
                  if (!done) return context->fail(done.error());
                  answer_import(context, *done);
                });
}

// What happens next (the carrier confirms, the slot frees) needs no waiting for.
void cartesia_numbers_delete(rest_context context) {
  const auto id = number_in_path(*context);
  if (!id) return context->fail(id.error());
  release_number_request request;
  request.who = context->who();
  request.asked_through = dialect::cartesia;
  request.user = visible_user(context->who(), std::nullopt);
  request.number = *id;
  request.identity = context->identity();
  release_number(context->env(), std::move(request),
                 [context](result<release_number_answer> done) {
                   if (!done) return context->fail(done.error());
                   if (done->row.imported && done->work.state == operation_state::failed) {
                     return context->fail(error_of_outcome(done->work.outcome));
                   }
                   rest_answer answer{.status = 204};
                   if (done->replayed) return context->answer_replayed(std::move(answer));
                   context->answer(std::move(answer));
                 });
}

}  // namespace dialplane
