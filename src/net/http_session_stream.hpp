// Inside of http_session, for its two sources only: what a session keeps of a streamed answer.
#pragma once

#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "net/http_session.hpp"

namespace dialplane {

template <typename Member>
io_done http_session::callback(Member member) {
  return [self = shared_from_this(), member](io_status status, std::size_t bytes) {
    // An exception here is ours or the allocator's; it costs this connection only.
    try {
      if (self->phase_ != phase::closed) member(*self, status, bytes);
    } catch (...) {
      self->end(true);
    }
  };
}

// What an http_stream holds. It may outlive the session and the loop.
class http_session::stream_slot final
    : public http_stream::sink,
      public std::enable_shared_from_this<http_session::stream_slot> {
 public:
  stream_slot(asio_event_loop& loop, std::weak_ptr<http_session> session)
      : loop_(&loop), mailbox_(loop.mailbox()), session_(std::move(session)) {}

  void write(std::string piece, unique_function<void()> taken) override;
  void end() noexcept override;

 private:
  event_loop* loop_;  // compared, never used: it may be gone
  std::shared_ptr<loop_mailbox> mailbox_;
  std::weak_ptr<http_session> session_;
};

struct http_session::stream_state {
  std::shared_ptr<stream_slot> slot;
  std::string waiting;                            // framed, not handed to the network yet
  std::vector<unique_function<void()>> taken;     // of what waits
  std::vector<unique_function<void()>> on_the_way;  // of what is being written
  unique_function<void()> closed;
  bool chunked = true;
  bool head_only = false;
  bool close_after = false;
  bool writing = false;
  bool ending = false;
};

}  // namespace dialplane
