// The texts of the built-in carrier: calls, handsets, and what it posts to our webhook.
#include <utility>

#include "carriers/sandbox/sandbox_carrier.hpp"
#include "carriers/standard_webhooks.hpp"

namespace dialplane::sandbox {

text_plan sandbox_carrier::plan_text(const fault_plan& plan) {
  text_plan made;
  made.arrives_at = clock_.now();
  if (plan.outcome == fault_outcome::late) {
    made.arrives_at = made.arrives_at + gives_up_after(plan) + plan.late_by;
    settling_.cover(made.arrives_at, plan.late_by);
  }
  const fault_plan report = faults_.draw(fault_target::report);
  made.reports = report.outcome != fault_outcome::lost_before;
  made.reports_after = report.answer_delay;
  return made;
}

void sandbox_carrier::send_text(text_order order, carrier_done<text_receipt> done) {
  const fault_plan plan = faults_.draw(fault_target::send);
  if (ends_early<text_receipt>(plan, done)) return;
  const auto sender = stock_.find(order.from);
  ledger_->submit<taken_text>(
      [order = std::move(order), sender, made = plan_text(plan)](ledger_file& file) {
        return text_desk(file).take(order, sender, made);
      },
      [this, done = std::move(done)](result<taken_text> taken) mutable {
        if (!taken) {
          if (done) done(std::move(taken).error());
          return;
        }
        courier_->carry(std::move(taken->reports));
        if (done) done(std::move(taken->receipt));
      });
}

void sandbox_carrier::look_up_text(std::string id, std::string from, std::string to,
                                   carrier_done<std::optional<text_receipt>> done) {
  using found = std::optional<text_receipt>;
  const fault_plan plan = faults_.draw(fault_target::lookup);
  if (ends_early<found>(plan, done) || !done) return;
  const milliseconds blind_for = plan.hidden_for.value_or(milliseconds(0));
  if (plan.hidden_for) settling_.cover(clock_.now(), blind_for);
  ledger_->submit<found>(
      [id = std::move(id), from = std::move(from), to = std::move(to),
       blind_for](ledger_file& file) { return text_desk(file).look_up(id, from, to, blind_for); },
      std::move(done));
}

result<verified_webhook> sandbox_carrier::verify_webhook(const carrier_webhook& received) const {
  TRY_ASSIGN(std::string id, verify_standard_webhook(received, webhook_secret_, clock_.now()));
  return verified_webhook{std::move(id)};
}

result<std::vector<carrier_news>> sandbox_carrier::read_webhook(std::string_view body) const {
  return read_news(body);
}

void sandbox_carrier::texts_received_by(std::string handset, std::size_t limit,
                                        carrier_done<std::vector<sandbox_text>> done) {
  ledger_->submit<std::vector<sandbox_text>>(
      [handset = std::move(handset), limit](ledger_file& file) {
        return text_desk(file).received_by(handset, limit);
      },
      std::move(done));
}

void sandbox_carrier::text_from_outside(sandbox_text text, carrier_done<std::string> done) {
  const bool heard = accepts_inbound(text.to);
  ledger_->submit<taken_text>(
      [text = std::move(text), heard](ledger_file& file) {
        return text_desk(file).send_to_us(text, heard);
      },
      [this, done = std::move(done)](result<taken_text> taken) mutable {
        if (!taken) return done(std::move(taken).error());
        courier_->carry(std::move(taken->reports));
        done(std::move(taken->receipt.carrier_message_id));
      });
}

void sandbox_carrier::taken_texts(std::int64_t after, std::size_t limit,
                                  carrier_done<sandbox_text_ids> done) {
  ledger_->submit<sandbox_text_ids>(
      [after, limit](ledger_file& file) { return text_desk(file).taken_ids(after, limit); },
      std::move(done));
}

void sandbox_carrier::set_webhook_sink(event_loop& on, webhook_sink sink) {
  courier_->set_sink(on, std::move(sink));
}

}  // namespace dialplane::sandbox
