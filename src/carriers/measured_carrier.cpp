#include "carriers/measured_carrier.hpp"

#include <utility>

namespace dialplane {

measured_carrier::call_figures::call_figures(metrics_registry& metrics, std::string_view carrier,
                                             std::string_view call) {
  auto& calls = metrics.counters("dialplane_carrier_calls_total",
                                 "Calls to carriers by how they ended.",
                                 {"carrier", "call", "outcome"});
  by_outcome[0] = &calls.with({carrier, call, "ok"});
  for (const error_class kind : {error_class::refused, error_class::not_done,
                                 error_class::unknown, error_class::conflict}) {
    by_outcome[1 + static_cast<std::size_t>(kind)] = &calls.with({carrier, call, name_of(kind)});
  }
  seconds = &metrics
                 .histograms("dialplane_carrier_call_seconds", "Duration of calls to carriers.",
                             {"carrier", "call"})
                 .with({carrier, call});
}

void measured_carrier::call_figures::note(std::optional<error_class> failure,
                                          time_point started) noexcept {
  const std::size_t outcome = failure ? 1 + static_cast<std::size_t>(*failure) : 0;
  by_outcome[outcome]->add();
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - started;
  seconds->observe(took.count());
}

template <typename T>
carrier_done<T> measured_carrier::counted(call_figures& figures, carrier_done<T> done) {
  return [&figures, started = std::chrono::steady_clock::now(),
          done = std::move(done)](result<T> outcome) mutable {
    std::optional<error_class> failure;
    if (!outcome) failure = outcome.error().kind;
    figures.note(failure, started);
    done(std::move(outcome));
  };
}

measured_carrier::measured_carrier(std::unique_ptr<carrier> inner, metrics_registry& metrics)
    : inner_(std::move(inner)),
      search_(metrics, inner_->abilities().name, "search"),
      buy_(metrics, inner_->abilities().name, "buy"),
      look_up_(metrics, inner_->abilities().name, "look_up"),
      set_routing_(metrics, inner_->abilities().name, "set_routing"),
      release_(metrics, inner_->abilities().name, "release"),
      list_owned_(metrics, inner_->abilities().name, "list_owned"),
      file_campaign_(metrics, inner_->abilities().name, "file_campaign"),
      campaign_state_(metrics, inner_->abilities().name, "campaign_state"),
      attach_number_(metrics, inner_->abilities().name, "attach_number"),
      send_text_(metrics, inner_->abilities().name, "send_text"),
      look_up_text_(metrics, inner_->abilities().name, "look_up_text"),
      file_brand_(metrics, inner_->abilities().name, "file_brand"),
      brand_state_(metrics, inner_->abilities().name, "brand_state"),
      resend_brand_code_(metrics, inner_->abilities().name, "resend_brand_code"),
      confirm_brand_code_(metrics, inner_->abilities().name, "confirm_brand_code"),
      attachment_state_(metrics, inner_->abilities().name, "attachment_state"),
      end_campaign_(metrics, inner_->abilities().name, "end_campaign"),
      reserve_(metrics, inner_->abilities().name, "reserve"),
      read_routing_(metrics, inner_->abilities().name, "read_routing"),
      restore_routing_(metrics, inner_->abilities().name, "restore_routing"),
      check_account_(metrics, inner_->abilities().name, "check_account"),
      text_state_(metrics, inner_->abilities().name, "text_state"),
      received_texts_(metrics, inner_->abilities().name, "received_texts") {}

void measured_carrier::search(number_search wanted,
                              carrier_done<std::vector<number_offer>> done) {
  inner_->search(std::move(wanted), counted(search_, std::move(done)));
}

std::optional<number_offer> measured_carrier::offer_at_once(const number_search& wanted) {
  const auto started = std::chrono::steady_clock::now();
  std::optional<number_offer> offer = inner_->offer_at_once(wanted);
  // Nothing at once is no outcome: search() is asked next.
  if (offer) search_.note(std::nullopt, started);
  return offer;
}

void measured_carrier::buy(number_purchase order, carrier_done<carrier_number> done) {
  inner_->buy(std::move(order), counted(buy_, std::move(done)));
}

void measured_carrier::look_up(std::string e164, std::string mark,
                               carrier_done<std::optional<carrier_number>> done) {
  inner_->look_up(std::move(e164), std::move(mark), counted(look_up_, std::move(done)));
}

void measured_carrier::set_routing(std::string e164, number_routing routing,
                                   carrier_done<void> done) {
  inner_->set_routing(std::move(e164), std::move(routing),
                      counted(set_routing_, std::move(done)));
}

void measured_carrier::release(std::string e164, std::string mark, carrier_done<void> done) {
  inner_->release(std::move(e164), std::move(mark), counted(release_, std::move(done)));
}

void measured_carrier::list_owned(std::optional<std::string> cursor, std::size_t limit,
                                  carrier_done<carrier_number_page> done) {
  inner_->list_owned(std::move(cursor), limit, counted(list_owned_, std::move(done)));
}

void measured_carrier::file_campaign(campaign_filing filing, carrier_done<campaign_report> done) {
  inner_->file_campaign(std::move(filing), counted(file_campaign_, std::move(done)));
}

void measured_carrier::campaign_state(std::string reference, carrier_done<campaign_report> done) {
  inner_->campaign_state(std::move(reference), counted(campaign_state_, std::move(done)));
}

void measured_carrier::attach_number(std::string campaign_reference, std::string e164,
                                     carrier_done<void> done) {
  inner_->attach_number(std::move(campaign_reference), std::move(e164),
                        counted(attach_number_, std::move(done)));
}

void measured_carrier::send_text(text_order order, carrier_done<text_receipt> done) {
  inner_->send_text(std::move(order), counted(send_text_, std::move(done)));
}

void measured_carrier::look_up_text(std::string id, std::string from, std::string to,
                                    carrier_done<std::optional<text_receipt>> done) {
  inner_->look_up_text(std::move(id), std::move(from), std::move(to),
                       counted(look_up_text_, std::move(done)));
}

result<verified_webhook> measured_carrier::verify_webhook(const carrier_webhook& received) const {
  return inner_->verify_webhook(received);
}

result<std::vector<carrier_news>> measured_carrier::read_webhook(std::string_view body) const {
  return inner_->read_webhook(body);
}

void measured_carrier::file_brand(brand_filing filing, carrier_done<brand_report> done) {
  inner_->file_brand(std::move(filing), counted(file_brand_, std::move(done)));
}

void measured_carrier::brand_state(std::string reference, carrier_done<brand_report> done) {
  inner_->brand_state(std::move(reference), counted(brand_state_, std::move(done)));
}

void measured_carrier::resend_brand_code(std::string reference,
                                         carrier_done<brand_report> done) {
  inner_->resend_brand_code(std::move(reference), counted(resend_brand_code_, std::move(done)));
}

void measured_carrier::confirm_brand_code(std::string reference, std::string code,
                                          carrier_done<brand_report> done) {
  inner_->confirm_brand_code(std::move(reference), std::move(code),
                             counted(confirm_brand_code_, std::move(done)));
}

void measured_carrier::attachment_state(std::string campaign_reference, std::string e164,
                                        carrier_done<attachment_report> done) {
  inner_->attachment_state(std::move(campaign_reference), std::move(e164),
                           counted(attachment_state_, std::move(done)));
}

void measured_carrier::end_campaign(std::string reference, carrier_done<void> done) {
  inner_->end_campaign(std::move(reference), counted(end_campaign_, std::move(done)));
}

void measured_carrier::reserve(std::string e164, std::string mark,
                               carrier_done<number_reservation> done) {
  inner_->reserve(std::move(e164), std::move(mark), counted(reserve_, std::move(done)));
}

void measured_carrier::read_routing(std::string e164, carrier_done<routing_snapshot> done) {
  inner_->read_routing(std::move(e164), counted(read_routing_, std::move(done)));
}

void measured_carrier::restore_routing(std::string e164, routing_snapshot before,
                                       carrier_done<void> done) {
  inner_->restore_routing(std::move(e164), std::move(before),
                          counted(restore_routing_, std::move(done)));
}

void measured_carrier::check_account(carrier_done<account_report> done) {
  inner_->check_account(counted(check_account_, std::move(done)));
}

void measured_carrier::text_state(std::string carrier_message_id,
                                  carrier_done<carrier_news> done) {
  inner_->text_state(std::move(carrier_message_id), counted(text_state_, std::move(done)));
}

void measured_carrier::received_texts(timestamp since, std::optional<std::string> cursor,
                                      carrier_done<received_texts_page> done) {
  inner_->received_texts(since, std::move(cursor), counted(received_texts_, std::move(done)));
}

webhook_answer measured_carrier::acknowledgement() const { return inner_->acknowledgement(); }

result<carrier_call> measured_carrier::read_call(std::string_view body) const {
  return inner_->read_call(body);
}

webhook_answer measured_carrier::call_instructions(const call_plan& plan) const {
  return inner_->call_instructions(plan);
}

}  // namespace dialplane
