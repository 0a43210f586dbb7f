// The load generator of scripts/bench for texts, on one thread with raw epoll. Prints one JSON
// object.
//
//   text_load inbound --port N --operator-key K --agent-key K [--rate 2000] [--seconds 8]
//        [--connections 64]
//            offers signed webhooks at a fixed rate, whatever the answers take; a latency counts
//            from the moment the request was due. Measures until the acknowledgement, and until
//            an endpoint of its own, subscribed to sms.received, is called.
//   text_load send --port N --operator-key K --agent-key K [--seconds 8] [--connections 64]
//            sends texts one after the other on each connection, then waits until all are settled
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "carriers/standard_webhooks.hpp"

namespace {

namespace json = boost::json;
using steady = std::chrono::steady_clock;
using seconds_f = std::chrono::duration<double>;

constexpr std::string_view handset = "+14155550142";

[[noreturn]] void give_up(const std::string& why) {
  std::fprintf(stderr, "text_load: %s\n", why.c_str());
  std::exit(1);
}

struct plan {
  int port = 0;
  std::string operator_key;
  std::string agent_key;
  double rate = 2'000;
  double seconds = 8;
  std::size_t connections = 64;
};

plan plan_of(int argc, char** argv) {
  std::map<std::string, std::string> given;
  if (argc % 2 != 0) give_up("every option wants a value");
  for (int at = 2; at + 1 < argc; at += 2) given[argv[at]] = argv[at + 1];
  const auto text = [&](const char* name, const char* otherwise) {
    const auto found = given.find(name);
    return found == given.end() ? std::string(otherwise) : found->second;
  };
  plan made;
  made.port = std::stoi(text("--port", "0"));
  made.operator_key = text("--operator-key", "");
  made.agent_key = text("--agent-key", "");
  made.rate = std::stod(text("--rate", "2000"));
  made.seconds = std::stod(text("--seconds", "8"));
  made.connections = static_cast<std::size_t>(std::stoul(text("--connections", "64")));
  return made;
}

int connect_to(int port) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    give_up(std::string("cannot connect: ") + std::strerror(errno));
  }
  const int one = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  return fd;
}

void send_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t sent = send(fd, text.data(), text.size(), MSG_NOSIGNAL);
    if (sent <= 0) give_up(std::string("send: ") + std::strerror(errno));
    text.remove_prefix(static_cast<std::size_t>(sent));
  }
}

