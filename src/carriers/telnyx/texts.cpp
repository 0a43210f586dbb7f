#include "carriers/telnyx/texts.hpp"

#include <boost/json/value_from.hpp>
#include <charconv>
#include <utility>

#include "carriers/telnyx/message_news.hpp"
#include "carriers/telnyx/scan.hpp"
#include "net/form_encoding.hpp"

namespace dialplane::telnyx {

namespace {

namespace json = boost::json;

struct detail_row {
  std::string id;
  std::string from;
  std::string to;
  std::string report_url;
};

result<detail_row> read_detail(const json::object& members) {
  answer_reader read(members);
  detail_row row{.id = read.text("uuid", 128),
                 .from = read.text("cli", 64),
                 .to = read.text("cld", 64),
                 .report_url = read.text("delivery_status_webhook_url", 4'096)};
  TRY(read.finish());
  return row;
}

class handing_over final : public flow<text_receipt> {
 public:
  using flow::flow;

  void run(const text_order& order) {
    const auto account = at();
    if (account == nullptr) return end(account_is_gone());
    const std::string base = order.status_url.empty()
                                 ? account->public_url + "/carriers/" + account->abilities.name +
                                       "/texts"
                                 : order.status_url;
    json::object body{{"from", order.from},
                      {"to", order.to},
                      {"text", order.body},
                      {"webhook_url", report_url_for(base, order.id)},
                      {"use_profile_webhooks", false}};
    if (!order.media_urls.empty()) body["media_urls"] = json::value_from(order.media_urls);
    ask({.method = "POST", .path = "/messages", .body = std::move(body)},
        [this](json::object answer) {
          answer_reader outer(answer);
          answer_reader read(outer.object("data"));
          std::string id = read.required_text("id", 128);
          if (!read.finish()) return end(unreadable(true, "a message without id"));
          end(text_receipt{std::move(id)});
        });
  }
};

class asking_state final : public flow<carrier_news> {
 public:
  using flow::flow;

  void run(const std::string& id) {
    ask({.path = "/messages/" + percent_encoded(id)}, [this](json::object answer) {
      answer_reader outer(answer);
      const json::object& data = outer.object("data");
      const auto account = at();
      const timestamp now = account ? account->time.now() : timestamp{};
      auto news = read_message(data, now);
      if (!news) return end(unreadable(false, news.error().internal));
      end(*std::move(news));
    });
  }
};

class listing_received final : public flow<received_texts_page> {
 public:
  using flow::flow;

  void run(timestamp since, int page) {
    ask({.path = "/webhook_deliveries?" +
                 query_part("filter[webhook][event_type]", "message.received") + "&" +
                 query_part("filter[started_at][gte]", to_rfc3339(since)) + "&" +
                 query_part("page[number]", std::to_string(page)) + "&" +
                 query_part("page[size]", std::to_string(page_rows))},
        [this, since, page](json::object body) {
          const auto read = take(body, since, page);
          if (!read) return end(unreadable(false, read.error().internal));
          end(std::move(found_));
        });
  }

 private:
  result<void> take(const json::object& body, timestamp since, int page) {
    answer_reader read(body);
    const json::array& rows = read.list("data");
    answer_reader meta(read.object("meta"));
    const std::int64_t pages = meta.integer("total_pages", 1);
    TRY(read.finish());
    TRY(meta.finish());
    for (const json::value& each : rows) {
      TRY_ASSIGN(const json::object* members, object_in(each));
      answer_reader row(*members);
      answer_reader hook(row.object("webhook"));
      const std::string event = hook.text("event_type", 128);
      const auto at = hook.time("occurred_at");
      const json::object& payload = hook.object("payload");
      TRY(row.finish());
      TRY(hook.finish());
      if (event != "message.received" || at.value_or(timestamp{}) < since) continue;
      auto news = read_message(payload, at.value_or(timestamp{}));
      if (news && news->kind == carrier_news_kind::text_received) {
        found_.texts.push_back(*std::move(news));
      }
    }
    if (page < pages && !rows.empty()) found_.next_cursor = std::to_string(page + 1);
    return {};
  }

  received_texts_page found_;
};

}  // namespace

void hand_over_text(const std::shared_ptr<account>& at, text_order order,
                    carrier_done<text_receipt> done) {
  std::make_shared<handing_over>(at, std::move(done))->run(order);
}

void look_up_sent_text(const std::shared_ptr<account>& at, std::string id, std::string from,
                       std::string to, carrier_done<std::optional<text_receipt>> done) {
  auto judge = [done = std::move(done)](result<std::vector<detail_row>> rows) mutable {
    if (!rows) return done(std::move(rows).error());
    if (rows->empty()) {
      return done(refused(error_code::not_configured,
                          "The carrier cannot tell whether it has a text that it does not show."));
    }
    done(std::optional(text_receipt{std::move(rows->front().id)}));
  };
  scan_list<detail_row>(
      at,
      {.path = "/detail_records?" + query_part("filter[record_type]", "messaging") + "&" +
               query_part("filter[cli]", from) + "&" + query_part("filter[cld]", to) +
               "&sort=-created_at",
       .read = &read_detail,
       .wanted =
           [id, from, to](const detail_row& row) {
             return !row.id.empty() && row.from == from && row.to == to &&
                    our_id_in(row.report_url) == id;
           },
       .first_is_enough = true},
      std::move(judge));
}

void ask_text_state(const std::shared_ptr<account>& at, std::string carrier_message_id,
                    carrier_done<carrier_news> done) {
  std::make_shared<asking_state>(at, std::move(done))->run(carrier_message_id);
}

void list_received_texts(const std::shared_ptr<account>& at, timestamp since,
                         std::optional<std::string> cursor,
                         carrier_done<received_texts_page> done) {
  int page = 1;
  if (cursor) {
    const char* end = cursor->data() + cursor->size();
    const auto [stop, code] = std::from_chars(cursor->data(), end, page);
    if (code != std::errc{} || stop != end || page < 2 || page > pages_max) {
      return done(bad_field("cursor", "cursor must be the next_cursor of an earlier page."));
    }
  }
  std::make_shared<listing_received>(at, std::move(done))->run(since, page);
}

}  // namespace dialplane::telnyx
