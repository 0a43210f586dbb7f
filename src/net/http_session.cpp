#include "net/http_session.hpp"

#include <algorithm>
#include <cstring>
#include <exception>
#include <utility>

#include "base/check.hpp"
#include "net/http_session_stream.hpp"

namespace dialplane {

namespace {

// How long, and how much, a closing connection listens on so that its last answer arrives.
constexpr std::chrono::milliseconds linger_timeout{2'000};
constexpr std::uint64_t linger_bytes = 1024 * 1024;
constexpr std::size_t kept_answer_bytes = 16 * 1024;
constexpr std::size_t reports_kept = 16;  // a peer that pipelines and acknowledges nothing
// How long a request that has begun to arrive may take once the server drains.
constexpr std::chrono::milliseconds drain_patience{500};

}  // namespace

class http_session::answer_slot final
    : public responder::sink,
      public delivery_look,
      public std::enable_shared_from_this<http_session::answer_slot> {
 public:
  answer_slot(asio_event_loop& loop, std::weak_ptr<http_session> session)
      : loop_(&loop), mailbox_(loop.mailbox()), session_(std::move(session)) {}

  void respond(http_response response) override {
    if (event_loop::current() == loop_) {
      if (const auto session = session_.lock()) session->on_answer(std::move(response));
      return;
    }
    mailbox_->post([self = shared_from_this(), response = std::move(response)]() mutable {
      if (const auto session = self->session_.lock()) session->on_answer(std::move(response));
    });
  }

  std::shared_ptr<http_stream::sink> stream(http_response head,
                                            unique_function<void()> closed) override {
    CHECK(event_loop::current() == loop_);
    if (const auto session = session_.lock()) {
      return session->open_stream(head, std::move(closed));
    }
    mailbox_->post(std::move(closed));
    return nullptr;
  }

  void abandon() noexcept override {
    if (event_loop::current() == loop_) {
      if (const auto session = session_.lock()) session->on_abandoned();
      return;
    }
    mailbox_->post([self = shared_from_this()] {
      if (const auto session = self->session_.lock()) session->on_abandoned();
    });
  }

  bool peer_is_waiting() const noexcept override { return !peer_gone; }

  std::shared_ptr<delivery_look> connection() override { return shared_from_this(); }

  void look(unique_function<void(bool)> told) override {
    if (event_loop::current() == loop_) {
      const auto session = session_.lock();
      return told(session && session->look());
    }
    mailbox_->post([self = shared_from_this(), told = std::move(told)]() mutable {
      const auto session = self->session_.lock();
      told(session && session->look());
    });
  }

  std::atomic<bool> peer_gone{false};

 private:
  event_loop* loop_;  // compared, never used: it may be gone
  std::shared_ptr<loop_mailbox> mailbox_;
  std::weak_ptr<http_session> session_;
};

std::span<char> read_buffer::space() {
  if (begin_ == end_) begin_ = end_ = 0;
  if (end_ == bytes_.size()) {
    if (begin_ > 0) {
      std::memmove(bytes_.data(), bytes_.data() + begin_, end_ - begin_);
      end_ -= begin_;
      begin_ = 0;
    } else {
      CHECK(bytes_.size() < most_);  // the reader refuses before that
      bytes_.resize(std::clamp(bytes_.size() * 2, std::min(first_bytes, most_), most_));
    }
  }
  return {bytes_.data() + end_, bytes_.size() - end_};
}

void read_buffer::used(std::size_t count) noexcept { begin_ += count; }

void read_buffer::shrink() {
  if (bytes_.size() <= 2 * first_bytes || begin_ != end_) return;
  bytes_ = std::vector<char>();
  begin_ = end_ = 0;
}

http_session::http_session(std::shared_ptr<http_service> service,
                           std::shared_ptr<http_shard> shard, tcp_stream stream)
    : service_(std::move(service)),
      shard_(std::move(shard)),
      stream_(std::move(stream)),
      reader_(service_->options.limits),
      in_(service_->options.limits.head_bytes),
      peer_(stream_.peer()) {}

http_session::~http_session() = default;

void http_session::begin() {
  slot_ = std::make_shared<answer_slot>(shard_->loop, weak_from_this());
  index_ = shard_->sessions.size();
  shard_->sessions.push_back(shared_from_this());
  service_->tell(connection_event::opened);
  const steady_time now = std::chrono::steady_clock::now();
  if (!service_->tls) {
    enter(phase::head, now);
    return read_more();
  }
  enter(phase::handshake, now);
  stream_.handshake(service_->tls, callback([](http_session& self, io_status status, std::size_t) {
    self.on_handshake(status);
  }));
}

void http_session::on_handshake(io_status status) {
  if (status != io_status::ok) {
    service_->tell(connection_event::tls_failed);
    return end(true);
  }
  enter(phase::head, std::chrono::steady_clock::now());
  read_more();
}

void http_session::enter(phase next, steady_time now) {
  const http_limits& limits = service_->options.limits;
  phase_ = next;
  switch (next) {
    case phase::handshake:
    case phase::head: deadline_ = now + limits.head_timeout; break;
    case phase::body: deadline_ = now + limits.body_timeout; break;
    case phase::idle: deadline_ = now + limits.idle_timeout; break;
    case phase::handling: deadline_ = now + limits.handler_timeout; break;
    case phase::writing: deadline_ = now + limits.write_timeout; break;
    case phase::streaming: deadline_ = steady_time::max(); break;
    case phase::lingering: deadline_ = now + linger_timeout; break;
    case phase::closed: break;
  }
  hurry_if_draining(now);
}

void http_session::read_more() {
  if (std::exchange(reading_, true)) return;  // lingering begins while a read is in flight
  stream_.read_some(in_.space(),
                    callback([](http_session& self, io_status status, std::size_t bytes) {
                      self.reading_ = false;
                      self.on_read(status, bytes);
                    }));
}

void http_session::on_read(io_status status, std::size_t bytes) {
  if (status != io_status::ok) return end(false);
  received_ += bytes;
  if (phase_ == phase::lingering) {
    discarded_ += bytes;
    if (discarded_ > linger_bytes) return end(true);
    return read_more();  // into the same place: nothing is marked as received
  }
  in_.received(bytes);
  pump();
}

// Goes through what has been received: requests one after another, each answered before the next
// is looked at. Ends when it must wait: for bytes, for the handler, for the peer to take an answer.
void http_session::pump() {
  while (phase_ == phase::idle || phase_ == phase::head || phase_ == phase::body) {
    const std::string_view unread = in_.unread();
    if (unread.empty()) {
      if (phase_ == phase::idle) {
        if (shard_->draining) return linger();
        if (!reading_) in_.shrink();
      }
      return read_more();
    }
    std::size_t used = 0;
    const http_reader::progress progress = reader_.consume(unread, used);
    in_.used(used);
    switch (progress) {
      case http_reader::progress::complete: dispatch(); break;
      case http_reader::progress::refused: refuse(reader_.refusal()); break;
      case http_reader::progress::need_more: return after_partial_request();
    }
  }
}

void http_session::after_partial_request() {
  const steady_time now = std::chrono::steady_clock::now();
  if (reader_.head_complete()) {
    if (phase_ != phase::body) {
      head_at_ = now;
      enter(phase::body, now);
    }
    if (reader_.take_continue() && in_.unread().empty()) {
      out_ = "HTTP/1.1 100 Continue\r\n\r\n";
      write(after_write::read_body);
      if (phase_ != phase::body) return;  // on_written goes on
    }
  } else if (phase_ == phase::idle) {
    enter(phase::head, now);
  }
  read_more();
}

void http_session::dispatch() {
  const steady_time now = std::chrono::steady_clock::now();
  http_request request = reader_.take();
  request.peer = peer_;
  request.tls = stream_.tls();
  request.received_at = phase_ == phase::body ? head_at_ : now;
  method_ = request.method;
  path_ = request.path;
  keep_alive_ = reader_.keep_alive();
  settle_reports();
  enter(phase::handling, now);
  in_handler_ = true;
  bool threw = true;
  std::string what;
  try {
    service_->options.handler(std::move(request), responder(slot_));
    threw = false;
  } catch (const std::exception& failure) {
    what = failure.what();
  } catch (...) {
    what = "not a std::exception";
  }
  in_handler_ = false;
  const bool abandoned = std::exchange(early_abandoned_, false);
  if (threw && service_->options.observer != nullptr) {
    service_->options.observer->on_handler_failure(what);
  }
  if (phase_ != phase::handling) return;
  if (early_answer_) {
    http_response response = *std::exchange(early_answer_, std::nullopt);
    answer(response, threw);
  } else if (streaming_) {
    begin_streaming();
  } else if (threw) {
    fail(500, error_code::internal_error, "The server failed to handle the request.");
  } else if (abandoned) {
    service_->tell(connection_event::answer_dropped);
    end(false);
  }
}

void http_session::on_answer(http_response response) {
  if (phase_ != phase::handling) return;  // too late: timed out, or closed
  if (in_handler_) {
    early_answer_ = std::move(response);
    return;
  }
  try {
    answer(response, false);
    pump();
  } catch (...) {
    end(true);
  }
}

void http_session::on_abandoned() noexcept {
  if (phase_ != phase::handling) return;
  if (in_handler_) {
    early_abandoned_ = true;
    return;
  }
  service_->tell(connection_event::answer_dropped);
  end(false);
}

void http_session::answer(http_response& response, bool close_after) {
  report_ = std::move(response.delivered);
  if (report_ && stream_.peer_closed()) report_.tell(false);
  const bool close = close_after || !keep_alive_ || shard_->draining;
  const answer_form form{.head_only = method_ == "HEAD",
                         .close = close,
                         .keep_alive_said = !close && reader_.http_1_0()};
  write_answer(response, form, shard_->date.text(), out_);
  write(close ? after_write::linger : after_write::next_request);
}

void http_session::refuse(http_refusal why) {
  if (service_->options.observer != nullptr) service_->options.observer->on_refusal(why);
  http_response response = service_->options.refusal_body(why);
  response.status = why.status;
  method_ = why.method;
  answer(response, true);
}

// A refusal of a request that a handler has seen.
void http_session::fail(int status, error_code code, std::string_view message) {
  refuse({.status = status,
          .code = code,
          .message = std::string(message),
          .method = method_,
          .path = path_});
}

void http_session::write(after_write then) {
  then_ = then;
  const tcp_stream::outcome outcome =
      stream_.write(out_, callback([](http_session& self, io_status status, std::size_t) {
        self.on_written(status);
      }));
  switch (outcome) {
    case tcp_stream::outcome::done: return written();
    case tcp_stream::outcome::pending:
      return enter(phase::writing, std::chrono::steady_clock::now());
    case tcp_stream::outcome::failed: return end(true);
  }
}

void http_session::on_written(io_status status) {
  if (status != io_status::ok) return end(true);
  written();
  pump();
}

// The network has all of an answer; whether the peer does shows in time: at once, or the next time
// that anybody looks.
void http_session::answer_written() noexcept {
  if (!report_) return;
  if (unacknowledged_.size() == reports_kept) unacknowledged_.erase(unacknowledged_.begin());
  unacknowledged_.push_back(std::move(report_));
  settle_reports();
}

void http_session::settle_reports() noexcept {
  if (unacknowledged_.empty()) return;
  if (!stream_.all_acknowledged(phase_ == phase::lingering)) return;
  // None of them asks for another one here.
  for (delivery_report& each : std::exchange(unacknowledged_, {})) each.tell(true);
}

bool http_session::look() {
  if (phase_ == phase::closed) return false;
  settle_reports();
  const bool is_there = !stream_.peer_closed();
  if (!is_there && phase_ == phase::handling) slot_->peer_gone = true;
  return is_there;
}

// Leaves the session in a phase that pump() goes on from, or in none of them.
void http_session::written() {
  sent_ += out_.size();
  if (out_.capacity() > kept_answer_bytes) out_ = std::string();
  answer_written();
  switch (then_) {
    case after_write::next_request:
      return enter(phase::idle, std::chrono::steady_clock::now());
    case after_write::linger: return linger();
    case after_write::read_body: return enter(phase::body, std::chrono::steady_clock::now());
  }
}

// Closing while unread bytes wait would make the kernel reset the connection, and the peer might
// lose the answer it was about to read (RFC 9112 §9.6).
void http_session::linger() {
  enter(phase::lingering, std::chrono::steady_clock::now());
  in_.used(in_.unread().size());
  const tcp_stream::outcome outcome =
      stream_.end_sending(callback([](http_session& self, io_status, std::size_t) {
        self.end(false);
      }));
  switch (outcome) {
    case tcp_stream::outcome::done: return read_more();
    case tcp_stream::outcome::pending: return;
    case tcp_stream::outcome::failed: return end(true);
  }
}

void http_session::cut_off_if_late(steady_time now) {
  if (phase_ == phase::handling && stream_.peer_closed()) slot_->peer_gone = true;
  settle_reports();
  if (now < deadline_) return;
  switch (phase_) {
    case phase::handshake:
      service_->tell(connection_event::tls_failed);
      return end(true);
    case phase::head:
    case phase::body: {
      const bool head = phase_ == phase::head;
      service_->tell(head ? connection_event::head_timed_out : connection_event::body_timed_out);
      if (received_ == 0 || shard_->draining) return end(false);
      return refuse(reader_.give_up(in_.unread(), 408, error_code::timed_out,
                                    "The request did not arrive in time."));
    }
    case phase::idle:
      service_->tell(connection_event::idle_timed_out);
      return end(false);
    case phase::handling:
      service_->tell(connection_event::handler_timed_out);
      return fail(503, error_code::overloaded,
                  "The request took too long; its outcome is not known yet.");
    case phase::writing:
      service_->tell(connection_event::write_timed_out);
      return end(true);
    case phase::streaming:
      service_->tell(connection_event::write_timed_out);
      return end(true);
    case phase::lingering: return end(true);
    case phase::closed: return;
  }
}

void http_session::begin_drain() {
  settle_reports();
  // An answer on its way gets the time to arrive, or it would count as lost.
  if (phase_ == phase::idle && !unacknowledged_.empty()) return linger();
  if (phase_ == phase::idle || phase_ == phase::handshake ||
      (phase_ == phase::head && received_ == 0)) {
    return end(false);
  }
  if (phase_ == phase::streaming) return on_stream_end(nullptr);
  hurry_if_draining(std::chrono::steady_clock::now());
}

// A request that no handler has seen yet may still arrive, but not slowly.
void http_session::hurry_if_draining(steady_time now) {
  if (!shard_->draining || (phase_ != phase::head && phase_ != phase::body)) return;
  deadline_ = std::min(deadline_, now + drain_patience);
}

void http_session::close_by_force() { end(true); }

void http_session::end(bool abruptly) noexcept {
  if (phase_ == phase::closed) return;
  settle_reports();
  phase_ = phase::closed;
  slot_->peer_gone = true;
  if (abruptly) {
    stream_.abort();
  } else {
    stream_.close();
  }
  auto& sessions = shard_->sessions;
  const auto self = std::move(sessions[index_]);
  if (index_ + 1 != sessions.size()) {
    sessions[index_] = std::move(sessions.back());
    sessions[index_]->index_ = index_;
  }
  sessions.pop_back();
  --service_->open;
  service_->tell(connection_event::closed);
  if (service_->options.observer != nullptr) {
    service_->options.observer->on_bytes(received_, sent_);
  }
  report_.tell(false);
  unacknowledged_.clear();  // each tells false
  tell_stream_closed();
  if (service_->connection_gone) service_->connection_gone();
}

}  // namespace dialplane
