#include "edge/cli/next_steps.hpp"

namespace dialplane::cli {

namespace {

namespace json = boost::json;

void after_provision(const client_call& call, const json::value& body, advice& say) {
  const std::string id = text_at(body, "phone.id");
  if (id.empty()) return;
  const std::string campaign = text_at(body, "campaign.status");
  if (text_at(body, "phone.status") == "pending") {
    say.hints.push_back("The purchase goes on; nothing needs to be sent again.");
    say.steps.push_back({call.spelt("phone get " + id), "see how it is"});
    return;
  }
  say.hints.push_back("The number receives texts now.");
  if (campaign != "active") {
    say.hints.push_back("It may send once its campaign is approved.");
    say.steps.push_back({call.spelt("phone status"), "what is missing for sending"});
  }
  say.steps.push_back({call.spelt("phone messages " + id), "texts that came in"});
}

}  // namespace

advice advice_after(const client_call& call, const api_answer& answer) {
  advice say;
  const json::value& body = answer.body;
  if (text_at(body, "status") == "pending_approval") {
    const std::string id = text_at(body, "approval_id");
    say.hints.push_back("A human must approve this before it runs; nothing was bought yet.");
    say.steps.push_back({call.spelt("approvals approve " + id), "let it run (operator)"});
    say.steps.push_back({call.spelt("approvals get " + id), "see how it stands"});
    return say;
  }
  if (call.command.action == "phone.provision") after_provision(call, body, say);
  const std::string cursor = text_at(body, "next_cursor");
  if (!cursor.empty()) {
    say.steps.push_back(
        {call.spelt(std::string(call.command.name) + " --cursor " + cursor), "the next page"});
  }
  return say;
}

advice advice_after(const client_call& call, const command_error& why) {
  advice say;
  if (why.reason == "ein_required") {
    say.hints.push_back("Add --ein: the first number registers your company with the carriers.");
    say.steps.push_back({call.spelt("phone provision --ein 12-3456789"), "with your own EIN"});
  } else if (why.code == "unauthorized") {
    say.steps.push_back({call.spelt("login"), "try a key and keep it"});
  } else if (why.code == "insufficient_credits") {
    say.steps.push_back({call.spelt("credits packs"), "what can be bought"});
  } else if (why.code == "compliance_pending") {
    say.steps.push_back({call.spelt("phone status"), "what is missing for sending"});
  } else if (why.code == "not_reachable") {
    say.steps.push_back({call.spelt("doctor"), "look for the reason"});
  }
  return say;
}

}  // namespace dialplane::cli
