#include "workflow/texts/agent_reply_taker.hpp"

#include "base/log.hpp"
#include "domain/e164.hpp"
#include "store/message_queries.hpp"
#include "workflow/records.hpp"
#include "workflow/texts/accept_text.hpp"
#include "workflow/texts/send_guards.hpp"

namespace dialplane {

namespace {

constexpr std::size_t body_bytes_max = 6'400;  // 1,600 characters of four bytes

result<void> tell_of_refusal(session& work, workflow_environment& env, const message& answered,
                             const agent_reply& reply, const error& why) {
  return append_event(work, env, answered.organization, answered.user, "sms.reply_refused",
                      {{"message_id", answered.id.prefixed()},
                       {"phone_id", answered.number.uuid()},
                       {"agent_id", reply.agent.uuid()},
                       {"to", answered.from},
                       {"reason", name_of(why.code)},
                       {"message", why.message}});
}

result<void> accept_reply(session& work, workflow_environment& env, const message& answered,
                          const agent_reply& reply) {
  if (reply.body.empty() || reply.body.size() > body_bytes_max) {
    return bad_field("body", "body must be 1 to 1600 characters.");
  }
  TRY_ASSIGN(const e164 recipient, e164::parse(answered.from, "to"));
  TRY_ASSIGN(auto sender, work.numbers().find(answered.organization, answered.number));
  if (!sender || sender->status == number_status::released) {
    return refused(error_code::resource_not_found, "The phone number is not there any more.");
  }
  text_request wanted{.origin = text_origin::agent_reply,
                      .sender = *std::move(sender),
                      .recipient = recipient,
                      .body = reply.body,
                      .agent = reply.agent,
                      .in_reply_to = answered.id};
  TRY_ASSIGN(const text_permit permit, judge_text(work, env, wanted));
  TRY(accept_text(work, env, wanted, permit, std::nullopt));
  return {};
}

// A unit behind the present one: when it ends, that one's commit is over.
void kick_after_commit(workflow_environment& env, send_queue& texts) {
  env.database.write<bool>([](session&) -> result<bool> { return true; },
                           [&texts](result<bool>) { texts.kick(); });
}

}  // namespace

agent_reply_taker make_agent_reply_taker(workflow_environment& env, send_queue& texts) {
  return [&env, &texts](session& work, const agent_reply& reply) -> result<void> {
    TRY_ASSIGN(const auto answered, work.messages().find(reply.organization, reply.answered));
    if (!answered || answered->direction != message_direction::inbound) {
      log_line(log_level::warn, "an answer to a text that is not here",
               {{"message", reply.answered.uuid()}});
      return {};
    }
    const result<void> accepted = accept_reply(work, env, *answered, reply);
    if (accepted) {
      kick_after_commit(env, texts);
      return {};
    }
    if (accepted.error().kind != error_class::refused) return accepted.error();
    return tell_of_refusal(work, env, *answered, reply, accepted.error());
  };
}

}  // namespace dialplane
