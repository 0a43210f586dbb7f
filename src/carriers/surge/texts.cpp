#include "carriers/surge/texts.hpp"

#include <array>
#include <boost/json/array.hpp>
#include <utility>

#include "base/ids.hpp"
#include "carriers/surge/number_finding.hpp"
#include "carriers/surge/wire_reading.hpp"
#include "net/form_encoding.hpp"

namespace dialplane::surge {

namespace {

namespace json = boost::json;

constexpr std::size_t text_pages_max = 40;
constexpr std::chrono::minutes clocks_differ_by_at_most{10};

json::object message_body(const text_order& order, const std::string& number_id) {
  json::object body{{"to", order.to}, {"from", number_id}};
  if (!order.body.empty()) body["body"] = order.body;
  if (!order.media_urls.empty()) {
    json::array attachments;
    for (const std::string& url : order.media_urls) {
      attachments.emplace_back(json::object{{"url", url}});
    }
    body["attachments"] = std::move(attachments);
  }
  body["metadata"] = json::object{{our_id_member, order.id}};
  return body;
}

// The UUIDv7 in our id tells when the text was made.
std::optional<timestamp> made_at(const std::string& our_id) {
  const auto id = message_id::parse(our_id);
  if (!id) return std::nullopt;
  std::int64_t milliseconds = 0;
  for (std::size_t i = 0; i < 6; ++i) milliseconds = milliseconds << 8 | id->bytes[i];
  return timestamp{milliseconds};
}

class look_up_run : public std::enable_shared_from_this<look_up_run> {
 public:
  look_up_run(office_ptr at, std::string id, std::string account,
              carrier_done<std::optional<text_receipt>> done)
      : at_(std::move(at)), id_(std::move(id)), account_(std::move(account)),
        made_at_(made_at(id_)), done_(std::move(done)) {}

  void read(const std::string& cursor) {
    std::string path = "/accounts/" + percent_encoded(account_) + "/messages";
    if (!cursor.empty()) path += "?after=" + percent_encoded(cursor);
    at_->api.read(std::move(path), [self = shared_from_this(), cursor](api_result page) {
      if (!page) return self->done_(std::move(page).error().what);
      const auto next = self->take(*page);
      if (!next) return self->done_(strange_answer(next.error().message, call_effect::reads));
      if (self->found_) return self->done_(std::move(self->found_));
      if (next->empty() || self->is_past_) return self->done_(std::optional<text_receipt>());
      if (*next == cursor || ++self->pages_ >= text_pages_max) {
        // Not seen so far proves nothing.
        return self->done_(strange_answer("more messages than are read", call_effect::reads));
      }
      self->read(*next);
    });
  }

 private:
  result<std::string> take(const json::object& page) {
    TRY_ASSIGN(const json::array* rows, array_in(page, "data"));
    std::optional<timestamp> before;
    for (const json::value& row : *rows) {
      if (!row.is_object()) return unreadable("data");
      TRY_ASSIGN(const std::string message, id_in(row.get_object()));
      TRY_ASSIGN(const json::object* metadata, optional_object_in(row.get_object(), "metadata"));
      const json::value* id = metadata == nullptr ? nullptr : metadata->if_contains(our_id_member);
      if (id != nullptr && id->is_string() && id->get_string() == id_) {
        found_ = text_receipt{message};
        return std::string();
      }
      note_age(time_of_id(message), before);
    }
    return next_cursor_in(page);
  }

  // Newest first, everything after a text older than ours is older still.
  void note_age(std::optional<timestamp> at, std::optional<timestamp>& before) {
    if (before && at && *at > *before) is_newest_first_ = false;
    before = at;
    const bool older = made_at_ && at && *at + clocks_differ_by_at_most < *made_at_;
    is_past_ = older && is_newest_first_ && pages_ > 0;
  }

  office_ptr at_;
  const std::string id_;
  const std::string account_;
  const std::optional<timestamp> made_at_;
  carrier_done<std::optional<text_receipt>> done_;
  std::optional<text_receipt> found_;
  std::size_t pages_ = 0;
  bool is_newest_first_ = true;
  bool is_past_ = false;
};

error send_failure(api_failure why) {
  // Gone between finding the number and sending from it.
  if (why.is("phone_number_not_found") || why.is("no_phone_number")) {
    why.what.kind = error_class::refused;
    why.what.code = error_code::carrier_refused;
  }
  return why.what;
}

}  // namespace

void send_text(office_ptr at, text_order order, carrier_done<text_receipt> done) {
  const std::string from = order.from;
  find_number(at, from, "", [at, order = std::move(order),
                             done = std::move(done)](auto found) mutable {
    if (!found) return done(std::move(found).error());
    if (!*found) {
      return done(refused(error_code::carrier_refused,
                          "The number is not in this Surge project any more."));
    }
    const owned_number& number = **found;
    at->api.write("POST", "/accounts/" + percent_encoded(number.account) + "/messages",
                  message_body(order, number.id),
                  [done = std::move(done)](api_result answer) mutable {
                    if (!answer) return done(send_failure(std::move(answer).error()));
                    const auto id = id_in(*answer);
                    if (!id) return done(strange_answer(id.error().message, call_effect::writes));
                    done(text_receipt{*id});
                  });
  });
}

void look_up_text(office_ptr at, std::string id, std::string from,
                  carrier_done<std::optional<text_receipt>> done) {
  find_number(at, from, "", [at, id, done = std::move(done)](auto found) mutable {
    if (!found) return done(std::move(found).error());
    if (!*found) return done(std::optional<text_receipt>());
    std::make_shared<look_up_run>(at, id, (**found).account, std::move(done))->read("");
  });
}

void read_text_state(office_ptr at, std::string carrier_message_id,
                     carrier_done<carrier_news> done) {
  at->api.read("/messages/" + percent_encoded(carrier_message_id),
               [at, carrier_message_id, done = std::move(done)](api_result answer) mutable {
    if (!answer) return done(std::move(answer).error().what);
    const auto word = optional_text_in(*answer, "status", word_bytes_max);
    const auto status = word ? value_named<message_status>(*word) : std::nullopt;
    const bool tells = status == message_status::sent || status == message_status::delivered ||
                       status == message_status::failed;
    if (!tells) {
      return done(refused(error_code::not_configured,
                          "Surge tells how a text goes by its webhook only."));
    }
    carrier_news news;
    news.kind = carrier_news_kind::text_status;
    news.carrier_message_id = carrier_message_id;
    news.status = *status;
    news.at = at->time.now();
    const auto reason = optional_text_in(*answer, "failure_reason", text_bytes_max);
    if (status == message_status::failed && reason) {
      news.failure_code = *reason;
      news.failure_reason = plain_words(*reason);
    }
    done(std::move(news));
  });
}

std::string plain_words(std::string_view failure_reason) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 4> reasons = {{
      {"unreachable_destination", "The recipient cannot be reached now."},
      {"invalid_mobile_number", "The recipient is not a mobile number."},
      {"unreachable_carrier", "The recipient's network cannot be reached."},
      {"opted_out", "The recipient has opted out of texts."},
  }};
  for (const auto& [word, sentence] : reasons) {
    if (word == failure_reason) return std::string(sentence);
  }
  if (failure_reason.empty()) return "Surge could not deliver the text.";
  std::string words(failure_reason);
  for (char& c : words) {
    if (c == '_') c = ' ';
  }
  return "Surge could not deliver the text: " + words + ".";
}

}  // namespace dialplane::surge
