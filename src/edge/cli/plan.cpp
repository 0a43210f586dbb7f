#include "edge/cli/plan.hpp"

#include <boost/json/parse.hpp>

#include "edge/cli/client_call.hpp"
#include "edge/cli/interrupts.hpp"
#include "edge/cli/plan_difference.hpp"
#include "edge/cli/questions.hpp"
#include "edge/cli/terminal.hpp"

namespace dialplane::cli {

namespace {

namespace json = boost::json;

constexpr std::size_t plan_pages_max = 100;

// A refusal by the server, or none.
using refusal = std::optional<command_error>;

std::string next_of(const json::value& body, std::string_view cursor, const json::array& rows) {
  const auto text = [](const json::value& found) {
    return found.is_string() ? std::string(found.get_string()) : std::string();
  };
  if (cursor == "cursor") {
    const std::string next = text(value_at(body, "next_cursor"));
    return next.empty() ? next : "&cursor=" + next;
  }
  if (rows.empty()) return {};
  if (cursor == "offset") {
    return rows.size() % 100 == 0 ? "&offset=" + std::to_string(rows.size()) : std::string();
  }
  const json::value& more = value_at(body, "has_more");
  if (!more.is_bool() || !more.get_bool()) return {};
  return "&starting_after=" + text(value_at(rows.back(), "id"));
}

refusal read_all(client_call& call, const std::string& target, std::string_view member,
                 std::string_view cursor, json::array& into) {
  std::string more;
  for (std::size_t page = 0; page < plan_pages_max; ++page) {
    api_request request{.method = "GET", .target = target + more};
    if (call.to.user) request.headers.emplace_back("X-Naive-User-Id", *call.to.user);
    const api_result told = call.api->ask(request);
    if (!told) return error_of(told.error());
    if (told->status != 200) return error_of(*told, false);
    const json::value& rows = value_at(told->body, member);
    if (!rows.is_array()) return std::nullopt;
    for (const json::value& row : rows.get_array()) into.push_back(row);
    more = next_of(told->body, cursor, into);
    if (more.empty()) return std::nullopt;
  }
  return error_of(refused(error_code::invalid_input, "There is more at the server than a plan "
                                                     "can hold."));
}

// What the list of agents leaves out: instructions, and where calls go.
void read_agent_whole(client_call& call, const wished_agent& agent, plan_present& into) {
  const auto read = [&call](const std::string& target) -> std::optional<json::value> {
    const api_result told = call.api->ask({.method = "GET", .target = target});
    if (!told || told->status != 200) return std::nullopt;
    return told->body;
  };
  for (json::value& row : into.agents) {
    const std::string name = plain_text(value_at(row, "name"));
    if (name != agent.name && name != agent.was) continue;
    const std::string id = plain_text(value_at(row, "id"));
    if (agent.instructions) row = read("/v1/agents/" + id).value_or(row);
    if (!agent.voice) continue;
    if (auto voice = read("/v1/voice-endpoints/" + id)) into.voices[id] = *std::move(voice);
  }
}

// Only what the file is about is read: an agent key may not see everything.
refusal read_present(client_call& call, const plan_wish& wish, plan_present& into) {
  if (!wish.kits.empty()) {
    if (auto why = read_all(call, "/v1/account-kits?limit=100", "account_kits", "offset",
                            into.kits)) return why;
  }
  if (auto why = read_all(call, "/v1/agents?limit=100", "data", "after", into.agents)) return why;
  if (!wish.webhooks.empty()) {
    if (auto why = read_all(call, "/v1/webhooks?limit=100", "webhooks", "cursor", into.webhooks)) {
      return why;
    }
  }
  if (auto why = read_all(call, "/v1/phone?limit=100", "phones", "cursor", into.numbers)) {
    return why;
  }
  if (auto why = read_all(call, "/v1/approvals?status=pending&limit=100", "approvals", "cursor",
                          into.approvals)) return why;
  for (const wished_agent& agent : wish.agents) read_agent_whole(call, agent, into);
  return std::nullopt;
}

struct made_plan {
  std::vector<plan_step> steps;
  ids_by_name known;
};

std::optional<int> make_plan(client_call& call, made_plan& into) {
  const auto file = call.given.text_of("--file");
  if (!file) return call.fail(bad_field("--file", "Say which file: --file numbers.yaml."));
  const auto wish = read_plan(*file);
  if (!wish) return call.fail(wish.error());
  plan_present present;
  if (const auto why = read_present(call, *wish, present)) return call.fail(*why);
  into.steps = difference(*wish, present, into.known, call.program);
  return std::nullopt;
}

json::object step_json(const plan_step& step) {
  return {{"act", name_of(step.act)}, {"what", step.what}, {"says", step.sentence},
          {"spends", step.spends}};
}

json::array plan_steps_json(const std::vector<plan_step>& steps) {
  json::array rows;
  for (const plan_step& step : steps) rows.push_back(step_json(step));
  return rows;
}

std::size_t count_to_do(const std::vector<plan_step>& steps) {
  return static_cast<std::size_t>(
      std::ranges::count_if(steps, [](const plan_step& step) { return step.request != nullptr; }));
}

// One line per step; commands in it are not cut short.
std::string text_of(const std::vector<plan_step>& steps) {
  std::string text;
  for (const plan_step& step : steps) {
    const std::string_view sign = step.act == plan_act::leave    ? "  "
                                  : step.act == plan_act::create ? "+ "
                                  : step.act == plan_act::wait   ? "? "
                                                                 : "~ ";
    text.append(sign).append(harmless(step.what)).append(" ").append(harmless(step.sentence));
    text.append("\n");
  }
  return text.empty() ? "Nothing differs.\n" : text;
}

// On a terminal, before money is spent.
bool agreed(const client_call& call, const std::vector<plan_step>& steps) {
  const auto bought = std::ranges::count_if(steps, &plan_step::spends);
  if (!call.asks || bought == 0) return true;
  print_beside(text_of(steps));
  const api_result usage = call.api->ask({.method = "GET", .target = "/v1/usage?limit=1"});
  std::string question = "This buys " + std::to_string(bought) + " numbers";
  if (usage) question += "; the balance is " + plain_text(value_at(usage->body, "balance"));
  return ask_yes(question + ". Go on? [y/N] ");
}

// Asks for one step; the id it made is remembered.
std::optional<command_error> take_step(client_call& call, const plan_step& step,
                                       ids_by_name& known, json::object& row) {
  api_request request = step.request(known);
  request.idempotency_key = new_idempotency_key();
  if (call.to.user) request.headers.emplace_back("X-Naive-User-Id", *call.to.user);
  const api_result told = call.api->ask(request);
  if (!told) return error_of(told.error());
  if (told->status >= 300) return error_of(*told, true);
  if (!step.learns.empty()) known[step.learns] = plain_text(value_at(told->body, "id"));
  const bool waits = value_at(told->body, "status") == "pending_approval";
  row["outcome"] = waits ? "pending_approval" : "done";
  row["answer"] = told->body;
  return std::nullopt;
}

}  // namespace

int run_plan(client_call& call) {
  made_plan plan;
  if (const auto ended = make_plan(call, plan)) return *ended;
  const std::size_t to_do = count_to_do(plan.steps);
  advice say;
  if (to_do > 0) {
    say.steps.push_back({call.spelt("apply -f " + *call.given.text_of("--file")),
                         "do these " + std::to_string(to_do) + " things"});
  }
  if (call.form == output_form::people) {
    print_text(text_of(plan.steps));
    for (const next_step& one : say.steps) say_beside("\n" + one.command + "\n");
    return 0;
  }
  return call.succeed(
      json::object{{"differs", to_do > 0}, {"steps", plan_steps_json(plan.steps)}}, say);
}

int run_apply(client_call& call) {
  const interrupt_notice notice;
  made_plan plan;
  if (const auto ended = make_plan(call, plan)) return *ended;
  if (!agreed(call, plan.steps)) {
    return call.fail(command_error{.code = "not_confirmed", .message = "Nothing was done."});
  }
  json::array rows;
  std::size_t done = 0;
  for (const plan_step& step : plan.steps) {
    json::object row = step_json(step);
    if (!step.request) {
      row["outcome"] = "left";
      rows.push_back(std::move(row));
      continue;
    }
    std::optional<command_error> why;
    if (was_interrupted()) {
      why = command_error{.code = "interrupted", .message = "It was interrupted."};
    } else {
      why = take_step(call, step, plan.known, row);
    }
    if (why) {
      why->message = step.what + ": " + why->message + " " + std::to_string(done) + " of " +
                     std::to_string(count_to_do(plan.steps)) + " things were done.";
      why->more["done"] = std::move(rows);
      return call.fail(*why);
    }
    ++done;
    rows.push_back(std::move(row));
  }
  return call.succeed(json::object{{"done", done}, {"steps", std::move(rows)}});
}

}  // namespace dialplane::cli
