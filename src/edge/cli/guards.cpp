#include "edge/cli/guards.hpp"

#include "base/clock.hpp"
#include "edge/cli/purchase_price.hpp"
#include "edge/cli/questions.hpp"
#include "edge/cli/watch.hpp"
#include "net/form_encoding.hpp"

namespace dialplane::cli {

namespace {

namespace json = boost::json;

constexpr std::size_t agents_looked_at = 5;
constexpr std::int64_t week_ms = 7 * 86'400'000LL;

int stopped(const client_call& call, std::string sentence) {
  command_error why;
  why.code = "not_confirmed";
  why.message = std::move(sentence);
  return call.fail(why);
}

// A question whose answer is yes; else how the command ends.
std::optional<int> unless_yes(const client_call& call, std::string_view question,
                              std::string_view otherwise) {
  if (ask_yes(question)) return std::nullopt;
  return stopped(call, std::string(otherwise));
}

std::string priced_lines(const purchase_price& price) {
  std::string text = "  price    ";
  if (price.credits.empty()) {
    text += "the server cannot say it now";
  } else {
    text += (price.is_most ? "at most " : "") + price.credits + " credits now";
    if (!price.fees.empty()) text += ", " + price.fees + " of them to register for texting";
    if (!price.monthly.empty()) text += "; " + price.monthly + " a month";
  }
  text += "\n";
  if (!price.balance.empty()) text += "  balance  " + price.balance + " credits\n";
  if (!price.covered) text += "The balance does not cover the price.\n";
  return text;
}

std::optional<int> ask_purchase(client_call& call, api_request& request) {
  const bool is_naive = call.command.action == "phone.provision";
  waiting_spinner spinner(call);
  spinner.say("asking for the price");
  const auto price = is_naive ? price_of_provision(call, request)
                              : price_of_cartesia_number(call, request);
  spinner.end();
  if (!price) return call.fail(price.error());
  return unless_yes(call, "Buy " + price->what + "\n" + priced_lines(*price) + "Buy it? [y/N] ",
                    "Nothing was bought.");
}

std::string plain_text_at(const json::value& from, std::string_view path) {
  return plain_text(value_at(from, path));
}

std::optional<int> ask_approval(client_call& call, const api_request& request) {
  const std::string id = call.given.words.empty() ? std::string() : call.given.words.front();
  const api_result told =
      call.api->ask(beside(request, "/v1/approvals/" + percent_encoded(id)));
  if (!told) return call.fail(error_of(told.error()));
  if (told->status != 200) return call.fail(error_of(*told, false));
  // Whatever is resolved stays resolved: approving buys nothing any more.
  if (plain_text_at(told->body, "status") != "pending") return std::nullopt;
  purchase_price price;
  price.credits = plain_text_at(told->body, "credits_estimate");
  price.balance = balance_of(call, request);
  price.covered = covers(price.balance, price.credits);
  const json::value& frozen = value_at(told->body, "payload");
  std::string question = "Approve: " + plain_text_at(told->body, "title") + "\n";
  if (const json::object* members = frozen.if_object()) {
    for (const auto& member : *members) {
      if (member.value().is_null()) continue;
      question += "  " + harmless(member.key()) + "  " + plain_text(member.value()) + "\n";
    }
  }
  question += "  asked    by " + plain_text_at(told->body, "requested_by_actor_type") + ", " +
              plain_text_at(told->body, "created_at") + "\n";
  return unless_yes(call, question + priced_lines(price) + "Let it run? [y/N] ",
                    "Nothing was approved.");
}

struct week_traffic {
  std::size_t texts = 0, calls = 0;
  bool texts_known = false, calls_known = false;
  bool more_texts = false, more_calls = false;
};

bool is_of_this_week(const json::value& row, std::string_view path) {
  const auto at = parse_rfc3339(plain_text_at(row, path));
  return at && (system_clock().now() - *at).count() < week_ms;
}

void count_texts(client_call& call, const api_request& like, const std::string& id,
                 week_traffic& seen) {
  const api_result told = call.api->ask(
      beside(like, "/v1/phone/" + percent_encoded(id) + "/messages?direction=all&limit=100"));
  const json::array* rows =
      told && told->status == 200 ? value_at(told->body, "messages").if_array() : nullptr;
  if (rows == nullptr) return;
  seen.texts_known = true;
  for (const json::value& row : *rows) {
    const bool received = value_at(row, "received_at").is_string();
    seen.texts += is_of_this_week(row, received ? "received_at" : "created_at") ? 1 : 0;
  }
  seen.more_texts = seen.texts == rows->size() && value_at(told->body, "next_cursor").is_string();
}

// Calls are listed by agent.
void count_calls(client_call& call, const api_request& like, const json::array& agents,
                 const std::string& e164, week_traffic& seen) {
  seen.calls_known = agents.size() <= agents_looked_at;
  for (std::size_t at = 0; at < agents.size() && seen.calls_known; ++at) {
    const json::value& id = agents[at].is_object() ? value_at(agents[at], "agent_id") : agents[at];
    const api_result told = call.api->ask(
        beside(like, "/agents/calls?limit=100&agent_id=" + percent_encoded(plain_text(id))));
    const json::array* rows =
        told && told->status == 200 ? value_at(told->body, "data").if_array() : nullptr;
    seen.calls_known = rows != nullptr;
    if (rows == nullptr) return;
    for (const json::value& row : *rows) {
      const bool ours = plain_text_at(row, "telephony_params.to") == e164 ||
                        plain_text_at(row, "telephony_params.from") == e164;
      seen.calls += ours && is_of_this_week(row, "start_time") ? 1 : 0;
    }
    seen.more_calls = seen.more_calls || plain_text_at(told->body, "has_more") == "yes";
  }
}

std::string counted(bool known, std::size_t count, bool more, std::string_view what) {
  if (!known) return std::string(what) + "s not known";
  return std::to_string(count) + (more ? " or more " : " ") + std::string(what) +
         (count == 1 && !more ? "" : "s");
}

std::optional<int> ask_release(client_call& call, const api_request& request) {
  const std::string id = call.given.words.empty() ? std::string() : call.given.words.front();
  const api_result told = call.api->ask(beside(request, "/v1/phone/" + percent_encoded(id)));
  if (!told) return call.fail(error_of(told.error()));
  if (told->status != 200) return call.fail(error_of(*told, false));
  const json::value& number = value_at(told->body, "e164");
  if (!number.is_string() || number.get_string().size() < 4) {
    return unless_yes(call, "This number is still being bought. Give it up? [y/N] ",
                      "Nothing was released.");
  }
  const std::string e164 = harmless(number.get_string());
  week_traffic seen;
  count_texts(call, request, id, seen);
  const json::array* agents = value_at(told->body, "agents").if_array();
  if (agents != nullptr) count_calls(call, request, *agents, e164, seen);
  const json::value& label = value_at(told->body, "label");
  std::string question = "Release " + e164;
  if (label.is_string()) question += " \"" + plain_text(label) + "\"";
  question += "\n  last 7 days  " + counted(seen.texts_known, seen.texts, seen.more_texts, "text") +
              ", " + counted(seen.calls_known, seen.calls, seen.more_calls, "call") + "\n";
  if (agents != nullptr && !agents->empty()) {
    question += "  agents       " + std::to_string(agents->size()) + " connected\n";
  }
  question += "Type its last four digits to release it: ";
  const auto digits = ask_line(question);
  if (digits && *digits == e164.substr(e164.size() - 4)) return std::nullopt;
  return stopped(call, digits && !digits->empty()
                           ? "Those are not its last four digits. Nothing was released."
                           : "Nothing was released.");
}

std::optional<int> ask_removal(client_call& call) {
  std::string what(call.command.name);
  for (const std::string& word : call.given.words) what += " " + harmless(word);
  return unless_yes(call, what + ": " + std::string(call.command.help) + "\nGo on? [y/N] ",
                    "Nothing was removed.");
}

}  // namespace

std::optional<int> ask_before(client_call& call, api_request& request) {
  if (!call.asks) return std::nullopt;
  switch (call.command.effect) {
    case command_effect::reads:
    case command_effect::changes: return std::nullopt;
    case command_effect::spends:
      return call.command.action == "approvals.approve" ? ask_approval(call, request)
                                                        : ask_purchase(call, request);
    case command_effect::releases: return ask_release(call, request);
    case command_effect::removes: return ask_removal(call);
  }
  return std::nullopt;
}

}  // namespace dialplane::cli
