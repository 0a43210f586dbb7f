#include "voice/call_webhooks.hpp"

#include <string>
#include <utility>

#include "base/log.hpp"
#include "voice/call_plans.hpp"
#include "workflow/calls/record_call.hpp"
#include "workflow/number_addresses.hpp"

namespace dialplane {

namespace {

constexpr std::size_t call_id_bytes_max = 256;

enum class webhook_purpose { question, next_question, report };

webhook_purpose purpose_of(std::string_view url) {
  url = url.substr(0, url.find('?'));
  if (url.ends_with("/status")) return webhook_purpose::report;
  if (url.ends_with("/next")) return webhook_purpose::next_question;
  return webhook_purpose::question;
}

// The carrier's words in the light of the address it used.
void read_purpose(carrier_call& told, webhook_purpose purpose) {
  if (purpose == webhook_purpose::report) told.asks_for_plan = false;
  const bool asks_next = purpose == webhook_purpose::next_question && told.asks_for_plan;
  if (asks_next && !told.leg_ended) told.leg_ended = call_status::completed;
}

call_addresses addresses_of(const workflow_environment& env, const std::string& account) {
  const std::string base = addresses_for(env.public_url, account).voice_url;
  return {base + "/next", base + "/status"};
}

call_plan plan_of(const workflow_environment& env, const std::string& account,
                  const result<recorded_call>& known, bool leg_ended) {
  if (!known) {
    log_error(log_level::error, "a call could not be recorded", known.error(),
              {{"carrier", account}});
    return plan_for_trouble();
  }
  if (!known->row) return plan_for_stranger();
  if (leg_ended) return plan_after_leg(*known->row);
  result<call_plan> plan =
      plan_for_call(*known->row, known->lead, addresses_of(env, account), env.seals);
  if (plan) return *std::move(plan);
  log_error(log_level::error, "a call could not be led to its agent", plan.error(),
            {{"call", known->row->id.uuid()}});
  return plan_for_trouble();
}

}  // namespace

call_webhooks::call_webhooks(workflow_environment& env)
    : env_(env),
      events_(env.metrics.counters("dialplane_call_webhooks_total",
                                   "Voice webhooks of carriers by what became of them.",
                                   {"outcome"})) {}

void call_webhooks::receive(std::string_view account, carrier_webhook received,
                            carrier_done<webhook_answer> done) {
  carrier* teller = env_.carriers.find(account);
  if (teller == nullptr) {
    return done(refused(error_code::not_found, "There is no such carrier here."));
  }
  if (auto verified = teller->verify_webhook(received); !verified) {
    events_.with({"not_verified"}).add();
    return done(std::move(verified).error());
  }
  result<carrier_call> told = teller->read_call(received.body);
  const bool is_named = told && !told->carrier_call_id.empty() &&
                        told->carrier_call_id.size() <= call_id_bytes_max;
  if (told && !is_named) {
    told = refused(error_code::invalid_input, "The carrier's message names no call.");
  }
  if (!told) {
    events_.with({"not_understood"}).add();
    return done(std::move(told).error());
  }
  read_purpose(*told, purpose_of(received.url));
  if (told->asks_for_plan) {
    return answer_question(*teller, std::string(account), *std::move(told), std::move(done));
  }
  take_report(*teller, std::string(account), *std::move(told), std::move(done));
}

void call_webhooks::answer_question(carrier& teller, std::string account, carrier_call told,
                                    carrier_done<webhook_answer> done) {
  const bool leg_ended = told.leg_ended.has_value();
  env_.database.write<recorded_call>(
      [this, account, told = std::move(told), leg_ended](session& work) {
        return leg_ended ? record_call_report(work, env_, account, told)
                         : record_incoming_call(work, env_, account, told);
      },
      [this, &teller, account, leg_ended,
       done = std::move(done)](result<recorded_call> known) mutable {
        events_.with({known ? "answered" : "failed"}).add();
        done(teller.call_instructions(plan_of(env_, account, known, leg_ended)));
      });
}

void call_webhooks::take_report(carrier& teller, std::string account, carrier_call told,
                                carrier_done<webhook_answer> done) {
  env_.database.write<recorded_call>(
      [this, account = std::move(account), told = std::move(told)](session& work) {
        return record_call_report(work, env_, account, told);
      },
      [this, &teller, done = std::move(done)](result<recorded_call> known) mutable {
        if (!known) {
          events_.with({"failed"}).add();
          return done(std::move(known).error());
        }
        events_.with({known->row ? "reported" : "none_of_ours"}).add();
        done(teller.acknowledgement());
      });
}

}  // namespace dialplane
