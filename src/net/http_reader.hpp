// Turns received bytes into requests that passed the gate: the parser, the gate and the body.
//
// One reader serves one connection, request after request. It knows no socket and no time, so tests
// and the fuzzer drive it with plain bytes. It holds at most http_limits::body_bytes of body; bytes
// it has not used stay with the caller. Nothing here includes Beast.
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>

#include "net/http.hpp"
#include "net/http_gate.hpp"

namespace dialplane {

class http_reader {
 public:
  enum class progress {
    need_more,  // everything up to `used` is taken; call again with the rest and more
    complete,   // take() the request; bytes after `used` belong to the next one
    refused,    // see refusal(); the connection can only be answered and closed
  };

  explicit http_reader(const http_limits& limits);  // the limits outlive the reader
  ~http_reader();
  http_reader(const http_reader&) = delete;
  http_reader& operator=(const http_reader&) = delete;

  // Reads on. `bytes` starts with what an earlier call did not use, and is not empty. A caller
  // whose buffer holds http_limits::head_bytes never runs full: before that this refuses.
  progress consume(std::string_view bytes, std::size_t& used);

  bool started() const noexcept;        // some of the request has been taken
  bool head_complete() const noexcept;  // and it passed the gate
  // The client waits for "100 Continue" before it sends the body. True once per request.
  bool take_continue() noexcept;

  // After complete. The request lacks peer, tls and received_at. Makes the reader ready for the
  // next one; keep_alive() goes on speaking of the one taken.
  http_request take();
  bool keep_alive() const noexcept;
  bool http_1_0() const noexcept;
  const http_refusal& refusal() const noexcept;
  // A refusal of the unfinished request for another reason (time), saying as much about it as is
  // known. `unread` is what consume() did not use.
  http_refusal give_up(std::string_view unread, int status, error_code code,
                       std::string_view message) const;

 private:
  struct state;
  std::unique_ptr<state> state_;
};

}  // namespace dialplane
