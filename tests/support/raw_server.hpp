// A server that answers every connection with the same bytes, sound or not.
#pragma once

#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace dialplane::testing {

// Accepts connections one after another and answers each with the same bytes.
class raw_server {
 public:
  enum class after { close, reset, hang };
  explicit raw_server(std::string answer, after then = after::close)
      : answer_(std::move(answer)), then_(then),
        socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    REQUIRE(::bind(socket_, reinterpret_cast<sockaddr*>(&to), sizeof to) == 0);
    REQUIRE(::listen(socket_, 16) == 0);
    socklen_t size = sizeof to;
    ::getsockname(socket_, reinterpret_cast<sockaddr*>(&to), &size);
    port = ntohs(to.sin_port);
    thread_ = std::thread([this] { serve(); });
  }
  ~raw_server() {
    ::shutdown(socket_, SHUT_RDWR);
    thread_.join();
    for (const int each : hanging_) ::close(each);
    ::close(socket_);
  }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(port) + "/"; }
  std::uint16_t port = 0;
  std::atomic<int> accepted{0};

 private:
  void serve() {
    for (;;) {
      const int connection = ::accept4(socket_, nullptr, nullptr, SOCK_CLOEXEC);
      if (connection < 0) return;
      ++accepted;
      char bytes[4096];
      if (::recv(connection, bytes, sizeof bytes, 0) < 0) continue;
      ::send(connection, answer_.data(), answer_.size(), MSG_NOSIGNAL);
      if (then_ == after::hang) {
        hanging_.push_back(connection);
        continue;
      }
      if (then_ == after::reset) {
        const linger now{1, 0};
        ::setsockopt(connection, SOL_SOCKET, SO_LINGER, &now, sizeof now);
      }
      ::close(connection);
    }
  }

  std::string answer_;
  after then_;
  int socket_;
  std::vector<int> hanging_;
  std::thread thread_;
};

}  // namespace dialplane::testing