// The size of the whole message at the front of `text`, or 0 while it is not all there.
std::size_t message_size(std::string_view text) {
  const std::size_t head = text.find("\r\n\r\n");
  if (head == std::string_view::npos) return 0;
  std::string lower(text.substr(0, head));
  std::ranges::transform(lower, lower.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  const std::size_t length = lower.find("\r\ncontent-length:");
  const long body = length == std::string::npos ? 0 : std::atol(lower.c_str() + length + 17);
  const std::size_t size = head + 4 + static_cast<std::size_t>(body);
  return text.size() >= size ? size : 0;
}

std::string request_text(std::string_view method, std::string_view target, std::string_view key,
                         std::string_view body, std::string_view more_headers = "") {
  std::string text = std::string(method) + " " + std::string(target) +
                     " HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n";
  if (!key.empty()) text += "Authorization: Bearer " + std::string(key) + "\r\n";
  text += more_headers;
  text += "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n";
  return text + std::string(body);
}

// One request after the other, for the preparations.
class setup_client {
 public:
  explicit setup_client(int port) : fd_(connect_to(port)) {}
  ~setup_client() { close(fd_); }
  setup_client(const setup_client&) = delete;
  setup_client& operator=(const setup_client&) = delete;

  json::object call(std::string_view method, std::string_view target, std::string_view key,
                    std::string_view body = "") {
    send_all(fd_, request_text(method, target, key, body));
    std::string received;
    while (message_size(received) == 0) {
      std::array<char, 16 * 1024> part;
      const ssize_t got = recv(fd_, part.data(), part.size(), 0);
      if (got <= 0) give_up("the server closed a connection");
      received.append(part.data(), static_cast<std::size_t>(got));
    }
    if (received.substr(9, 1) != "2") give_up(std::string(target) + ": " + received);
    const std::string text = received.substr(received.find("\r\n\r\n") + 4);
    json::value parsed = json::parse(text);
    return parsed.is_object() ? parsed.as_object() : json::object();
  }

 private:
  int fd_;
};

struct line_number {
  std::string id;
  std::string e164;
};

line_number prepare_number(setup_client& client, const plan& work) {
  client.call("PATCH", "/v1/sandbox", work.operator_key, R"({"review_ms":0})");
  const json::object bought =
      client.call("POST", "/v1/phone/provision", work.agent_key, R"({"ein":"12-3456789"})");
  const json::object& phone = bought.at("phone").as_object();
  line_number line{std::string(phone.at("id").as_string()),
                   std::string(phone.at("e164").as_string())};
  for (int tries = 0; tries < 2'000; ++tries) {
    const json::object row = client.call("GET", "/v1/phone/" + line.id, work.agent_key);
    if (row.at("capabilities").as_object().at("sms_outbound").as_bool()) return line;
    poll(nullptr, 0, 5);
  }
  give_up("the number may not text");
}

double percentile(std::vector<double>& values, double share) {
  if (values.empty()) return 0;
  std::ranges::sort(values);
  return values[static_cast<std::size_t>(share * static_cast<double>(values.size() - 1))];
}

double since_ms(steady::time_point start) {
  return seconds_f(steady::now() - start).count() * 1'000;
}

// Keep-alive connections to the server, each with at most one request under way.
class connections {
 public:
  connections(int epoll, int port, std::size_t count) : epoll_(epoll) {
    for (std::size_t i = 0; i < count; ++i) {
      lines_.push_back({.fd = connect_to(port), .received = {}, .tag = 0});
      epoll_event event{.events = EPOLLIN, .data = {.u64 = i}};
      epoll_ctl(epoll_, EPOLL_CTL_ADD, lines_.back().fd, &event);
      free_.push_back(i);
    }
  }

  bool has_free() const { return !free_.empty(); }
  std::size_t under_way() const { return lines_.size() - free_.size(); }
  void ask(std::string_view request, std::uint64_t tag) {
    line& one = lines_[free_.front()];
    free_.pop_front();
    one.tag = tag;
    send_all(one.fd, request);
  }
  // The tag of the request that line answered, or nothing yet.
  std::optional<std::uint64_t> take(std::size_t which, int expected_status) {
    line& one = lines_[which];
    std::array<char, 64 * 1024> part;
    const ssize_t got = recv(one.fd, part.data(), part.size(), 0);
    if (got <= 0) give_up("the server closed a connection");
    one.received.append(part.data(), static_cast<std::size_t>(got));
    if (message_size(one.received) == 0) return std::nullopt;
    if (std::atoi(one.received.c_str() + 9) != expected_status) {
      give_up("not the expected status:\n" + one.received);
    }
    one.received.clear();
    free_.push_back(which);
    return one.tag;
  }
  std::size_t size() const { return lines_.size(); }

 private:
  struct line {
    int fd;
    std::string received;
    std::uint64_t tag;
  };
  int epoll_;
  std::vector<line> lines_;
  std::deque<std::size_t> free_;
};

// The agent's endpoint: answers 200 at once and notes which texts it was told of.
class endpoint {
 public:
  static constexpr std::uint64_t first_tag = 1'000'000;

  explicit endpoint(int epoll) : epoll_(epoll) {
    listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (bind(listener_, reinterpret_cast<const sockaddr*>(&address), size) != 0 ||
        listen(listener_, 1'024) != 0) {
      give_up("cannot listen");
    }
    getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    port = ntohs(address.sin_port);
    epoll_event event{.events = EPOLLIN, .data = {.u64 = first_tag - 1}};
    epoll_ctl(epoll_, EPOLL_CTL_ADD, listener_, &event);
  }

  // The numbers in the bodies "load <n>" that came in.
  std::vector<std::size_t> take(std::uint64_t tag) {
    if (tag == first_tag - 1) {
      accept_one();
      return {};
    }
    caller& from = callers_[tag];
    std::array<char, 64 * 1024> part;
    const ssize_t got = recv(from.fd, part.data(), part.size(), 0);
    if (got <= 0) {
      close(from.fd);
      callers_.erase(tag);
      return {};
    }
    from.received.append(part.data(), static_cast<std::size_t>(got));
    std::vector<std::size_t> told;
    while (const std::size_t size = message_size(from.received)) {
      const std::string_view whole = std::string_view(from.received).substr(0, size);
      const std::size_t at = whole.find("\"load ");
      if (at != std::string_view::npos) {
        told.push_back(std::strtoul(whole.data() + at + 6, nullptr, 10));
      }
      from.received.erase(0, size);
      send_all(from.fd, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    }
    return told;
  }

  int port = 0;

 private:
  struct caller {
    int fd;
    std::string received;
  };

  void accept_one() {
    const int fd = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (fd < 0) return;
    const int one = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    const std::uint64_t tag = next_tag_++;
    callers_[tag] = {fd, {}};
    epoll_event event{.events = EPOLLIN, .data = {.u64 = tag}};
    epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event);
  }

  int epoll_;
  int listener_;
  std::uint64_t next_tag_ = first_tag;
  std::map<std::uint64_t, caller> callers_;
};

class inbound_run {
 public:
  explicit inbound_run(const plan& work)
      : work_(work), epoll_(epoll_create1(EPOLL_CLOEXEC)), agent_(epoll_) {
    setup_client client(work.port);
    line_ = prepare_number(client, work);
    secret_ = std::string(client.call("GET", "/v1/sandbox", work.operator_key)
                              .at("webhook_secret").as_string());
    client.call("POST", "/v1/webhooks", work.operator_key,
                json::serialize(json::object{
                    {"url", "http://127.0.0.1:" + std::to_string(agent_.port) + "/agent"},
                    {"eventTypes", json::array{"sms.received"}}}));
  }

  void run() {
    connections server(epoll_, work_.port, work_.connections);
    const auto total = static_cast<std::size_t>(work_.rate * work_.seconds);
    due_.resize(total);
    called_.resize(total, false);
    const auto start = steady::now();
    for (std::size_t i = 0; i < total; ++i) {
      due_[i] = start + std::chrono::duration_cast<steady::duration>(
                            seconds_f(static_cast<double>(i) / work_.rate));
    }
    std::size_t asked = 0;
    const auto patience = start + std::chrono::duration_cast<steady::duration>(
                                      seconds_f(work_.seconds + 20));
    while ((acknowledged_.size() < total || calls_.size() < total) && steady::now() < patience) {
      while (asked < total && server.has_free() && due_[asked] <= steady::now()) {
        server.ask(webhook(asked), asked);
        ++asked;
      }
      wait(server, asked < total ? due_[asked] : steady::now() + std::chrono::milliseconds(50));
    }
    report(total, since_ms(start) / 1'000);
  }

 private:
  std::string webhook(std::size_t index) const {
    const std::string number = std::to_string(index);
    const std::string id = "load-" + number;
    const auto now_ms = dialplane::system_clock().now();
    const std::string body = json::serialize(json::object{
        {"type", "text.received"},
        {"data", {{"id", "LOAD" + number}, {"from", handset}, {"to", line_.e164},
                  {"body", "load " + number}, {"at", dialplane::to_rfc3339(now_ms)}}}});
    const std::string seconds = std::to_string(now_ms.unix_ms / 1'000);
    return request_text(
        "POST", "/webhooks/sandbox", "", body,
        "webhook-id: " + id + "\r\nwebhook-timestamp: " + seconds + "\r\nwebhook-signature: " +
            dialplane::standard_webhook_signature(secret_, id, seconds, body) + "\r\n");
  }

  void wait(connections& server, steady::time_point until) {
    const double left_ms = -since_ms(until);
    // A busy moment at the end keeps the offered times exact.
    const int timeout = left_ms > 1.5 ? 1 : 0;
    std::array<epoll_event, 256> events;
    const int ready = epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), timeout);
    for (int i = 0; i < ready; ++i) {
      const std::uint64_t tag = events[static_cast<std::size_t>(i)].data.u64;
      if (tag < server.size()) {
        const auto answered = server.take(tag, 200);
        if (answered) acknowledged_.push_back(since_ms(due_[*answered]));
        continue;
      }
      for (const std::size_t told : agent_.take(tag)) {
        if (told >= called_.size() || called_[told]) continue;
        called_[told] = true;
        calls_.push_back(since_ms(due_[told]));
      }
    }
  }

  void report(std::size_t total, double seconds) {
    std::printf("{\"offered_per_s\":%.0f,\"acknowledged\":%zu,\"per_s\":%.0f,\"p50_ms\":%.2f,"
                "\"p99_ms\":%.2f,\"called\":%zu,\"called_p50_ms\":%.2f,\"called_p99_ms\":%.2f}\n",
                work_.rate, acknowledged_.size(),
                static_cast<double>(acknowledged_.size()) / std::min(seconds, work_.seconds),
                percentile(acknowledged_, 0.5), percentile(acknowledged_, 0.99), calls_.size(),
                percentile(calls_, 0.5), percentile(calls_, 0.99));
    if (acknowledged_.size() < total) give_up("some webhooks were not acknowledged");
  }

  const plan& work_;
  int epoll_;
  endpoint agent_;
  line_number line_;
  std::string secret_;
  std::vector<steady::time_point> due_;
  std::vector<bool> called_;
  std::vector<double> acknowledged_;
  std::vector<double> calls_;
};

int run_send(const plan& work) {
  setup_client client(work.port);
  const line_number line = prepare_number(client, work);
  const int epoll = epoll_create1(EPOLL_CLOEXEC);
  connections server(epoll, work.port, work.connections);
  const auto start = steady::now();
  const auto until = start + std::chrono::duration_cast<steady::duration>(
                                 seconds_f(work.seconds));
  std::vector<double> latencies;
  std::vector<steady::time_point> asked;
  const std::string target = "/v1/phone/" + line.id + "/sms";
  while (steady::now() < until || server.under_way() > 0) {
    while (server.has_free() && steady::now() < until) {
      const std::string body = R"({"to":"+14155550142","body":"load )" +
                               std::to_string(asked.size()) + "\"}";
      asked.push_back(steady::now());
      server.ask(request_text("POST", target, work.agent_key, body), asked.size() - 1);
    }
    std::array<epoll_event, 256> events;
    const int ready = epoll_wait(epoll, events.data(), static_cast<int>(events.size()), 30'000);
    if (ready == 0) give_up("no answer for 30 seconds");
    for (int i = 0; i < ready; ++i) {
      const auto answered = server.take(events[static_cast<std::size_t>(i)].data.u64, 202);
      if (answered) latencies.push_back(since_ms(asked[*answered]));
    }
  }
  const double accepted_s = since_ms(start) / 1'000;
  while (client.call("GET", "/v1/usage?limit=1", work.operator_key).at("held").to_number<double>() >
         0) {
    poll(nullptr, 0, 20);
    if (since_ms(start) > (work.seconds + 60) * 1'000) give_up("texts are never settled");
  }
  const auto count = static_cast<double>(latencies.size());
  std::printf("{\"texts\":%.0f,\"accepted_per_s\":%.0f,\"p50_ms\":%.2f,\"p99_ms\":%.2f,"
              "\"settled_per_s\":%.0f}\n",
              count, count / accepted_s, percentile(latencies, 0.5), percentile(latencies, 0.99),
              count / (since_ms(start) / 1'000));
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string mode = argc > 1 ? argv[1] : "";
  if (mode != "inbound" && mode != "send") give_up("the modes are: inbound, send");
  const plan work = plan_of(argc, argv);
  if (mode == "send") return run_send(work);
  inbound_run(work).run();
  return 0;
}
