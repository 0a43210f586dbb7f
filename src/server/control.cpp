#include "server/control.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <cerrno>
#include <cstring>
#include <thread>
#include <utility>

#include "base/json_gate.hpp"
#include "base/log.hpp"
#include "domain/stored_error.hpp"
#include "server/data_directory.hpp"

namespace dialplane {

namespace {

constexpr std::size_t request_bytes_max = 64 * 1024;
constexpr std::size_t answer_bytes_max = 64 * 1024 * 1024;
constexpr int peer_timeout_s = 5;          // for the other side of a command to send or take
constexpr int answer_timeout_s = 15 * 60;  // for a command to be done

class descriptor {
 public:
  explicit descriptor(int fd = -1) noexcept : fd_(fd) {}
  descriptor(descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  descriptor& operator=(descriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~descriptor() {
    if (fd_ >= 0) close(fd_);
  }
  int get() const noexcept { return fd_; }

 private:
  int fd_;
};

// Socket addresses hold 107 characters; a directory's path may be longer, its descriptor's is not.
struct socket_place {
  descriptor directory;
  sockaddr_un address{};
};

std::optional<socket_place> place_in(const std::string& directory) {
  socket_place place;
  place.directory = descriptor(open(directory.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (place.directory.get() < 0) return std::nullopt;
  place.address.sun_family = AF_UNIX;
  const std::string path =
      control_socket_path("/proc/self/fd/" + std::to_string(place.directory.get()));
  std::memcpy(place.address.sun_path, path.c_str(), path.size() + 1);
  return place;
}

const sockaddr* generic(const sockaddr_un& address) {
  return reinterpret_cast<const sockaddr*>(&address);
}

void limit_time(int socket, int receive_s, int send_s) {
  const timeval receive{.tv_sec = receive_s, .tv_usec = 0};
  const timeval send{.tv_sec = send_s, .tv_usec = 0};
  setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &receive, sizeof receive);
  setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &send, sizeof send);
}

bool send_line(int socket, std::string line) {
  line.push_back('\n');
  std::string_view rest = line;
  while (!rest.empty()) {
    const ssize_t sent = send(socket, rest.data(), rest.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent <= 0) return false;
    rest.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

// One line without its end; nothing on a time-out, an early end or a longer line.
std::optional<std::string> receive_line(int socket, std::size_t bytes_max) {
  std::string line;
  std::array<char, 16 * 1024> part;
  while (line.size() <= bytes_max) {
    const ssize_t got = recv(socket, part.data(), part.size(), 0);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return std::nullopt;
    line.append(part.data(), static_cast<std::size_t>(got));
    if (line.back() == '\n') {
      line.pop_back();
      return line;
    }
  }
  return std::nullopt;
}

}  // namespace

struct control_server::core {
  descriptor listener;
  descriptor wake;
  std::string socket_path;
  handler run;
  std::thread thread;

  void serve();
  void answer_one(int socket);
};

void control_server::core::serve() {
  std::array<pollfd, 2> watched{pollfd{listener.get(), POLLIN, 0}, pollfd{wake.get(), POLLIN, 0}};
  while (true) {
    if (poll(watched.data(), watched.size(), -1) < 0) continue;
    if (watched[1].revents != 0) return;
    if (watched[0].revents == 0) continue;
    const descriptor socket(accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC));
    if (socket.get() >= 0) answer_one(socket.get());
  }
}

void control_server::core::answer_one(int socket) {
  limit_time(socket, peer_timeout_s, peer_timeout_s);
  const std::optional<std::string> line = receive_line(socket, request_bytes_max);
  if (!line) return;
  const result<boost::json::object> request = parse_json_object(*line);
  result<boost::json::object> outcome =
      request ? run(*request) : result<boost::json::object>(request.error());
  boost::json::object answer;
  if (outcome) {
    answer["done"] = *std::move(outcome);
  } else {
    log_error(log_level::info, "local command failed", outcome.error());
    answer["error"] = error_to_json(outcome.error());
  }
  if (!send_line(socket, boost::json::serialize(answer))) {
    log_line(log_level::info, "local command went away before its answer");
  }
}

result<std::unique_ptr<control_server>> control_server::start(const std::string& directory,
                                                              handler run) {
  const auto failed = [&](const char* what) {
    return refused(error_code::not_configured,
                   "The control socket in " + directory + " cannot be made: " + what + ": " +
                       std::strerror(errno) + ".");
  };
  std::optional<socket_place> place = place_in(directory);
  if (!place) return failed("open");
  auto made = std::make_unique<core>();
  made->run = std::move(run);
  made->socket_path = control_socket_path(directory);
  unlink(made->socket_path.c_str());
  made->listener = descriptor(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  made->wake = descriptor(eventfd(0, EFD_CLOEXEC));
  if (made->listener.get() < 0 || made->wake.get() < 0) return failed("socket");
  if (bind(made->listener.get(), generic(place->address), sizeof place->address) != 0) {
    return failed("bind");
  }
  if (chmod(made->socket_path.c_str(), 0600) != 0) return failed("chmod");
  if (listen(made->listener.get(), 16) != 0) return failed("listen");
  made->thread = std::thread([inside = made.get()] { inside->serve(); });
  return std::unique_ptr<control_server>(new control_server(std::move(made)));
}

control_server::control_server(std::unique_ptr<core> started) : core_(std::move(started)) {}

control_server::~control_server() {
  const std::uint64_t one = 1;
  if (write(core_->wake.get(), &one, sizeof one) == sizeof one) core_->thread.join();
  unlink(core_->socket_path.c_str());
}

std::optional<result<boost::json::object>> ask_running_server(
    const std::string& directory, const boost::json::object& request) {
  const std::optional<socket_place> place = place_in(directory);
  if (!place) return std::nullopt;
  const descriptor link(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (connect(link.get(), generic(place->address), sizeof place->address) != 0) {
    if (errno == ENOENT || errno == ECONNREFUSED) return std::nullopt;
    return refused(error_code::not_configured,
                   "The server that runs on " + directory + " cannot be reached: " +
                       std::strerror(errno) + ".");
  }
  limit_time(link.get(), answer_timeout_s, peer_timeout_s);
  std::optional<std::string> line;
  if (send_line(link.get(), boost::json::serialize(request))) {
    line = receive_line(link.get(), answer_bytes_max);
  }
  boost::system::error_code failure;
  boost::json::value answer = line ? boost::json::parse(*line, failure) : boost::json::value();
  boost::json::object* members = answer.if_object();
  if (failure || members == nullptr) {
    return outcome_unknown(error_code::timed_out,
                           "The server went away before it answered; whether the command was "
                           "carried out is not known.",
                           "no answer on the control socket");
  }
  if (boost::json::value* done = members->if_contains("done"); done && done->is_object()) {
    return std::move(done->get_object());
  }
  const boost::json::value* why = members->if_contains("error");
  return error_from_json(why && why->is_object() ? why->get_object() : boost::json::object());
}

}  // namespace dialplane
