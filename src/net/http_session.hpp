// One connection of the HTTP server: reads, calls the handler, writes the answer, and again.
//
// Inside of http_server; nobody else includes it. A session lives on one loop and is touched only
// on that loop's thread. It is kept alive by its shard's list and by the operations in flight,
// never by a responder: an answer that comes after the end finds nobody and is dropped. Plain
// callbacks on purpose: no coroutine frame, and no exception leaves one.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "net/http_answer_text.hpp"
#include "net/http_reader.hpp"
#include "net/http_server.hpp"
#include "net/tcp.hpp"

namespace dialplane {

using steady_time = std::chrono::steady_clock::time_point;

class http_session;

// What all connections of a server share.
struct http_service {
  explicit http_service(http_server_options from) : options(std::move(from)) {}

  http_server_options options;
  tls_context tls;
  std::atomic<std::size_t> open{0};
  std::atomic<bool> ending{false};  // the server is being destroyed: no handler runs any more
  unique_function<void()> connection_gone;  // after `open` went down; from any loop

  void tell(connection_event what) noexcept {
    if (options.observer != nullptr) options.observer->on_connection(what);
  }
};

// The connections of one loop.
struct http_shard {
  http_shard(asio_event_loop& on, const clock& time) : loop(on), date(time) {}

  asio_event_loop& loop;
  http_date date;
  std::vector<std::shared_ptr<http_session>> sessions;  // order has no meaning
  bool draining = false;
  bool sweeping = false;  // a sweep is scheduled
};

// A growing window of received bytes that are not used yet.
class read_buffer {
 public:
  explicit read_buffer(std::size_t most) : most_(most) {}
  std::string_view unread() const noexcept { return {bytes_.data() + begin_, end_ - begin_}; }
  std::span<char> space();  // at least one byte; room for `most` in all
  void received(std::size_t count) noexcept { end_ += count; }
  void used(std::size_t count) noexcept;
  void shrink();  // gives memory back; only what is unread stays

 private:
  static constexpr std::size_t first_bytes = 2048;
  std::vector<char> bytes_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  std::size_t most_;
};

class http_session final : public std::enable_shared_from_this<http_session> {
 public:
  http_session(std::shared_ptr<http_service> service, std::shared_ptr<http_shard> shard,
               tcp_stream stream);
  ~http_session();

  void begin();
  void cut_off_if_late(steady_time now);
  // Closes now if idle, else after the request in flight; one still arriving must be quick.
  void begin_drain();
  void close_by_force();
  // Tells what can be told of answers given; false once the peer has closed.
  bool look();

 private:
  void hurry_if_draining(steady_time now);

  enum class phase {
    handshake,
    head,      // a request has begun, or a new connection's first is awaited
    body,
    idle,      // between requests, nothing received
    handling,  // a responder is out
    writing,
    streaming,  // the answer goes on in pieces
    lingering,  // answered for the last time; reads on so that the answer is not lost to a reset
    closed,
  };
  enum class after_write { next_request, linger, read_body };

  // What a responder holds. It may outlive the session and the loop.
  class answer_slot;
  // What an http_stream holds, and what the session keeps of one; http_session_stream.cpp.
  class stream_slot;
  struct stream_state;

  void enter(phase next, steady_time now);
  void on_handshake(io_status status);
  void read_more();
  void on_read(io_status status, std::size_t bytes);
  void pump();
  void after_partial_request();
  void dispatch();
  void on_answer(http_response response);
  void on_abandoned() noexcept;
  void answer(http_response& response, bool close_after);
  void answer_written() noexcept;
  void settle_reports() noexcept;
  void refuse(http_refusal why);
  void fail(int status, error_code code, std::string_view message);
  void write(after_write then);
  void on_written(io_status status);
  void written();
  void linger();
  void end(bool abruptly) noexcept;

  std::shared_ptr<http_stream::sink> open_stream(http_response& head,
                                                 unique_function<void()> closed);
  void begin_streaming();
  void on_piece(const stream_slot& from, std::string_view piece, unique_function<void()> taken);
  void on_stream_end(const stream_slot* from);  // null: whichever there is
  void flush_stream();
  bool after_piece_taken();
  void finish_stream();
  void tell_stream_closed() noexcept;

  template <typename Member>
  io_done callback(Member member);

  std::shared_ptr<http_service> service_;
  std::shared_ptr<http_shard> shard_;
  tcp_stream stream_;
  std::shared_ptr<answer_slot> slot_;
  http_reader reader_;
  read_buffer in_;
  std::string out_;
  std::string peer_;
  std::string method_;  // of the request in hand
  std::string path_;
  phase phase_ = phase::head;
  after_write then_ = after_write::next_request;
  steady_time deadline_{};
  steady_time head_at_{};
  std::size_t index_ = 0;  // in the shard's list
  std::uint64_t received_ = 0;
  std::uint64_t sent_ = 0;
  std::uint64_t discarded_ = 0;
  std::optional<http_response> early_answer_;  // given while the handler still ran
  bool early_abandoned_ = false;
  std::unique_ptr<stream_state> streaming_;
  delivery_report report_;  // of the answer that is being written
  std::vector<delivery_report> unacknowledged_;  // of those that were
  bool in_handler_ = false;
  bool keep_alive_ = true;
  bool reading_ = false;
};

}  // namespace dialplane
