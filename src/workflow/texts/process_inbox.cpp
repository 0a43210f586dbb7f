#include "workflow/texts/process_inbox.hpp"

#include <algorithm>
#include <boost/json/serialize.hpp>

#include "base/log.hpp"
#include "domain/e164.hpp"
#include "domain/ownership_mark.hpp"
#include "store/inbox_queries.hpp"
#include "store/message_queries.hpp"
#include "workflow/records.hpp"
#include "workflow/texts/accept_text.hpp"
#include "workflow/texts/inbound_keywords.hpp"
#include "workflow/texts/send_guards.hpp"
#include "workflow/texts/settle_text.hpp"

namespace dialplane {

namespace {

error unknown_here(std::string words) {
  return refused(error_code::resource_not_found, std::move(words));
}

message inbound_row(workflow_environment& env, const inbox_entry& entry, const carrier_news& news,
                    const number& receiver) {
  message row;
  row.id = env.ids.make<message_id>();
  row.organization = receiver.organization;
  row.user = receiver.user;
  row.number = receiver.id;
  row.direction = message_direction::inbound;
  row.status = message_status::received;
  row.step = send_step::ended;
  row.from = news.from;
  row.to = news.to;
  row.body = news.body;
  row.media_urls = news.media_urls;
  row.carrier = entry.carrier;
  row.carrier_message_id = news.carrier_message_id;
  if (!news.metadata.empty()) row.metadata = boost::json::serialize(news.metadata);
  row.created_at = entry.received_at;
  row.updated_at = env.time.now();
  return row;
}

// One answer of ours to a keyword. What the rules refuse is not sent; the keyword holds anyway.
result<bool> answer_keyword(session& work, workflow_environment& env, const number& receiver,
                            const message& inbound, std::string words) {
  auto recipient = e164::parse(inbound.from, "from");
  if (!recipient) return false;  // a short code or a name
  text_request answer{.origin = text_origin::confirmation,
                      .sender = receiver,
                      .recipient = *recipient,
                      .body = std::move(words),
                      .in_reply_to = inbound.id};
  const result<text_permit> permit = judge_text(work, env, answer);
  if (!permit) {
    log_error(log_level::info, "keyword not answered", permit.error(),
              {{"message", inbound.id.uuid()}});
    return permit.error().kind == error_class::refused ? result<bool>(false) : permit.error();
  }
  TRY(accept_text(work, env, answer, *permit, std::nullopt));
  return true;
}

result<void> mark_keyword(session& work, workflow_environment& env, const carrier_news& news,
                          message& row) {
  boost::json::object metadata = news.metadata;
  metadata["keyword"] = true;
  row.metadata = boost::json::serialize(metadata);
  row.updated_at = env.time.now();
  return work.messages().update(row);
}

result<void> take_text(session& work, workflow_environment& env, const inbox_entry& entry,
                       const carrier_news& news, processed_entry& into) {
  TRY_ASSIGN(const auto known,
             work.messages().find_by_carrier_id(entry.carrier, message_direction::inbound,
                                                news.carrier_message_id));
  if (known) return {};  // the carrier told of it in another event
  TRY_ASSIGN(const auto receiver, work.numbers().find_live_by_e164(news.to));
  if (!receiver || receiver->carrier != entry.carrier) {
    return unknown_here("The text is for a number that is not here.");
  }
  message row = inbound_row(env, entry, news, *receiver);
  TRY(work.messages().insert(row));
  // Being given back: kept, for the case that it is taken back, and opt-outs hold; told to nobody.
  const bool is_told = receiver->status != number_status::releasing;
  TRY_ASSIGN(keyword_effect effect, take_keywords(work, env, *receiver, row));
  if (effect.is_keyword) TRY(mark_keyword(work, env, news, row));
  if (!is_told) return {};
  TRY(append_event(work, env, row.organization, row.user, "sms.received",
                   received_event_data(row)));
  if (effect.confirmation) {
    TRY_ASSIGN(const bool answered,
               answer_keyword(work, env, *receiver, row, *std::move(effect.confirmation)));
    into.answers_wait = into.answers_wait || answered;
  }
  into.received.push_back(std::move(row));
  return {};
}

result<std::optional<message>> reported_text(session& work, const inbox_entry& entry,
                                             const carrier_news& news) {
  if (const auto ours = message_id::parse(news.our_id)) {
    TRY_ASSIGN(auto row, work.messages().find_any(*ours));
    if (row && row->carrier == entry.carrier && row->direction == message_direction::outbound) {
      return row;
    }
  }
  return work.messages().find_by_carrier_id(entry.carrier, message_direction::outbound,
                                            news.carrier_message_id);
}

result<void> take_status(session& work, workflow_environment& env, const inbox_entry& entry,
                         const carrier_news& news) {
  TRY_ASSIGN(std::optional<message> row, reported_text(work, entry, news));
  // Perhaps our own answer from the carrier is still under way: kept, and tried again.
  if (!row) return unknown_here("The report is about a text that is not here.");
  return take_report(work, env, *row, news);
}

// An order that the carrier worked on has ended: the purchase that waits for it asks at once. The
// carrier's word says only that; whose number it is comes from the look-up. A mark that is not a
// waiting purchase's at that carrier means nothing.
result<void> take_order(session& work, workflow_environment& env, const inbox_entry& entry,
                        const carrier_news& news, processed_entry& into) {
  const auto mark = parse_ownership_mark(news.mark);
  if (!mark || mark->installation != env.installation) return {};
  TRY_ASSIGN(const auto order, work.operations().find(mark->organization, mark->operation));
  const bool waits = order && order->kind == operation_kind::provision_number &&
                     order->state == operation_state::open && order->mark == news.mark &&
                     order->carrier == entry.carrier;
  if (waits) into.changed_orders.push_back(order->id);
  return {};
}

// An opt-out counts from when we heard of it, an opt-in from when the carrier says it was: between
// two that may have crossed on the way, the person is left alone.
result<void> take_choice(session& work, workflow_environment& env, const inbox_entry& entry,
                         const carrier_news& news) {
  TRY_ASSIGN(const auto receiver, work.numbers().find_live_by_e164(news.to));
  if (!receiver || receiver->carrier != entry.carrier) return {};
  const bool opts_out = news.kind == carrier_news_kind::recipient_opted_out;
  const bool is_timed = !opts_out && news.at.unix_ms > 0;
  const timestamp at = is_timed ? std::min(news.at, entry.received_at) : entry.received_at;
  return take_carrier_choice(work, env, *receiver, news.from, opts_out, at);
}

bool is_choice(const carrier_news& news) {
  return news.kind == carrier_news_kind::recipient_opted_out ||
         news.kind == carrier_news_kind::recipient_opted_in;
}

}  // namespace

result<processed_entry> process_entry(session& work, workflow_environment& env,
                                      const inbox_entry& entry,
                                      const std::vector<carrier_news>& news) {
  processed_entry done;
  TRY_ASSIGN(const bool ours, work.inbox().mark_processed(entry.id, env.time.now()));
  if (!ours) return done;
  for (const carrier_news& one : news) {
    switch (one.kind) {
      case carrier_news_kind::text_received:
        TRY(take_text(work, env, entry, one, done));
        break;
      case carrier_news_kind::text_status: TRY(take_status(work, env, entry, one)); break;
      case carrier_news_kind::order_changed: TRY(take_order(work, env, entry, one, done)); break;
      case carrier_news_kind::registration_changed:
        break;  // whoever waits for it asks the carrier by itself
      case carrier_news_kind::recipient_opted_out:
      case carrier_news_kind::recipient_opted_in: break;
    }
  }
  // After the text that it may have been said in, which is the better witness.
  for (const carrier_news& one : news) {
    if (is_choice(one)) TRY(take_choice(work, env, entry, one));
  }
  return done;
}

}  // namespace dialplane
