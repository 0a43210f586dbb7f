// Agents in the cartesia dialect, first generation of paths, and the service's own status.
#include "app/agents.hpp"
#include "app/subject.hpp"
#include "edge/rest/cartesia_handlers.hpp"
#include "edge/rest/cartesia_input.hpp"
#include "edge/rest/cartesia_rendering.hpp"

namespace dialplane {

namespace {

// These lists have no pages on the wire; this bounds them, a page of the store at a time.
constexpr std::size_t unpaged_max = 10'000;
constexpr std::size_t store_page_size = 100;

// All rows of a paged query, at most unpaged_max.
template <typename T, typename Ask>
result<std::vector<T>> all_pages(Ask ask, uuid_bytes (*id_of)(const T&)) {
  std::vector<T> all;
  page_request cut;
  cut.limit = store_page_size;
  while (all.size() < unpaged_max) {
    TRY_ASSIGN(auto next, ask(cut));
    for (T& row : next.rows) all.push_back(std::move(row));
    if (!next.has_more || next.rows.empty()) break;
    cut.after = id_of(all.back());
  }
  return all;
}

result<std::vector<number_view>> numbers_of_agent(session& work, const actor& who, agent_id id) {
  number_filter only;
  only.user = visible_user(who, std::nullopt);
  only.inbound_agent = id;
  only.statuses = {number_status::active, number_status::suspended};
  only.with_e164_only = true;
  return all_pages<number_view>(
      [&](const page_request& cut) {
        return work.numbers().page_of(who.organization, only, cut);
      },
      [](const number_view& view) { return view.row.id.bytes; });
}

result<rest_answer> agent_answer(session& work, const actor& who, const agent& row) {
  TRY_ASSIGN(const auto numbers, numbers_of_agent(work, who, row.id));
  return rest_answer{.status = 200, .body = cartesia_agent_text(row, &numbers)};
}

result<agent_change> read_agent_change(request_context& context) {
  TRY_ASSIGN(const boost::json::object* members, context.body());
  object_reader body(*members);
  agent_change change;
  // Null leaves a member as it is, except the description, which it empties.
  if (body.has("name") && members->at("name").is_null()) {
    body.ignore("name");
  } else {
    change.name = trimmed_text(body, "name", 64);
  }
  change.description =
      body.nullable_string("description", {.max = 1'000, .allow_line_breaks = true});
  change.tts_voice = body.nullable_string("tts_voice", {.max = 255}).value;
  change.tts_language = body.nullable_string("tts_language", {.min = 1, .max = 35}).value;
  change.webhook = body.nullable_string("webhook_id", {.min = 1, .max = 64});
  TRY(body.finish());
  return change;
}

}  // namespace

void cartesia_status(rest_context context) {
  context->answer(json_answer(200, {{"ok", true}, {"version", DIALPLANE_VERSION}}));
}

void cartesia_agents_templates(rest_context context) {
  context->answer({.status = 200, .body = R"({"templates":[]})"});
}

void cartesia_agents_list(rest_context context) {
  query_reader query(context->query_parameters());
  if (auto read = query.finish(); !read) return context->fail(read.error());
  context->query_store([who = context->who()](session& work) -> result<rest_answer> {
    TRY_ASSIGN(const auto agents,
               all_pages<agent>(
                   [&](const page_request& cut) { return list_agents(work, who, {}, cut); },
                   [](const agent& row) { return row.id.bytes; }));
    std::string body = R"({"summaries":[)";
    for (std::size_t i = 0; i < agents.size(); ++i) {
      if (i > 0) body += ',';
      body += cartesia_agent_text(agents[i], nullptr);
    }
    body += "]}";
    return rest_answer{.status = 200, .body = std::move(body)};
  });
}

void cartesia_agents_get(rest_context context) {
  const auto id = agent_in_path(*context);
  if (!id) return context->fail(id.error());
  context->query_store([who = context->who(), id = *id](session& work) -> result<rest_answer> {
    TRY_ASSIGN(const agent row, find_agent(work, who, id));
    return agent_answer(work, who, row);
  });
}

void cartesia_agents_update(rest_context context) {
  const auto id = agent_in_path(*context);
  if (!id) return context->fail(id.error());
  auto change = read_agent_change(*context);
  if (!change) return context->fail(change.error());
  context->mutate([context, id = *id,
                   change = *std::move(change)](session& work) -> result<rest_answer> {
    TRY_ASSIGN(const agent row, update_agent(work, context->env(), context->who(), id, change,
                                             context->request_id()));
    return agent_answer(work, context->who(), row);
  });
}

void cartesia_agents_delete(rest_context context) {
  const auto id = agent_in_path(*context);
  if (!id) return context->fail(id.error());
  context->mutate([context, id = *id](session& work) -> result<rest_answer> {
    TRY(remove_agent(work, context->env(), context->who(), id, context->request_id()));
    return rest_answer{.status = 204};
  });
}

void cartesia_agents_numbers(rest_context context) {
  const auto id = agent_in_path(*context);
  if (!id) return context->fail(id.error());
  context->query_store([who = context->who(), id = *id](session& work) -> result<rest_answer> {
    TRY(find_agent(work, who, id));
    TRY_ASSIGN(const auto numbers, numbers_of_agent(work, who, id));
    std::string body = "[";
    for (std::size_t i = 0; i < numbers.size(); ++i) {
      if (i > 0) body += ',';
      body += cartesia_agent_number_text(numbers[i]);
    }
    body += ']';
    return rest_answer{.status = 200, .body = std::move(body)};
  });
}

}  // namespace dialplane
