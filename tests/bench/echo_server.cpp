// A bare HTTP echo on the product's own network stack: what the machine could do if handling a
// request cost nothing. scripts/bench measures it beside the real server.
//
// echo_server [PORT]: one loop thread on 127.0.0.1; POST answers with the request's body, anything
// else with a constant of 300 bytes. Runs until it is killed.
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "net/asio_event_loop.hpp"
#include "net/http_server.hpp"

int main(int argc, char** argv) {
  using namespace dialplane;
  sigset_t stop_signals;
  sigemptyset(&stop_signals);
  sigaddset(&stop_signals, SIGTERM);
  sigaddset(&stop_signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &stop_signals, nullptr);

  const system_clock wall_clock;
  const std::string constant(300, 'x');
  asio_event_loop loop;
  loop.start("echo");
  http_server_options options;
  options.listen = {"127.0.0.1", static_cast<std::uint16_t>(argc > 1 ? std::atoi(argv[1]) : 0)};
  options.loops = {&loop};
  options.wall_clock = &wall_clock;
  options.handler = [&constant](http_request request, responder reply) {
    reply.respond({.status = 200,
                   .content_type = "application/json",
                   .body = request.method == "POST" ? std::move(request.body) : constant,
                   .headers = {}});
  };
  http_server server(std::move(options));
  const result<listen_address> bound = server.start();
  if (!bound) {
    std::fprintf(stderr, "echo_server: %s\n", bound.error().message.c_str());
    return 1;
  }
  std::printf("listening on http://%s\n", to_text(*bound).c_str());
  std::fflush(stdout);
  int received = 0;
  sigwait(&stop_signals, &received);
  return 0;
}
