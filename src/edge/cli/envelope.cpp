#include "edge/cli/envelope.hpp"

#include <boost/json/serialize.hpp>

namespace dialplane::cli {

namespace {

namespace json = boost::json;

constexpr int exit_refused = 1, exit_usage = 2, exit_key = 3, exit_unknown = 5;

std::string text_member(const json::object& members, std::string_view name) {
  const json::value* found = members.if_contains(name);
  return found != nullptr && found->is_string() ? std::string(found->get_string()) : std::string();
}

// The exit codes of contract/errors.yaml, as far as the wire tells the codes apart; a test
// compares.
int exit_code_of(int status, const command_error& why, bool changed_something) {
  if (status == 401) return exit_key;
  const json::value* title = why.more.if_contains("title");
  const bool plain_refusal = title == nullptr || *title == "Forbidden";
  if (status == 403 && why.code == "forbidden" && why.reason.empty() && plain_refusal) {
    return exit_key;
  }
  if (why.reason == "carrier_outcome_unknown" || why.reason == "timed_out") return exit_unknown;
  if (why.code == "approval_required" || why.reason == "approval_required") return 0;
  if (status >= 500 && why.code == "internal_error") {
    return changed_something ? exit_unknown : exit_refused;
  }
  return exit_refused;
}

void read_naive(command_error& into, const json::object& members) {
  for (const auto& member : members) {
    const std::string_view name = member.key();
    if (name == "code") into.code = text_member(members, name);
    else if (name == "message") into.message = text_member(members, name);
    else if (name == "hint") into.hint = text_member(members, name);
    else if (name == "reason") into.reason = text_member(members, name);
    else into.more[name] = member.value();
  }
}

void read_cartesia(command_error& into, const json::object& members) {
  into.code = text_member(members, "error_code");
  into.message = text_member(members, "message");
  if (into.message.empty()) into.message = text_member(members, "title");
  for (const auto& member : members) {
    const std::string_view name = member.key();
    if (name == "error_code" || name == "message" || name == "request_id") continue;
    into.more[name] = member.value();
  }
  const std::string title = text_member(members, "title");
  if (title == "Outcome not known yet") into.reason = "carrier_outcome_unknown";
  if (title == "Timed out") into.reason = "timed_out";
}

json::array steps_json(const advice& say) {
  json::array steps;
  for (const next_step& one : say.steps) {
    steps.push_back(json::object{{"command", one.command}, {"description", one.description}});
  }
  return steps;
}

std::string end_of_document(const advice& say) {
  json::array hints;
  for (const std::string& one : say.hints) hints.push_back(json::value(one));
  return ",\"hints\":" + json::serialize(hints) +
         ",\"next_steps\":" + json::serialize(steps_json(say)) + "}\n";
}

}  // namespace

command_error error_of(const api_answer& answer, bool changed_something) {
  command_error why;
  why.request_id = answer.request_id;
  const json::object* body = answer.body.if_object();
  const json::value* inner = body == nullptr ? nullptr : body->if_contains("error");
  if (inner != nullptr && inner->is_object()) {
    read_naive(why, inner->get_object());
  } else if (body != nullptr) {
    read_cartesia(why, *body);
  }
  if (why.code.empty()) why.code = "bad_answer";
  if (why.message.empty()) {
    why.message = "The server answered with status " + std::to_string(answer.status) + ".";
  }
  why.exit_code = exit_code_of(answer.status, why, changed_something);
  return why;
}

command_error error_of(const api_failure& failure) {
  command_error why;
  why.code = failure.code;
  why.message = failure.message;
  why.hint = failure.hint;
  why.exit_code = failure.exit_code;
  return why;
}

command_error error_of(const error& failure) {
  command_error why;
  why.code = name_of(failure.code);
  why.message = failure.message;
  why.hint = failure.hint;
  if (!failure.field.empty()) why.more["field"] = failure.field;
  why.exit_code = exit_usage;
  return why;
}

std::string success_document(std::string_view action, std::string_view result_json,
                             const advice& say) {
  return "{\"success\":true,\"action\":" + json::serialize(json::value(action)) +
         ",\"result\":" + std::string(result_json.empty() ? "null" : result_json) +
         end_of_document(say);
}

std::string failure_document(std::string_view action, const command_error& why,
                             const advice& say, std::string_view result_json) {
  json::object failure{{"code", why.code}, {"message", why.message}};
  failure["hint"] = why.hint.empty() ? json::value() : json::value(why.hint);
  if (!why.reason.empty()) failure["reason"] = why.reason;
  if (!why.request_id.empty()) failure["request_id"] = why.request_id;
  for (const auto& member : why.more) {
    if (!failure.contains(member.key())) failure[member.key()] = member.value();
  }
  return "{\"success\":false,\"action\":" + json::serialize(json::value(action)) +
         (result_json.empty() ? "" : ",\"result\":" + std::string(result_json)) +
         ",\"error\":" + json::serialize(failure) + end_of_document(say);
}

}  // namespace dialplane::cli
