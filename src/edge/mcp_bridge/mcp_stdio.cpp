#include "edge/mcp_bridge/mcp_stdio.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <condition_variable>
#include <csignal>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "base/check.hpp"
#include "base/random.hpp"
#include "edge/mcp_bridge/line_splitter.hpp"
#include "edge/mcp_bridge/mcp_bridge.hpp"
#include "net/asio_event_loop.hpp"

namespace dialplane {

namespace {

constexpr std::size_t read_bytes = 64 * 1024;

// The user named the server themselves: any address is meant.
constexpr std::string_view everywhere = "0.0.0.0/0,::/0";

bool write_all(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = write(descriptor, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

// What the reading thread, the loop and the writing thread share.
class message_flow {
 public:
  explicit message_flow(std::size_t at_once) : at_once_(at_once) {}

  // Reader: waits for room for one more. False: nobody wants answers any more.
  bool begin_message() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return open_ < at_once_ || broken_; });
    if (!broken_) ++open_;
    return !broken_;
  }

  void end_input() {
    const std::lock_guard lock(mutex_);
    input_ended_ = true;
    changed_.notify_all();
  }

  // Loop: the message is done, these lines answer it.
  void answer(std::vector<std::string> lines) {
    const std::lock_guard lock(mutex_);
    answers_.push_back(std::move(lines));
    changed_.notify_all();
  }

  // Writer: the next message's lines, once there are any; nothing when all is done.
  std::optional<std::vector<std::string>> next() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] {
      return !answers_.empty() || (input_ended_ && open_ == 0);
    });
    if (answers_.empty()) return std::nullopt;
    std::vector<std::string> lines = std::move(answers_.front());
    answers_.pop_front();
    return lines;
  }

  void written() {
    const std::lock_guard lock(mutex_);
    --open_;
    changed_.notify_all();
  }

  void give_up() {
    const std::lock_guard lock(mutex_);
    broken_ = true;
    changed_.notify_all();
  }

 private:
  const std::size_t at_once_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::vector<std::string>> answers_;  // at most at_once_
  std::size_t open_ = 0;                          // begun and not written yet
  bool input_ended_ = false;
  bool broken_ = false;
};

// Reads until the input ends, `wake` becomes readable, or nobody wants answers any more.
void read_all(int input, int wake, line_splitter& lines, message_flow& flow) {
  std::vector<char> buffer(read_bytes);
  while (true) {
    std::array<pollfd, 2> ready{pollfd{input, POLLIN, 0}, pollfd{wake, POLLIN, 0}};
    if (poll(ready.data(), ready.size(), -1) < 0 && errno != EINTR) break;
    if (ready[1].revents != 0) break;
    if (ready[0].revents == 0) continue;
    const ssize_t got = read(input, buffer.data(), buffer.size());
    if (got < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (got <= 0) break;
    lines.take(std::string_view(buffer.data(), static_cast<std::size_t>(got)));
  }
  lines.end();
  flow.end_input();
}

// "http://host:port", with or without a path before /mcp.
result<http_url> endpoint_of(std::string_view server) {
  std::string address(server);
  while (address.ends_with('/')) address.pop_back();
  if (!address.ends_with("/mcp")) address += "/mcp";
  result<http_url> endpoint = parse_http_url(address);
  if (!endpoint) {
    return refused(error_code::invalid_input,
                   "The server's address " + endpoint.error().message);
  }
  if (endpoint->target.find('?') != std::string::npos) {
    return refused(error_code::invalid_input, "The server's address must have no query.");
  }
  return endpoint;
}

// Everything the bridge needs while it runs. The loop is stopped before any of it goes.
struct bridge_house {
  bridge_house(mcp_stdio_options& from, http_url endpoint, tls_context tls,
               std::vector<ip_range> networks)
      : guard(std::move(networks)), flow(from.messages_at_once) {
    mcp_bridge_options options;
    options.loop = &loop;
    options.guard = &guard;
    options.random = &random;
    options.endpoint = std::move(endpoint);
    options.key = std::move(from.key);
    options.tls = std::move(tls);
    options.limits = from.limits;
    bridge = std::make_unique<mcp_bridge>(std::move(options));
  }

  // On the reading thread.
  void hand_over(line_splitter::line found, std::size_t line_bytes) {
    if (!flow.begin_message()) return;
    if (found.too_long) {
      return flow.answer({error_line(nullptr, rpc_invalid_request,
                                     "A message may have " + std::to_string(line_bytes) +
                                         " bytes at most.")});
    }
    loop.post([this, text = std::move(found.text)]() mutable {
      bridge->take(std::move(text), [this](std::vector<std::string> lines) {
        flow.answer(std::move(lines));
      });
    });
  }

  // On the calling thread. False where the output broke.
  bool write_answers(int output) {
    while (const auto lines = flow.next()) {
      std::string text;
      for (const std::string& line : *lines) text.append(line).push_back('\n');
      if (!write_all(output, text)) return false;
      flow.written();
    }
    return true;
  }

  system_random random;
  address_guard guard;
  message_flow flow;
  asio_event_loop loop;
  std::unique_ptr<mcp_bridge> bridge;
};

}  // namespace

result<void> check_mcp_server(std::string_view server) {
  TRY(endpoint_of(server));
  return {};
}

result<int> run_mcp_stdio(mcp_stdio_options options) {
  TRY_ASSIGN(http_url endpoint, endpoint_of(options.server));
  TRY_ASSIGN(auto networks, parse_ip_ranges(everywhere));
  tls_context tls;
  if (endpoint.tls) {
    TRY_ASSIGN(tls, load_client_tls());
  }
  const int wake = eventfd(0, EFD_CLOEXEC);
  CHECK(wake >= 0);
  std::signal(SIGPIPE, SIG_IGN);  // who reads our output may be gone: a write says so

  bridge_house house(options, std::move(endpoint), std::move(tls), std::move(networks));
  house.loop.start("mcp bridge");
  const std::size_t line_bytes = options.limits.message_bytes;
  line_splitter lines(line_bytes, [&house, line_bytes](line_splitter::line found) {
    house.hand_over(std::move(found), line_bytes);
  });
  std::thread reader([&] { read_all(options.input, wake, lines, house.flow); });
  const bool whole = house.write_answers(options.output);
  if (!whole) {
    house.flow.give_up();
    eventfd_write(wake, 1);
  }
  reader.join();
  house.loop.post([&house] { house.bridge->stop(); });
  house.loop.stop();
  close(wake);
  return whole ? 0 : 1;
}

}  // namespace dialplane
