#include "edge/cli/client_call.hpp"

#include <boost/json/serialize.hpp>

#include "edge/cli/next_steps.hpp"
#include "edge/cli/terminal.hpp"

namespace dialplane::cli {

namespace {

namespace json = boost::json;

std::string advice_text(const advice& say) {
  std::string text;
  for (const std::string& hint : say.hints) text += harmless(hint) + "\n";
  for (const next_step& step : say.steps) {
    text += "  " + harmless(step.command) + "   " + harmless(step.description) + "\n";
  }
  return text.empty() ? text : "\n" + text;
}

std::string lines_of(const json::value& rows) {
  std::string text;
  for (const json::value& row : rows.get_array()) text += json::serialize(row) + "\n";
  return text;
}

int print_success(const client_call& call, const json::value& result, std::string_view result_text,
                  const advice& say) {
  const json::value& rows =
      call.command.view.rows.empty() ? result : value_at(result, call.command.view.rows);
  if (call.form == output_form::people) {
    print_text(text_of_answer(result, call.command.view, call.style));
    say_beside(advice_text(say));
  } else if (call.form == output_form::json_lines && rows.is_array()) {
    print_text(lines_of(rows));
  } else {
    print_text(success_document(call.command.action, result_text, say));
  }
  return 0;
}

}  // namespace

int client_call::succeed(const api_answer& answer) const {
  return print_success(*this, answer.body, answer.text, advice_after(*this, answer));
}

int client_call::succeed(const json::value& result, const advice& say) const {
  return print_success(*this, result, json::serialize(result), say);
}

int client_call::fail(const command_error& why) const {
  const advice say = advice_after(*this, why);
  std::string text = program + ": " + harmless(why.message);
  if (!why.reason.empty()) text += " (" + harmless(why.reason) + ")";
  text += "\n";
  if (!why.hint.empty()) text += harmless(why.hint) + "\n";
  if (!why.request_id.empty()) text += "request id: " + harmless(why.request_id) + "\n";
  text += advice_text(say);
  say_beside(text);
  if (form != output_form::people) print_text(failure_document(command.action, why, say));
  return why.exit_code;
}

void say_beside(std::string_view sentence) { print_beside(sentence); }

}  // namespace dialplane::cli
