// TCP connections, plain or TLS, without showing Asio: what the HTTP server (and later the client
// and the WebSocket) reads from and writes to.
//
// A stream lives on one loop and is touched only on that loop's thread. Its owner keeps buffers
// and itself alive through the callbacks it passes: each is called exactly once, also after
// close(), or destroyed with the loop. No time-outs here; the owner closes what is late.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "base/unique_function.hpp"
#include "net/asio_event_loop.hpp"
#include "net/listen_address.hpp"
#include "net/tls_context.hpp"

namespace dialplane {

enum class io_status {
  ok,
  closed,  // by the peer or by us
  failed,  // a network or TLS error
};

using io_done = unique_function<void(io_status, std::size_t bytes)>;

class tcp_stream {
 public:
  enum class outcome {
    done,     // at once; the callback is dropped
    pending,  // the callback will be called
    failed,   // the connection is of no use; the callback is dropped
  };

  struct impl;
  tcp_stream() noexcept = default;
  explicit tcp_stream(std::shared_ptr<impl> inside) noexcept;

  explicit operator bool() const noexcept;  // is there a connection in it, open or closed?

  // A stream that begins to connect to an address of numbers (nothing is looked up); `done` gets
  // ok, or why not. Close it to give up.
  static tcp_stream connect(asio_event_loop& loop, const listen_address& to, io_done done);
  // The client's side of a TLS handshake: the certificate must be good for `host`, a name or an
  // address. On failure why_untrusted() says what was wrong with the certificate, if that was it.
  void client_handshake(const tls_context& context, const std::string& host, io_done done);
  std::string why_untrusted() const;
  // The server's side of a TLS handshake; afterwards everything goes through TLS.
  void handshake(const tls_context& context, io_done done);
  bool tls() const noexcept;

  // One read in flight at a time; never completes with ok and 0 bytes.
  void read_some(std::span<char> into, io_done done);
  // Writes all of it; one write in flight at a time. Plain TCP mostly finishes at once.
  outcome write(std::string_view bytes, io_done done);
  // Says that nothing more will be sent (and with TLS waits for the peer to say so too).
  outcome end_sending(io_done done);

  void close() noexcept;  // callbacks in flight get `closed`
  void abort() noexcept;  // as close, and throws away what the peer has not taken
  // True once the peer has closed its side, whether or not all it sent before is read: only a hint,
  // a system call.
  bool peer_closed() const noexcept;
  // Every byte written has been acknowledged by the peer's system; `ended`: after end_sending(),
  // whose mark is not waited for.
  bool all_acknowledged(bool ended) const noexcept;
  // Nothing has come that is not read, and the peer has not closed.
  bool quiet() const noexcept;
  std::string peer() const;  // "127.0.0.1:53211", "[::1]:53211"; empty if gone

 private:
  std::shared_ptr<impl> impl_;
};

// The addresses of a name, as numbers, in the order of the system's resolver, at most 16; none
// where it has none or cannot be looked up. Runs on the system's resolver in a thread of its own;
// `done` runs on the loop, which must be running.
void resolve_name(asio_event_loop& loop, const std::string& name,
                  unique_function<void(std::vector<std::string>)> done);

// A listening socket. Everything but the constructor runs on its loop's thread.
class tcp_listener {
 public:
  struct callbacks {
    // The loop that the next connection shall live on.
    unique_function<asio_event_loop&()> next_loop;
    // On the listener's loop; hand the stream over to its own loop before using it.
    unique_function<void(tcp_stream, asio_event_loop&)> accepted;
    // Out of descriptors, mostly; tried again a little later.
    unique_function<void()> accept_failed;
  };

  // Binds and listens; accept() begins. Fails (refused, not_configured) with the reason.
  static result<tcp_listener> open(asio_event_loop& loop, const listen_address& address);

  tcp_listener() noexcept = default;
  listen_address address() const;  // as bound
  void accept(callbacks to);
  void close() noexcept;  // no callback runs after it

  struct impl;

 private:
  std::shared_ptr<impl> impl_;
};

}  // namespace dialplane
