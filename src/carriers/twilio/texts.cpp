// Texts: handed over, looked for after a lost answer, asked about, and those that came in.
#include <boost/json/array.hpp>

#include "carriers/twilio/answers.hpp"
#include "carriers/twilio/number_rows.hpp"
#include "carriers/twilio/text_words.hpp"
#include "carriers/twilio/twilio_carrier.hpp"

namespace dialplane::twilio {

namespace {

// Our clock and the carrier's may differ, and it writes whole seconds.
constexpr std::chrono::milliseconds clock_slack{10'000};
constexpr std::chrono::milliseconds one_day{24 * 3'600'000};
constexpr std::size_t page_rows = 200;

struct text_row {
  std::string sid;
  std::string from;
  std::string to;
  std::string body;
  std::string direction;
  std::string status;
  std::int64_t error_code = 0;
  timestamp created_at;
};

result<text_row> read_text_row(const json::object& row) {
  text_row read;
  TRY_ASSIGN(read.sid, text_in(row, "sid", 64));
  if (!is_sid(read.sid, "SM") && !is_sid(read.sid, "MM")) return unreadable("sid");
  TRY_ASSIGN(read.from, optional_text_in(row, "from", 64));
  TRY_ASSIGN(read.to, optional_text_in(row, "to", 64));
  TRY_ASSIGN(read.body, optional_text_in(row, "body", text_body_bytes_max));
  TRY_ASSIGN(read.direction, optional_text_in(row, "direction", 32));
  TRY_ASSIGN(read.status, text_in(row, "status", 32));
  TRY_ASSIGN(const std::optional<std::int64_t> code, whole_in(row, "error_code"));
  read.error_code = code.value_or(0);
  TRY_ASSIGN(read.created_at, time_in(row, "date_created"));
  return read;
}

// One look-up of a text by what it said.
struct text_finding {
  std::string id;
  std::string from;
  std::string to;
  std::shared_ptr<sent_texts> sent;
  sent_texts::record known;
  timestamp since;
  std::optional<text_receipt> found;

  result<bool> visit(const json::object& raw) {
    TRY_ASSIGN(const text_row row, read_text_row(raw));
    const bool is_outbound = row.direction.starts_with("outbound");
    if (!is_outbound || row.from != from || row.to != to || row.created_at < since) return false;
    if (sent->belongs_to_other(row.sid, id)) return false;
    const bool is_it = known.sid.empty() ? sha256(row.body) == known.body
                                         : known.sid == row.sid;
    if (is_it) found = text_receipt{row.sid};
    return is_it;
  }
};

carrier_news status_news(const text_row& row) {
  carrier_news news;
  news.kind = carrier_news_kind::text_status;
  news.carrier_message_id = row.sid;
  news.from = row.from;
  news.to = row.to;
  news.status = status_named(row.status).value_or(message_status::queued);
  news.at = row.created_at;
  if (news.status == message_status::failed) note_failure(news, row.error_code);
  return news;
}

result<received_texts_page> read_received(const json::object& body, const std::string& base,
                                          timestamp since) {
  received_texts_page page;
  TRY_ASSIGN(const json::array* rows, list_in(body, "messages"));
  for (const json::value& each : *rows) {
    if (!each.is_object()) return unreadable("messages");
    TRY_ASSIGN(text_row row, read_text_row(each.get_object()));
    if (row.direction != "inbound" || row.created_at < since) continue;
    carrier_news news;
    news.kind = carrier_news_kind::text_received;
    news.carrier_message_id = std::move(row.sid);
    news.from = std::move(row.from);
    news.to = std::move(row.to);
    news.body = std::move(row.body);
    news.at = row.created_at;
    page.texts.push_back(std::move(news));
  }
  TRY_ASSIGN(const std::optional<std::string> next, next_page_of(body, base));
  if (next) page.next_cursor = next->substr(next->find('?') + 1);
  return page;
}

}  // namespace

void twilio_carrier::send_text(text_order order, carrier_done<text_receipt> done) {
  form_list form{{"To", order.to}, {"Body", order.body}, {"From", order.from}};
  // A number sends under its campaign by being in the campaign's service, so the sender is named.
  if (is_sid(settings_.messaging_service_sid, "MG")) {
    form.emplace_back("MessagingServiceSid", settings_.messaging_service_sid);
  }
  for (const std::string& url : order.media_urls) form.emplace_back("MediaUrl", url);
  if (!order.status_url.empty()) form.emplace_back("StatusCallback", order.status_url);
  sent_->note_sent(order.id, order.body, clock_.now());
  api_->post(api_->core("/Messages.json"), std::move(form),
             [sent = sent_, id = std::move(order.id),
              done = std::move(done)](result<json::object> taken) mutable {
               if (!taken) return done(std::move(taken).error());
               const auto row = read_text_row(*taken);
               if (!row) return done(row.error());
               sent->note_sid(id, row->sid);
               done(text_receipt{row->sid});
             });
}

void twilio_carrier::look_up_text(std::string id, std::string from, std::string to,
                                  carrier_done<std::optional<text_receipt>> done) {
  std::optional<sent_texts::record> known = sent_->find(id);
  if (!known) {
    // Sent by an earlier process, and the carrier keeps no id of ours: it can never be told whether
    // this text went out, so it must not go again.
    return done(refused(error_code::not_configured,
                        "The carrier cannot tell whether this text was sent."));
  }
  auto finding = std::make_shared<text_finding>();
  const timestamp now = clock_.now();
  finding->since = known->at + -clock_slack;
  finding->known = *std::move(known);
  finding->sent = sent_;
  finding->id = std::move(id);
  const form_list query{{"From", from}, {"To", to}, {"PageSize", std::to_string(page_rows)},
                        {"DateSent>", to_rfc3339(now + -2 * one_day)}};
  finding->from = std::move(from);
  finding->to = std::move(to);
  api_->walk(
      with_query(api_->core("/Messages.json"), query), "messages",
      [finding](const json::object& row) { return finding->visit(row); },
      [finding, done = std::move(done)](result<void> ended) mutable {
        if (!ended) return done(std::move(ended).error());
        if (finding->found) {
          finding->sent->note_sid(finding->id, finding->found->carrier_message_id);
          return done(std::move(finding->found));
        }
        done(std::optional<text_receipt>());
      });
}

void twilio_carrier::text_state(std::string carrier_message_id, carrier_done<carrier_news> done) {
  if (!is_sid(carrier_message_id, "SM") && !is_sid(carrier_message_id, "MM")) {
    return done(refused(error_code::carrier_refused, "This is no text of the carrier's."));
  }
  api_->get(api_->core("/Messages/" + carrier_message_id + ".json"),
            [done = std::move(done)](result<json::object> body) mutable {
              if (!body) return done(std::move(body).error());
              const auto row = read_text_row(*body);
              if (!row) return done(row.error());
              done(status_news(*row));
            });
}

void twilio_carrier::received_texts(timestamp since, std::optional<std::string> cursor,
                                    carrier_done<received_texts_page> done) {
  const std::string base = api_->core("/Messages.json");
  std::string url = with_query(base, {{"DateSent>", to_rfc3339(since + -clock_slack)},
                                      {"PageSize", std::to_string(page_rows)}});
  if (cursor) {
    const auto query = parse_form(*cursor, {.max_bytes = 2'048, .max_fields = 16});
    if (!query || query->find("PageToken") == nullptr) {
      return done(bad_field("cursor", "cursor must be one that a page has named."));
    }
    url = with_query(base, query->fields);
  }
  api_->get(std::move(url),
            [base, since, done = std::move(done)](result<json::object> body) mutable {
              if (!body) return done(std::move(body).error());
              done(read_received(*body, base, since));
            });
}

}  // namespace dialplane::twilio
