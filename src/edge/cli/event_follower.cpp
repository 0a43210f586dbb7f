#include "edge/cli/event_follower.hpp"

#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <charconv>
#include <ctime>
#include <deque>
#include <mutex>
#include <unordered_set>
#include <utility>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/json_gate.hpp"
#include "base/random.hpp"
#include "edge/cli/api_client.hpp"
#include "edge/cli/interrupts.hpp"
#include "edge/cli/terminal.hpp"
#include "net/event_stream_reader.hpp"
#include "net/form_encoding.hpp"
#include "net/http_client.hpp"

namespace dialplane::cli {

namespace {

namespace json = boost::json;
using std::chrono::milliseconds;

constexpr std::size_t waiting_max = 500;   // then the stream pauses
constexpr std::size_t waiting_low = 100;   // then it goes on
constexpr std::size_t remembered_ids = 4'096;
constexpr std::size_t refusal_bytes = 64 * 1024;
constexpr milliseconds silence_max{60'000};  // the server says something every 25 s
constexpr milliseconds first_reconnect_pause{500};
constexpr milliseconds longest_reconnect_pause{15'000};

// "Sun, 22 Nov 2026 08:14:42 GMT"
std::optional<timestamp> parse_http_date(const std::string& text) {
  std::tm parts{};
  if (strptime(text.c_str(), "%a, %d %b %Y %H:%M:%S GMT", &parts) == nullptr) return std::nullopt;
  return timestamp{static_cast<std::int64_t>(timegm(&parts)) * 1000};
}

std::optional<followed_event> read_event(const server_sent_event& came) {
  const auto whole = parse_json_object(came.data, {.max_bytes = 1024 * 1024});
  if (!whole) return std::nullopt;
  // One line, whoever sent it.
  const bool is_line = came.data.find('\n') == std::string::npos;
  return followed_event{came.id, came.type, is_line ? came.data : json::serialize(*whole), *whole};
}

// What the loop's thread has heard, for the command's thread.
struct heard_so_far {
  std::deque<followed_event> events;
  int status = 0;                    // of the answer, once its head is there
  std::optional<timestamp> date;
  milliseconds retry_after{0};
  std::string refusal;               // the body of another answer than 200
  bool paused = false;
  bool ended = false;
  std::optional<failed_exchange> how;
};

class http_event_follower final : public event_follower {
 public:
  http_event_follower(const connection& to, tls_context tls, follow_wish wish)
      : server_(to.server), key_(to.key.copy()), wish_(std::move(wish)),
        bell_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    loop_.start("events");
    http_client_options options;
    options.loop = &loop_;
    options.guard = &guard_;
    options.tls = std::move(tls);
    options.user_agent = "dialplane-cli/" DIALPLANE_VERSION;
    client_.emplace(std::move(options));
  }
  ~http_event_follower() override {
    loop_.post([this] {
      stream_.cancel();
      client_->stop();
    });
    loop_.stop();
    if (bell_ >= 0) ::close(bell_);
  }

  std::optional<followed_event> next() override;
  const std::optional<command_error>& failure() const override { return failure_; }

 private:
  std::string target() const;
  bool connect();                     // false: failed for good
  bool go_on_after_end();             // false: interrupted or failed for good
  std::optional<followed_event> take();
  bool is_news(const std::string& id);
  // On the loop.
  void on_head(const http_answer& head);
  void on_piece(std::string_view piece);
  void on_end(std::optional<failed_exchange> how);
  void ring() const;

  const std::string server_;
  const secret_string key_;
  follow_wish wish_;
  const address_guard guard_{{ip_range{.first = {}, .bits = 0}}};  // its user chose the server
  const int bell_;  // rung by the loop when there is something new
  asio_event_loop loop_;
  std::optional<http_client> client_;
  answer_stream stream_;        // the loop's
  event_stream_reader reader_;  // the loop's
  std::mutex mutex_;
  heard_so_far heard_;
  // The command's.
  std::optional<command_error> failure_;
  std::unordered_set<std::string> seen_;
  std::deque<std::string> seen_in_order_;
  std::string last_id_;
  system_random random_;
  milliseconds pause_ = first_reconnect_pause;
  bool open_ = false;       // a stream is, or was and its end is not dealt with
  bool ever_open_ = false;
  bool told_lost_ = false;
};

std::string http_event_follower::target() const {
  std::string query;
  const auto add = [&query](std::string_view name, std::string_view text) {
    query += query.empty() ? "?" : "&";
    query.append(name).append("=").append(percent_encoded(text));
  };
  if (!wish_.types.empty()) add("types", wish_.types);
  if (last_id_.empty() && wish_.after) add("after", *wish_.after);
  if (last_id_.empty() && !wish_.after && wish_.since) add("since", *wish_.since);
  return "/v1/events" + query;
}

void http_event_follower::ring() const {
  const std::uint64_t one = 1;
  // A bell that rings already cannot ring more.
  if (::write(bell_, &one, sizeof one) < 0) return;
}

void http_event_follower::on_head(const http_answer& head) {
  const std::lock_guard lock(mutex_);
  heard_.status = head.status;
  if (const std::string* date = head.header("date")) heard_.date = parse_http_date(*date);
  ring();
}

void http_event_follower::on_piece(std::string_view piece) {
  const std::lock_guard lock(mutex_);
  if (heard_.status != 200) {
    heard_.refusal += piece.substr(0, refusal_bytes - heard_.refusal.size());
    return;
  }
  for (const server_sent_event& each : reader_.consume(piece)) {
    if (auto one = read_event(each)) heard_.events.push_back(*std::move(one));
  }
  if (const auto wait = reader_.retry_after()) heard_.retry_after = *wait;
  if (heard_.events.size() >= waiting_max && !heard_.paused) {
    heard_.paused = true;
    stream_.pause();
  }
  if (reader_.refused()) {
    heard_.ended = true;
    heard_.how = failed_exchange{exchange_failure::bad_answer, true,
                                 "The stream is not sound: " + reader_.complaint() + "."};
    stream_.cancel();
  }
  ring();
}

void http_event_follower::on_end(std::optional<failed_exchange> how) {
  const std::lock_guard lock(mutex_);
  heard_.ended = true;
  heard_.how = std::move(how);
  ring();
}

bool http_event_follower::connect() {
  auto url = parse_http_url(server_ + target());
  if (!url) {
    failure_ = error_of(url.error());
    return false;
  }
  outgoing_request request;
  request.to = *std::move(url);
  request.method = "GET";
  request.repeatable = true;  // it only reads
  request.headers = {{"Accept", "text/event-stream"}, {"Cache-Control", "no-store"}};
  if (!key_.empty()) {
    request.headers.push_back({"Authorization", "Bearer " + std::string(key_.reveal())});
  }
  if (!last_id_.empty()) request.headers.push_back({"Last-Event-ID", last_id_});
  {
    const std::lock_guard lock(mutex_);
    heard_ = {};
  }
  open_ = true;
  loop_.post([this, request = std::move(request)]() mutable {
    reader_.begin_again();
    stream_ = client_->open_stream(
        std::move(request),
        {.on_head = [this](const http_answer& head) { on_head(head); },
         .on_piece = [this](const std::string& piece) { on_piece(piece); },
         .on_end = [this](std::optional<failed_exchange> how) { on_end(std::move(how)); },
         .idle_timeout = silence_max});
  });
  return true;
}

bool http_event_follower::is_news(const std::string& id) {
  if (id.empty()) return true;
  if (!seen_.insert(id).second) return false;
  seen_in_order_.push_back(id);
  if (seen_in_order_.size() > remembered_ids) {
    seen_.erase(seen_in_order_.front());
    seen_in_order_.pop_front();
  }
  return true;
}

std::optional<followed_event> http_event_follower::take() {
  const std::lock_guard lock(mutex_);
  if (heard_.status == 200) {
    if (std::exchange(told_lost_, false)) print_beside("Connected again.\n");
    if (!std::exchange(ever_open_, true) && !wish_.after && !wish_.since && heard_.date) {
      wish_.since = to_rfc3339(*heard_.date);
    }
    pause_ = std::max(first_reconnect_pause, std::min(heard_.retry_after, longest_reconnect_pause));
  }
  while (!heard_.events.empty()) {
    followed_event one = std::move(heard_.events.front());
    heard_.events.pop_front();
    if (heard_.paused && heard_.events.size() <= waiting_low) {
      heard_.paused = false;
      loop_.post([this] { stream_.resume(); });
    }
    last_id_ = one.id;
    if (is_news(one.id)) return one;
  }
  return std::nullopt;
}

// The server refuses for good, or was never there; or there is something to wait for.
bool http_event_follower::go_on_after_end() {
  heard_so_far end;
  {
    const std::lock_guard lock(mutex_);
    end = std::exchange(heard_, {});
  }
  open_ = false;
  const bool answered = end.status != 0 && end.status != 200;
  const bool busy = end.status == 429 || end.status >= 500;
  if (answered && !busy) {
    api_answer told;
    told.status = end.status;
    boost::system::error_code failed;
    told.body = json::parse(end.refusal, failed);
    failure_ = error_of(told, false);
    return false;
  }
  const std::string why = end.how ? end.how->detail
                          : answered ? "The server has no place for it now."
                                     : "The server ended it.";
  const bool trusted = !end.how || end.how->what != exchange_failure::not_trusted;
  if (!trusted || (!ever_open_ && !busy)) {
    failure_ = command_error{.code = trusted ? "not_reachable" : "not_trusted",
                             .message = "No events from " + server_ + ": " + why,
                             .hint = "`dialplane doctor` looks for the reason.",
                             .exit_code = 4};
    return false;
  }
  // Not all who were cut off together come back together.
  const auto pause_ms = static_cast<std::uint64_t>(pause_.count());
  const milliseconds wait{static_cast<std::int64_t>(pause_ms / 2 + random_.below(pause_ms))};
  if (!std::exchange(told_lost_, true)) {
    print_beside("The event stream ended. " + why + " Trying again until it is back.\n");
  }
  pause_ = std::min(pause_ * 2, longest_reconnect_pause);
  return pause_for(wait);
}

std::optional<followed_event> http_event_follower::next() {
  while (!was_interrupted()) {
    if (!open_ && !connect()) return std::nullopt;
    if (auto one = take()) return one;
    bool ended = false;
    {
      const std::lock_guard lock(mutex_);
      ended = heard_.ended && heard_.events.empty();
    }
    if (ended) {
      if (!go_on_after_end()) return std::nullopt;
      continue;
    }
    if (!wait_for_input(bell_)) return std::nullopt;
    std::uint64_t rung = 0;
    if (::read(bell_, &rung, sizeof rung) < 0) continue;
  }
  return std::nullopt;
}

}  // namespace

json::object followed_event::data() const {
  const json::value* found = whole.if_contains("data");
  return found != nullptr && found->is_object() ? found->get_object() : json::object();
}

std::int64_t followed_event::unix_ms() const {
  const json::value* found = whole.if_contains("ts");
  return found != nullptr && found->is_int64() ? found->get_int64() : 0;
}

result<std::unique_ptr<event_follower>> event_follower::open(const connection& to,
                                                             follow_wish wish) {
  tls_context tls;
  if (to.server.starts_with("https:")) {
    TRY_ASSIGN(tls, load_client_tls());
  }
  return std::unique_ptr<event_follower>(
      std::make_unique<http_event_follower>(to, std::move(tls), std::move(wish)));
}

result<follow_wish> read_since(const std::string& text, timestamp now) {
  follow_wish wish;
  if (const auto id = event_id::parse(text)) {
    wish.after = id->uuid();
    return wish;
  }
  if (const auto at = parse_rfc3339(text)) {
    wish.since = to_rfc3339(*at);
    return wish;
  }
  std::int64_t count = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), count);
  const std::string_view unit(end, static_cast<std::size_t>(text.data() + text.size() - end));
  constexpr std::pair<std::string_view, std::int64_t> units[] = {
      {"s", 1'000}, {"m", 60'000}, {"h", 3'600'000}, {"d", 86'400'000}};
  const auto found = std::ranges::find(units, unit, [](const auto& each) { return each.first; });
  if (failure != std::errc() || found == std::end(units) || count < 0 || count > 100'000) {
    return bad_field("since", "--since must be an event's id, a time such as "
                              "2027-01-31T00:00:00Z, or how long ago, such as 10m, 2h, 1d.");
  }
  wish.since = to_rfc3339(timestamp{now.unix_ms - count * found->second});
  return wish;
}

}  // namespace dialplane::cli
