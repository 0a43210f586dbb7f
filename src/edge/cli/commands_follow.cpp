// tail and listen: events as they happen, shown, or delivered to a developer's own server.
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <array>
#include <ctime>
#include <utility>

#include "base/random.hpp"
#include "edge/cli/all_commands.hpp"
#include "edge/cli/client_call.hpp"
#include "edge/cli/event_follower.hpp"
#include "edge/cli/interrupts.hpp"
#include "edge/cli/local_agent.hpp"
#include "edge/cli/local_delivery.hpp"
#include "edge/cli/terminal.hpp"
#include "webhooks/signing.hpp"

namespace dialplane::cli {

namespace {

namespace json = boost::json;

constexpr std::size_t secret_length_max = 200;
constexpr std::size_t type_width = 26;

std::string local_clock(std::int64_t unix_ms) {
  const std::time_t seconds = unix_ms / 1000;
  std::tm parts{};
  char text[16];
  if (localtime_r(&seconds, &parts) == nullptr) return "--:--:--";
  return std::string(text, std::strftime(text, sizeof text, "%H:%M:%S", &parts));
}

std::string filled_to(std::string text, std::size_t width) {
  text.resize(std::max(text.size(), width), ' ');
  return text;
}

std::string dimmed(const text_style& style, const std::string& text) {
  return style.colours ? "\x1b[2m" + text + "\x1b[0m" : text;
}

// What one looks for in an event: who, which number, what became of it.
bool is_interesting(std::string_view name) {
  constexpr std::array words = {"from", "to",     "e164",   "status", "direction",
                                "name", "reason", "method", "keyword"};
  if (name == "tenant_user_id" || name == "request_id") return false;
  return name == "id" || name.ends_with("_id") || std::ranges::find(words, name) != words.end();
}

std::string people_line(const followed_event& news, const text_style& style) {
  std::string line = local_clock(news.unix_ms()) + "  " +
                     filled_to(harmless(news.type, 64), type_width);
  for (const auto& member : news.data()) {
    const json::value& value = member.value();
    if (!is_interesting(member.key()) || value.is_null() || value.is_structured()) continue;
    line += " " + dimmed(style, harmless(std::string_view(member.key()), 64) + "=") +
            harmless(plain_text(value), 120);
  }
  return line + "\n";
}

result<std::unique_ptr<event_follower>> follow(const client_call& call, std::string usual_types) {
  follow_wish wish;
  if (const auto since = call.given.text_of("--since")) {
    TRY_ASSIGN(wish, read_since(*since, system_clock().now()));
  }
  wish.types = call.given.text_of("--types").value_or(std::move(usual_types));
  return event_follower::open(call.to, std::move(wish));
}

int tail(client_call& call) {
  const interrupt_notice notice;
  const auto events = follow(call, "");
  if (!events) return call.fail(events.error());
  const bool for_people = call.form == output_form::people;
  while (const auto news = (*events)->next()) {
    print_text(for_people ? people_line(*news, call.style) : news->text + "\n");
  }
  if ((*events)->failure()) return call.fail(*(*events)->failure());
  return 0;
}

std::string outcome_text(const local_attempts& made) {
  std::string text = made.status ? std::to_string(*made.status) : made.error;
  text += "  " + std::to_string(made.took.count()) + " ms";
  if (made.tries > 1) text += ", " + std::to_string(made.tries) + " tries";
  return text;
}

void print_delivery(const client_call& call, const followed_event& news,
                    const local_attempts& made, const sent_reply& reply) {
  if (call.form == output_form::people) {
    std::string line = local_clock(system_clock().now().unix_ms) + "  " +
                       filled_to(harmless(news.type, 64), type_width) + " " + news.id + "  " +
                       outcome_text(made);
    if (!reply.status.empty()) line += "  answer " + reply.status;
    print_text(line + "\n");
    if (!reply.problem.empty()) print_beside(harmless(reply.problem) + "\n");
    return;
  }
  json::object row{{"event_id", news.id},
                   {"event", news.type},
                   {"delivered", made.delivered()},
                   {"status", made.status ? json::value(*made.status) : json::value()},
                   {"error", made.error.empty() ? json::value() : json::value(made.error)},
                   {"took_ms", made.took.count()},
                   {"tries", made.tries}};
  if (!reply.status.empty()) {
    row["answer"] = {{"status", reply.status},
                     {"message_id", reply.message_id.empty() ? json::value()
                                                             : json::value(reply.message_id)}};
    if (!reply.problem.empty()) row["answer"].as_object()["problem"] = reply.problem;
  }
  print_text(json::serialize(row) + "\n");
}

result<secret_string> signing_secret(const client_call& call) {
  if (const auto given = call.given.text_of("--secret")) {
    const bool visible = std::ranges::all_of(*given, [](char c) { return c > ' ' && c < 0x7f; });
    if (!visible || given->size() < 8 || given->size() > secret_length_max) {
      return bad_field("secret", "--secret must be 8 to 200 visible characters.");
    }
    return secret_string(*given);
  }
  system_random random;
  return new_webhook_secret(random);
}

int listen(client_call& call) {
  const interrupt_notice notice;
  const auto url = call.given.text_of("--forward");
  if (!url) return call.fail(bad_field("forward", "--forward URL is required."));
  auto secret = signing_secret(call);
  if (!secret) return call.fail(secret.error());
  const std::string shown(secret->reveal());
  auto to = local_delivery::open(*url, *std::move(secret));
  if (!to) return call.fail(to.error());
  std::optional<local_agent> agent;
  if (const auto id = call.given.text_of("--agent")) {
    auto found = local_agent::find(*call.api, *id);
    if (!found) return call.fail(found.error());
    if (!*found) return call.fail((*found).error());
    agent = **std::move(found);
  }
  const auto events = follow(call, agent ? "sms.received" : "");
  if (!events) return call.fail(events.error());
  if (!call.given.text_of("--secret")) {
    print_beside("Deliveries are signed with " + shown + " (this run only; --secret fixes it).\n");
  }
  while (const auto news = (*events)->next()) {
    const bool is_text = news->type == "sms.received";
    if (agent && is_text && !agent->reads(*news)) continue;
    const local_attempts made = (*to)->deliver(*news);
    if (was_interrupted()) break;
    sent_reply reply;
    if (agent && is_text && made.delivered()) reply = agent->answer(*news, made.json_answer);
    print_delivery(call, *news, made, reply);
  }
  if ((*events)->failure()) return call.fail(*(*events)->failure());
  return 0;
}

constexpr command_value types_option = {.name = "--types",
                                        .field = "",
                                        .help = "Which events, comma-separated (all).",
                                        .placeholder = "LIST",
                                        .completes = "event_type"};
constexpr command_value since_option = {
    .name = "--since",
    .field = "",
    .help = "Begin after this event, at this time, or so long ago (10m, 2h, 1d); else now.",
    .placeholder = "EVENT|TIME"};
constexpr command_value tail_options[] = {types_option, since_option};
constexpr command_value listen_options[] = {
    {.name = "--forward", .field = "", .help = "Where events are posted, on this machine mostly.",
     .placeholder = "URL", .required = true},
    types_option,
    {.name = "--agent", .field = "",
     .help = "Be this agent's message endpoint: texts to its numbers, and its answers sent back.",
     .placeholder = "ID", .completes = "agent"},
    {.name = "--secret", .field = "",
     .help = "Sign with this instead of a secret made for this run.", .placeholder = "SECRET"},
    since_option};

constexpr client_command follow_table[] = {
    {.name = "tail", .action = "tail", .method = "", .path = "",
     .help = "Show events as they happen, until Ctrl-C.",
     .example = "tail --types sms.received,sms.status --since 10m", .options = tail_options,
     .run = tail},
    {.name = "listen", .action = "listen", .method = "", .path = "",
     .help = "Deliver events to your own machine as webhooks, until Ctrl-C.",
     .example = "listen --forward http://localhost:3000/hook --agent support",
     .options = listen_options, .effect = command_effect::changes, .run = listen},
};

}  // namespace

std::span<const client_command> following_commands() noexcept { return follow_table; }

}  // namespace dialplane::cli
