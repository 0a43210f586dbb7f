#include "net/http_client.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <utility>

#include "base/check.hpp"
#include "net/http_answer_text.hpp"
#include "net/tcp.hpp"

namespace dialplane {

namespace {

using steady = std::chrono::steady_clock;

constexpr std::chrono::milliseconds client_sweep_interval{50};
constexpr std::size_t addresses_tried = 3;

// Same scheme, host and port: the same connection will do.
std::string key_of(const http_url& url) { return (url.tls ? "s " : "p ") + url.authority(); }

struct kept_connection {
  tcp_stream stream;
  steady::time_point since;
};

}  // namespace

std::string_view name_of(exchange_failure what) noexcept {
  switch (what) {
    case exchange_failure::destination_refused: return "destination_not_allowed";
    case exchange_failure::name_not_found: return "name_not_found";
    case exchange_failure::not_connected: return "not_connected";
    case exchange_failure::not_trusted: return "not_trusted";
    case exchange_failure::timed_out: return "timed_out";
    case exchange_failure::broken: return "broken_connection";
    case exchange_failure::bad_answer: return "bad_answer";
    case exchange_failure::over_limit: return "over_limit";
    case exchange_failure::stopping: return "stopping";
  }
  return "";
}

answer_stream& answer_stream::operator=(answer_stream&& other) noexcept {
  if (this == &other) return *this;
  cancel();
  control_ = std::move(other.control_);
  return *this;
}

void answer_stream::pause() noexcept {
  if (const auto open = control_.lock()) open->pause();
}

void answer_stream::resume() {
  if (const auto open = control_.lock()) open->resume();
}

void answer_stream::cancel() noexcept {
  if (const auto open = std::exchange(control_, {}).lock()) open->cancel();
}

namespace {

class exchange;

}  // namespace

struct http_client::core : std::enable_shared_from_this<http_client::core> {
  explicit core(http_client_options from) : options(std::move(from)) {}

  using done_with = unique_function<void(exchange_result)>;
  std::shared_ptr<exchange> begin(outgoing_request request, done_with done,
                                  std::optional<answer_listener> heard_by = std::nullopt);
  std::optional<tcp_stream> take_kept(const std::string& key);
  void keep(const std::string& key, tcp_stream stream);
  void forget_kept(steady::time_point now);
  void sweep_later();
  void sweep();
  void stop();

