// An agent whose message endpoint is a developer's own server for the time of one `listen`: which
// texts are its, and sending its answers.
//
// As docs/webhooks.md says of message endpoints: texts to the numbers it is assigned to with
// receive_sms, and to those that it answers; {"body": "…"} is sent back to whoever wrote, once per
// text however often that is delivered, because the Idempotency-Key is made of the text's id.
#pragma once

#include <boost/system/result.hpp>
#include <chrono>
#include <map>
#include <string>

#include "base/ids.hpp"
#include "edge/cli/api_client.hpp"
#include "edge/cli/envelope.hpp"
#include "edge/cli/event_follower.hpp"

namespace dialplane::cli {

struct sent_reply {
  std::string status;      // "queued", "sent", ..., "refused"; empty: there was no answer to send
  std::string message_id;
  std::string problem;     // one sentence, where it was not sent
};

class local_agent {
 public:
  // `api` must outlive the agent. The outer error: the id is none; the inner: the server's.
  static result<boost::system::result<local_agent, command_error>> find(api_client& api,
                                                                        const std::string& id);

  // Is this text (sms.received) one of the agent's? Asks the server, and for some seconds no more.
  bool reads(const followed_event& text);
  // Sends what the agent answered, if it is an answer; to a keyword there is none.
  sent_reply answer(const followed_event& text, const std::string& json_answer);

 private:
  struct known_number {
    bool is_read = false;
    std::chrono::steady_clock::time_point until;
  };

  local_agent(api_client& api, agent_id id) : api_(&api), id_(id) {}
  bool ask_whether_read(const std::string& phone, const followed_event& text);

  api_client* api_;
  agent_id id_;
  std::map<std::string, known_number> known_;
};

}  // namespace dialplane::cli
