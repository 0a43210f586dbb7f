// A plain blocking HTTP client for tests: sends raw bytes and reads answers, with a limit on every
// wait, so that a server that says nothing fails a test instead of hanging it.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cstdlib>
#include <map>
#include <string>
#include <string_view>
#include <utility>

namespace dialplane::testing {

struct client_answer {
  int status = 0;  // 0: none came
  std::string head;
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;
};

class blocking_client {
 public:
  explicit blocking_client(std::uint16_t port, bool ipv6 = false)
      : socket_(::socket(ipv6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    const timeval limit{5, 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    ::setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    if (ipv6) {
      sockaddr_in6 to{};
      to.sin6_family = AF_INET6;
      to.sin6_port = htons(port);
      to.sin6_addr = in6addr_loopback;
      connected_ = ::connect(socket_, reinterpret_cast<sockaddr*>(&to), sizeof to) == 0;
    } else {
      sockaddr_in to{};
      to.sin_family = AF_INET;
      to.sin_port = htons(port);
      to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
      connected_ = ::connect(socket_, reinterpret_cast<sockaddr*>(&to), sizeof to) == 0;
    }
  }
  ~blocking_client() { close(); }
  blocking_client(const blocking_client&) = delete;
  blocking_client& operator=(const blocking_client&) = delete;

  bool connected() const { return connected_; }
  int descriptor() const { return socket_; }

  void close() {
    if (socket_ >= 0) ::close(std::exchange(socket_, -1));
  }

  // False if the server no longer takes it.
  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      const auto sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }

  // The next answer; `head_only` for HEAD. Interim answers (100) count as answers.
  client_answer read(bool head_only = false) {
    client_answer out;
    std::size_t end = 0;
    while ((end = unread_.find("\r\n\r\n")) == std::string::npos) {
      if (!fill()) return out;
    }
    out.head = unread_.substr(0, end + 2);
    unread_.erase(0, end + 4);
    out.status = std::atoi(out.head.c_str() + 9);
    parse_headers(out);
    const auto length = out.headers.find("content-length");
    if (head_only || length == out.headers.end()) return out;
    const std::size_t bytes = std::strtoul(length->second.c_str(), nullptr, 10);
    while (unread_.size() < bytes) {
      if (!fill()) return {};
    }
    out.body = unread_.substr(0, bytes);
    unread_.erase(0, bytes);
    return out;
  }

  client_answer exchange(std::string_view request, bool head_only = false) {
    return send(request) ? read(head_only) : client_answer{};
  }

  // True if the server has closed (within the limit) and sent nothing more.
  bool at_end() {
    while (fill()) {
    }
    return ended_ && unread_.empty();
  }

 private:
  bool fill() {
    char bytes[4096];
    const auto got = ::recv(socket_, bytes, sizeof bytes, 0);
    if (got > 0) unread_.append(bytes, static_cast<std::size_t>(got));
    if (got == 0 || (got < 0 && errno == ECONNRESET)) ended_ = true;
    return got > 0;
  }

  static void parse_headers(client_answer& out) {
    std::size_t at = out.head.find("\r\n") + 2;
    while (at < out.head.size()) {
      const std::size_t end = out.head.find("\r\n", at);
      const std::string line = out.head.substr(at, end - at);
      const std::size_t colon = line.find(": ");
      std::string name = line.substr(0, colon);
      for (char& c : name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
      out.headers[name] = line.substr(colon + 2);
      at = end + 2;
    }
  }

  int socket_;
  bool connected_ = false;
  bool ended_ = false;
  std::string unread_;
};

}  // namespace dialplane::testing