  const http_client_options options;
  std::vector<std::shared_ptr<exchange>> in_flight;
  std::map<std::string, std::vector<kept_connection>> kept;
  std::size_t kept_count = 0;
  bool sweeping = false;
  bool stopped = false;
};

namespace {

// One request and its answer. Held by the client's list and by what is in flight on its behalf.
class exchange final : public answer_stream::control,
                       public std::enable_shared_from_this<exchange> {
 public:
  exchange(std::shared_ptr<http_client::core> client, outgoing_request request,
           unique_function<void(exchange_result)> done, std::optional<answer_listener> heard_by)
      : client_(std::move(client)), request_(std::move(request)), done_(std::move(done)),
        heard_by_(std::move(heard_by)), key_(key_of(request_.to)),
        deadline_(steady::now() + client_->options.connect_timeout) {
    read_anew();
  }

  void begin() {
    if (over_) return;
    write_text();
    if (auto kept = client_->take_kept(key_)) {
      stream_ = *std::move(kept);
      reused_ = true;
      return send();
    }
    find_addresses();
  }

  void cut_off_if_late(steady::time_point now) {
    if (now < deadline_) return;
    fail(exchange_failure::timed_out, head_told_ ? "Nothing more came for too long."
                                      : sent_    ? "There was no answer in time."
                                                 : "There was no connection in time.");
  }

  void fail(exchange_failure what, std::string detail) {
    finish(failed_exchange{what, sent_, std::move(detail)});
  }

  void pause() noexcept override {
    paused_ = true;
    if (head_told_) deadline_ = steady::time_point::max();
  }
  void resume() override {
    if (!std::exchange(paused_, false) || over_ || !head_told_) return;
    deadline_ = steady::now() + heard_by_->idle_timeout;
    if (std::exchange(held_, false)) read();
  }
  void cancel() noexcept override {
    if (!over_) leave();
  }

  std::size_t index = 0;  // in the client's list

 private:
  void read_anew() {
    reader_.emplace(client_->options.answer, heard_by_ ? http_answer_reader::bodies::in_pieces
                                                       : http_answer_reader::bodies::kept);
  }

  template <typename Member>
  io_done then(Member member) {
    return [self = shared_from_this(), member](io_status status, std::size_t bytes) {
      if (!self->over_) member(*self, status, bytes);
    };
  }

  void write_text() {
    http_text_ = request_.method + " " + request_.to.target + " HTTP/1.1\r\nHost: " +
                 request_.to.authority() + "\r\nUser-Agent: " + client_->options.user_agent +
                 "\r\nContent-Length: " + std::to_string(request_.body.size());
    append_headers(request_.headers, http_text_);
    http_text_ += "\r\n\r\n";
    http_text_ += request_.body;
  }

  void find_addresses() {
    if (request_.to.address) return judge({request_.to.host});
    resolve_name(*client_->options.loop, request_.to.host,
                 [self = shared_from_this()](std::vector<std::string> found) {
                   if (!self->over_) self->judge(found);
                 });
  }

  // What is judged here is what is connected to; the name is not asked again.
  void judge(const std::vector<std::string>& found) {
    for (const std::string& text : found) {
      const auto address = parse_ip_address(text);
      if (address && client_->options.guard->allows(*address)) addresses_.push_back(*address);
    }
    if (found.empty()) {
      return fail(exchange_failure::name_not_found, "The host's name has no address.");
    }
    if (addresses_.empty()) {
      return fail(exchange_failure::destination_refused,
                  "The host's address is not a public one.");
    }
    if (addresses_.size() > addresses_tried) addresses_.resize(addresses_tried);
    connect();
  }

  void connect() {
    if (next_address_ == addresses_.size()) {
      return fail(exchange_failure::not_connected, "The host did not take the connection.");
    }
    const listen_address to{to_text(addresses_[next_address_++]), request_.to.port};
    stream_ = tcp_stream::connect(*client_->options.loop, to,
                                  then([](exchange& self, io_status status, std::size_t) {
                                    if (status != io_status::ok) return self.connect();
                                    self.secure();
                                  }));
  }

  void secure() {
    if (!request_.to.tls) return send();
    if (!client_->options.tls) {
      return fail(exchange_failure::not_trusted, "This server has no authorities to trust.");
    }
    stream_.client_handshake(client_->options.tls, request_.to.host,
                             then([](exchange& self, io_status status, std::size_t) {
                               if (status == io_status::ok) return self.send();
                               self.fail(exchange_failure::not_trusted, self.tls_complaint());
                             }));
  }

  std::string tls_complaint() const {
    const std::string why = stream_.why_untrusted();
    return why.empty() ? "The TLS handshake failed."
                       : "The certificate is not trusted: " + why + ".";
  }

  void send() {
    sent_ = true;
    deadline_ = steady::now() + client_->options.answer_timeout;
    const tcp_stream::outcome outcome =
        stream_.write(http_text_, then([](exchange& self, io_status status, std::size_t) {
          if (status != io_status::ok) return self.on_broken("The request could not be sent.");
          self.read();
        }));
    switch (outcome) {
      case tcp_stream::outcome::done: return read();
      case tcp_stream::outcome::failed: return on_broken("The request could not be sent.");
      case tcp_stream::outcome::pending: return;
    }
  }

  void read() {
    if (head_told_) deadline_ = steady::now() + heard_by_->idle_timeout;
    stream_.read_some(buffer_, then([](exchange& self, io_status status, std::size_t bytes) {
                        self.on_read(status, bytes);
                      }));
  }

  void on_read(io_status status, std::size_t bytes) {
    if (status == io_status::failed) return on_broken("The connection failed.");
    const auto after = status == io_status::ok
                           ? reader_->consume(std::string_view(buffer_.data(), bytes))
                           : reader_->end_of_input();
    if (heard_by_ && !hand_over()) return;
    switch (after) {
      case http_answer_reader::progress::need_more: return read_unless_paused();
      case http_answer_reader::progress::complete: return on_answer();
      case http_answer_reader::progress::refused: break;
    }
    if (status != io_status::ok) return on_broken("The connection ended before the answer did.");
    fail(exchange_failure::bad_answer, "The answer is not sound HTTP/1.1: " +
                                           reader_->complaint() + ".");
  }

  // Tells what has come of an answer that is read as it arrives. False: the listener gave it up.
  bool hand_over() {
    if (!head_told_ && reader_->head_is_complete()) {
      head_told_ = true;
      std::string piece = reader_->take_piece();
      if (heard_by_->on_head) heard_by_->on_head(reader_->head());
      if (!over_ && !piece.empty()) heard_by_->on_piece(std::move(piece));
      return !over_;
    }
    std::string piece = reader_->take_piece();
    if (!piece.empty()) heard_by_->on_piece(std::move(piece));
    return !over_;
  }

  void read_unless_paused() {
    if (!paused_ || !head_told_) return read();
    held_ = true;
    deadline_ = steady::time_point::max();
  }

  void on_answer() {
    if (reader_->reusable()) client_->keep(key_, std::exchange(stream_, {}));
    finish(reader_->take());
  }

  // A kept connection may have been closed by the other side just when it was used again.
  void on_broken(std::string_view detail) {
    if (!reused_ || reader_->started() || !request_.repeatable) {
      return fail(exchange_failure::broken, std::string(detail));
    }
    reused_ = false;
    sent_ = false;
    stream_.close();
    read_anew();
    deadline_ = steady::now() + client_->options.connect_timeout;
    find_addresses();
  }

  void finish(exchange_result outcome);
  void leave() noexcept;

  const std::shared_ptr<http_client::core> client_;
  outgoing_request request_;
  unique_function<void(exchange_result)> done_;
  std::optional<answer_listener> heard_by_;  // of an answer that is read as it arrives
  const std::string key_;
  std::string http_text_;
  std::vector<ip_address> addresses_;
  std::size_t next_address_ = 0;
  tcp_stream stream_;
  std::optional<http_answer_reader> reader_;
  std::array<char, 8192> buffer_{};
  steady::time_point deadline_;
  bool reused_ = false;
  bool sent_ = false;
  bool head_told_ = false;
  bool paused_ = false;
  bool held_ = false;  // paused, and no read is in flight
  bool over_ = false;
};

void exchange::finish(exchange_result outcome) {
  if (over_) return;
  const auto self = shared_from_this();
  leave();
  done_(std::move(outcome));
}

// From the client's list and the network. Who calls holds the exchange.
void exchange::leave() noexcept {
  over_ = true;
  if (stream_) stream_.close();
  auto& all = client_->in_flight;
  if (index + 1 != all.size()) {
    all[index] = std::move(all.back());
    all[index]->index = index;
  }
  all.pop_back();
}

}  // namespace

std::shared_ptr<exchange> http_client::core::begin(outgoing_request request, done_with done,
                                                   std::optional<answer_listener> heard_by) {
  const bool too_much = in_flight.size() >= options.requests_at_once ||
                        request.body.size() > options.request_bytes;
  if (stopped || too_much) {
    const failed_exchange why{
        stopped ? exchange_failure::stopping : exchange_failure::over_limit, false,
        stopped ? "The server is shutting down." : "Too much is being sent at once."};
    options.loop->post([done = std::move(done), why]() mutable { done(why); });
    return nullptr;
  }
  auto fresh = std::make_shared<exchange>(shared_from_this(), std::move(request), std::move(done),
                                          std::move(heard_by));
  fresh->index = in_flight.size();
  in_flight.push_back(fresh);
  sweep_later();
  // Never within the caller: it may not be ready for the end yet.
  options.loop->post([fresh] { fresh->begin(); });
  return fresh;
}

std::optional<tcp_stream> http_client::core::take_kept(const std::string& key) {
  const auto found = kept.find(key);
  if (found == kept.end()) return std::nullopt;
  std::optional<tcp_stream> usable;
  while (!found->second.empty() && !usable) {
    tcp_stream stream = std::move(found->second.back().stream);
    found->second.pop_back();
    --kept_count;
    if (stream.quiet()) {
      usable = std::move(stream);
    } else {
      stream.close();
    }
  }
  if (found->second.empty()) kept.erase(found);
  return usable;
}

void http_client::core::keep(const std::string& key, tcp_stream stream) {
  if (stopped || kept_count >= options.kept_in_all) return stream.close();
  std::vector<kept_connection>& same = kept[key];
  if (same.size() >= options.kept_per_host) return stream.close();
  same.push_back({std::move(stream), steady::now()});
  ++kept_count;
}

void http_client::core::forget_kept(steady::time_point now) {
  for (auto host = kept.begin(); host != kept.end();) {
    kept_count -= std::erase_if(host->second, [&](kept_connection& each) {
      const bool old = now - each.since >= options.idle_timeout;
      if (old) each.stream.close();
      return old;
    });
    host = host->second.empty() ? kept.erase(host) : std::next(host);
  }
}

void http_client::core::sweep_later() {
  if (std::exchange(sweeping, true)) return;
  options.loop->post_after(client_sweep_interval, [weak = weak_from_this()] {
    if (const auto self = weak.lock()) self->sweep();
  });
}

void http_client::core::sweep() {
  sweeping = false;
  const steady::time_point now = steady::now();
  // From the end: one that goes is replaced by the last, which has been looked at.
  for (std::size_t i = in_flight.size(); i-- > 0;) {
    if (i >= in_flight.size()) continue;
    const std::shared_ptr<exchange> each = in_flight[i];
    each->cut_off_if_late(now);
  }
  forget_kept(now);
  if (!in_flight.empty() || kept_count > 0) sweep_later();
}

void http_client::core::stop() {
  if (std::exchange(stopped, true)) return;
  while (!in_flight.empty()) {
    const std::shared_ptr<exchange> each = in_flight.back();
    each->fail(exchange_failure::stopping, "The server is shutting down.");
  }
  for (auto& [host, connections] : kept) {
    for (kept_connection& each : connections) each.stream.close();
  }
  kept.clear();
  kept_count = 0;
}

http_client::http_client(http_client_options options) {
  CHECK(options.loop != nullptr && options.guard != nullptr);
  core_ = std::make_shared<core>(std::move(options));
}

http_client::~http_client() { core_->stopped = true; }

void http_client::send(outgoing_request request, unique_function<void(exchange_result)> done) {
  CHECK(event_loop::current() == core_->options.loop);
  core_->begin(std::move(request), std::move(done));
}

answer_stream http_client::open_stream(outgoing_request request, answer_listener heard_by) {
  CHECK(event_loop::current() == core_->options.loop);
  CHECK(heard_by.on_piece && heard_by.on_end);
  auto done = [on_end = std::move(heard_by.on_end)](exchange_result got) mutable {
    if (got) return on_end(std::nullopt);
    on_end(std::move(got).error());
  };
  return answer_stream(core_->begin(std::move(request), std::move(done), std::move(heard_by)));
}

void http_client::stop() { core_->stop(); }

}  // namespace dialplane
