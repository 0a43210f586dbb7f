#include "net/http_session_stream.hpp"

#include <exception>

#include "base/check.hpp"

namespace dialplane {

void http_session::stream_slot::write(std::string piece, unique_function<void()> taken) {
  if (event_loop::current() == loop_) {
    if (const auto session = session_.lock()) session->on_piece(*this, piece, std::move(taken));
    return;
  }
  mailbox_->post([self = shared_from_this(), piece = std::move(piece),
                  taken = std::move(taken)]() mutable {
    if (const auto session = self->session_.lock()) {
      session->on_piece(*self, piece, std::move(taken));
    }
  });
}

void http_session::stream_slot::end() noexcept {
  if (event_loop::current() == loop_) {
    if (const auto session = session_.lock()) session->on_stream_end(this);
    return;
  }
  mailbox_->post([self = shared_from_this()] {
    if (const auto session = self->session_.lock()) session->on_stream_end(self.get());
  });
}

std::shared_ptr<http_stream::sink> http_session::open_stream(http_response& head,
                                                             unique_function<void()> closed) {
  auto slot = std::make_shared<stream_slot>(shard_->loop, weak_from_this());
  if (phase_ != phase::handling || streaming_) {  // timed out, or closed
    shard_->loop.post(std::move(closed));
    return slot;
  }
  streaming_ = std::make_unique<stream_state>();
  stream_state& now = *streaming_;
  now.slot = slot;
  now.closed = std::move(closed);
  now.chunked = !reader_.http_1_0();
  now.head_only = method_ == "HEAD";
  now.close_after = !keep_alive_ || shard_->draining || !now.chunked;
  now.ending = now.head_only || shard_->draining;
  report_ = std::move(head.delivered);
  if (now.ending || stream_.peer_closed()) report_.tell(false);
  write_stream_head(head, {.close = now.close_after}, now.chunked, shard_->date.text(),
                    now.waiting);
  if (now.ending && now.chunked && !now.head_only) append_chunk({}, now.waiting);
  if (!in_handler_) begin_streaming();
  return slot;
}

// A read is kept in flight, so that the client's going is noticed at once.
void http_session::begin_streaming() {
  enter(phase::streaming, std::chrono::steady_clock::now());
  read_more();
  flush_stream();
}

void http_session::on_piece(const stream_slot& from, std::string_view piece,
                            unique_function<void()> taken) {
  if (!streaming_ || streaming_->slot.get() != &from || streaming_->ending) return;
  stream_state& now = *streaming_;
  const std::size_t unsent = now.waiting.size() + (now.writing ? out_.size() : 0);
  if (unsent + piece.size() > service_->options.limits.stream_bytes) {
    service_->tell(connection_event::write_timed_out);
    return end(true);
  }
  if (now.chunked) {
    if (!piece.empty()) append_chunk(piece, now.waiting);
  } else {
    now.waiting += piece;
  }
  if (taken) now.taken.push_back(std::move(taken));
  if (phase_ == phase::streaming && !now.writing) flush_stream();
}

void http_session::on_stream_end(const stream_slot* from) {
  if (!streaming_ || streaming_->ending) return;
  if (from != nullptr && streaming_->slot.get() != from) return;
  streaming_->ending = true;
  if (from == nullptr) report_.tell(false);  // cut short
  if (streaming_->chunked) append_chunk({}, streaming_->waiting);
  if (phase_ == phase::streaming && !streaming_->writing) flush_stream();
}

void http_session::flush_stream() {
  // An empty piece is taken when all before it is.
  while (!streaming_->waiting.empty() || !streaming_->taken.empty()) {
    stream_state& now = *streaming_;
    out_.clear();
    out_.swap(now.waiting);
    now.on_the_way = std::exchange(now.taken, {});
    now.writing = true;
    if (out_.empty()) {
      if (!after_piece_taken()) return;
      continue;
    }
    const tcp_stream::outcome outcome =
        stream_.write(out_, callback([](http_session& self, io_status status, std::size_t) {
          if (status != io_status::ok) return self.end(true);
          if (self.after_piece_taken()) self.flush_stream();
        }));
    if (outcome == tcp_stream::outcome::failed) return end(true);
    if (outcome == tcp_stream::outcome::pending) {
      deadline_ = std::chrono::steady_clock::now() + service_->options.limits.write_timeout;
      return;
    }
    if (!after_piece_taken()) return;
  }
  deadline_ = steady_time::max();
  if (streaming_->ending) finish_stream();
}

// Tells those who waited for it; they may write on, or end the session: then false.
bool http_session::after_piece_taken() {
  sent_ += out_.size();
  out_.clear();
  std::vector<unique_function<void()>> told = std::exchange(streaming_->on_the_way, {});
  for (unique_function<void()>& each : told) {
    each();
    if (!streaming_) return false;
  }
  streaming_->writing = false;
  return true;
}

void http_session::finish_stream() {
  const bool close = streaming_->close_after || shard_->draining;
  answer_written();
  tell_stream_closed();
  if (phase_ != phase::streaming) return;
  if (close) return linger();
  enter(phase::idle, std::chrono::steady_clock::now());
  pump();
}

void http_session::tell_stream_closed() noexcept {
  if (!streaming_) return;
  const std::unique_ptr<stream_state> over = std::move(streaming_);
  try {
    if (over->closed) over->closed();
  } catch (const std::exception& failure) {
    if (service_->options.observer != nullptr) {
      service_->options.observer->on_handler_failure(failure.what());
    }
  }
}

}  // namespace dialplane
