// The running server: everything wired together, started in order and stopped in order.
//
// Owns all long-lived objects; each gets references to what it needs and nothing else. Start:
// lock, store, carriers, runner, HTTP, control socket, first organization. Stop: local commands,
// HTTP (what is in flight is finished), runner, store, loops; what is not finished goes on at the
// next start.
//
// A server is never destroyed: the process ends after stop(). Work that was cut off may still sit
// in timers and carrier calls, all holding on to each other; taking that apart would win nothing.
#pragma once

#include <string>

#include "base/error.hpp"
#include "server/first_start.hpp"
#include "server/settings.hpp"

namespace dialplane {

class server {
 public:
  // On a thread without an event loop. Errors carry a sentence for the operator; what had been
  // started is stopped then.
  static result<server*> start(const server_settings& settings, given_keys keys);
  server(const server&) = delete;
  server& operator=(const server&) = delete;

  const std::string& url() const noexcept;  // http://127.0.0.1:8080
  const first_start_report& report() const noexcept;

  // Within about nine seconds.
  void stop();

 private:
  struct parts;
  explicit server(parts& started) : parts_(started) {}
  parts& parts_;
};

}  // namespace dialplane
