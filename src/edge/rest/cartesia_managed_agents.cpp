// Managed agents in the cartesia dialect: the newer generation, with a configuration.
#include "app/agents.hpp"
#include "edge/rest/cartesia_handlers.hpp"
#include "edge/rest/cartesia_input.hpp"
#include "edge/rest/cartesia_rendering.hpp"

namespace dialplane {

namespace {

constexpr std::size_t name_max = 64;
constexpr text_rule description_rule{.max = 1'000, .allow_line_breaks = true};

// Two names in the vendor's documents; one of them at a time.
nullable<std::string> read_webhook(object_reader& body) {
  return body.nullable_string(body.has("event_webhook_id") ? "event_webhook_id" : "webhook_id",
                              {.min = 1, .max = 64});
}

result<agent_creation> read_managed_agent_creation(request_context& context) {
  TRY_ASSIGN(const boost::json::object* members, context.body());
  object_reader body(*members);
  agent_creation input;
  input.name = required_trimmed_text(body, "name", name_max);
  input.description = body.nullable_string("description", description_rule).value;
  if (const auto* config = body.optional_object("config")) input.config = *config;
  input.webhook = read_webhook(body).value;
  TRY(body.finish());
  return input;
}

result<agent_change> read_managed_agent_change(request_context& context) {
  TRY_ASSIGN(const boost::json::object* members, context.body());
  object_reader body(*members);
  agent_change change;
  change.name = trimmed_text(body, "name", name_max);
  change.description = body.nullable_string("description", description_rule);
  if (const auto* config = body.optional_object("config")) change.config = *config;
  change.webhook = read_webhook(body);
  TRY(body.finish());
  return change;
}

}  // namespace

void cartesia_managed_agents_create(rest_context context) {
  auto input = read_managed_agent_creation(*context);
  if (!input) return context->fail(input.error());
  context->mutate([context, input = *std::move(input)](session& work) -> result<rest_answer> {
    TRY_ASSIGN(const agent row, create_agent(work, context->env(), context->who(), input,
                                             context->request_id()));
    return rest_answer{.status = 201, .body = cartesia_managed_agent_text(row)};
  });
}

void cartesia_managed_agents_list(rest_context context) {
  query_reader query(context->query_parameters());
  const page_request cut = query.cartesia_page<agent_id>();
  const std::string search = query.text("q").value_or("");
  if (auto read = query.finish(); !read) return context->fail(read.error());
  context->query_store([who = context->who(), search, cut](session& work) -> result<rest_answer> {
    TRY_ASSIGN(const auto agents, list_agents(work, who, search, cut));
    return rest_answer{.status = 200, .body = cartesia_managed_agent_page_text(agents)};
  });
}

void cartesia_managed_agents_get(rest_context context) {
  const auto id = agent_in_path(*context);
  if (!id) return context->fail(id.error());
  context->query_store([who = context->who(), id = *id](session& work) -> result<rest_answer> {
    TRY_ASSIGN(const agent row, find_agent(work, who, id));
    return rest_answer{.status = 200, .body = cartesia_managed_agent_text(row)};
  });
}

void cartesia_managed_agents_update(rest_context context) {
  const auto id = agent_in_path(*context);
  if (!id) return context->fail(id.error());
  auto change = read_managed_agent_change(*context);
  if (!change) return context->fail(change.error());
  context->mutate([context, id = *id,
                   change = *std::move(change)](session& work) -> result<rest_answer> {
    TRY_ASSIGN(const agent row, update_agent(work, context->env(), context->who(), id, change,
                                             context->request_id()));
    return rest_answer{.status = 200, .body = cartesia_managed_agent_text(row)};
  });
}

void cartesia_managed_agents_delete(rest_context context) { cartesia_agents_delete(context); }

}  // namespace dialplane
