#include "carriers/telnyx/message_news.hpp"

#include <array>
#include <utility>

#include "carriers/telnyx/answer_reader.hpp"
#include "net/form_encoding.hpp"

namespace dialplane::telnyx {

namespace {

namespace json = boost::json;

constexpr std::size_t body_bytes_max = 16 * 1024;
constexpr std::size_t media_max = 10;
constexpr std::size_t url_bytes_max = 4'096;
constexpr std::string_view id_parameter = "text";

constexpr auto statuses = std::to_array<std::pair<std::string_view, message_status>>({
    {"queued", message_status::queued},
    {"sending", message_status::queued},
    {"sent", message_status::sent},
    // An end, but neither good nor bad: it stays where it is.
    {"delivery_unconfirmed", message_status::sent},
    {"delivered", message_status::delivered},
    {"sending_failed", message_status::failed},
    {"delivery_failed", message_status::failed},
    {"expired", message_status::failed},
});

// The first of a list of {"phone_number", "status"}.
struct party {
  std::string number;
  std::string status;
};

result<party> read_party(const json::object& members) {
  answer_reader read(members);
  party found{.number = read.text("phone_number", 64), .status = read.text("status", 64)};
  TRY(read.finish());
  return found;
}

result<party> first_recipient(answer_reader& read) {
  const json::array& recipients = read.list("to");
  if (recipients.empty()) return internal_fault("telnyx: a message without recipient");
  TRY_ASSIGN(const json::object* first, object_in(recipients.front()));
  return read_party(*first);
}

result<void> read_media(const json::array& media, carrier_news& into) {
  for (const json::value& each : media) {
    if (into.media_urls.size() == media_max) break;
    TRY_ASSIGN(const json::object* members, object_in(each));
    answer_reader read(*members);
    std::string url = read.text("url", url_bytes_max);
    TRY(read.finish());
    if (!url.empty()) into.media_urls.push_back(std::move(url));
  }
  return {};
}

void read_failure(const json::array& errors, carrier_news& into) {
  into.failure_code = into.metadata["carrier_status"].as_string().c_str();
  if (errors.empty()) return;
  const json::object* first = errors.front().if_object();
  if (first == nullptr) return;
  answer_reader read(*first);
  const std::string code = read.text("code", 32, true);
  if (!code.empty()) into.failure_code = code;
  into.failure_reason = words_of(first->if_contains("detail"));
  if (into.failure_reason.empty()) into.failure_reason = words_of(first->if_contains("title"));
}

timestamp first_time_of(std::initializer_list<std::optional<timestamp>> times,
                        timestamp otherwise) {
  for (const auto& each : times) {
    if (each) return *each;
  }
  return otherwise;
}

}  // namespace

std::string report_url_for(std::string_view base, std::string_view our_id) {
  std::string url(base);
  url += url.find('?') == std::string::npos ? '?' : '&';
  return url + std::string(id_parameter) + "=" + percent_encoded(our_id);
}

std::string our_id_in(std::string_view report_url) {
  const std::size_t question = report_url.find('?');
  if (question == std::string_view::npos) return {};
  const auto fields = parse_form(report_url.substr(question + 1));
  if (!fields) return {};
  const std::string_view id = fields->text(id_parameter);
  return id.size() <= 128 ? std::string(id) : std::string();
}

result<carrier_news> read_message(const json::object& message, timestamp occurred_at) {
  answer_reader read(message);
  carrier_news news;
  news.carrier_message_id = read.required_text("id", 128);
  const bool is_inbound = read.text("direction", 32) == "inbound";
  news.body = read.text("text", body_bytes_max);
  const std::string report_url = read.text("webhook_url", url_bytes_max);
  const auto received = read.time("received_at");
  const auto completed = read.time("completed_at");
  const auto sent = read.time("sent_at");
  const json::object& sender = read.object("from");
  const json::array& errors = read.list("errors");
  const json::array& media = read.list("media");
  TRY_ASSIGN(party to, first_recipient(read));
  TRY(read.finish());
  TRY_ASSIGN(party from, read_party(sender));
  if (from.number.empty() || to.number.empty()) {
    return internal_fault("telnyx: a message without numbers");
  }
  news.from = std::move(from.number);
  news.to = std::move(to.number);
  if (is_inbound) {
    news.kind = carrier_news_kind::text_received;
    news.status = message_status::received;
    news.at = first_time_of({received}, occurred_at);
    TRY(read_media(media, news));
    return news;
  }
  news.kind = carrier_news_kind::text_status;
  news.our_id = our_id_in(report_url);
  news.metadata["carrier_status"] = to.status;
  news.status = message_status::queued;  // for a word that nobody has told us of
  for (const auto& [word, status] : statuses) {
    if (word == to.status) news.status = status;
  }
  news.at = first_time_of({completed, sent}, occurred_at);
  if (news.status == message_status::failed) read_failure(errors, news);
  news.body.clear();
  return news;
}

}  // namespace dialplane::telnyx
