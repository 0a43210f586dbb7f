// The load generator of scripts/bench: keep-alive HTTP connections on one thread with raw epoll, so
// that it costs little beside the server it measures. Prints one JSON object.
//
//   load requests --port N --target T [--key K] [--body B] [--ids FILE] [--connections 64]
//        [--warmup-ms 500] [--seconds 5 | --count N] [--expect 200]
//            sends the same request over and over; {id} in T is replaced by a line of FILE
//   load pages --port N --key K --ids FILE
//            reads the list of numbers to its end, writes some of their ids to FILE
//   load syncs --dir D [--seconds 2]
//            appends 4 KiB and flushes, as often as the disk allows
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace {

using steady = std::chrono::steady_clock;
using seconds_f = std::chrono::duration<double>;

[[noreturn]] void give_up(const std::string& why) {
  std::fprintf(stderr, "load: %s\n", why.c_str());
  std::exit(1);
}

// --name value pairs after the mode.
std::map<std::string, std::string> options_of(int argc, char** argv) {
  std::map<std::string, std::string> options;
  if (argc % 2 != 0) give_up("every option wants a value");
  for (int at = 2; at + 1 < argc; at += 2) {
    const std::string name = argv[at];
    if (!name.starts_with("--")) give_up(name + " is no option");
    options[name.substr(2)] = argv[at + 1];
  }
  return options;
}

struct plan {
  int port = 0;
  std::string target = "/";
  std::string key;
  std::string body;  // empty: GET
  std::vector<std::string> ids;
  int connections = 64;
  double warmup_s = 0.5;
  double seconds = 5;
  long count = 0;  // 0: until the time is over
  int expect = 200;
};

std::string text_or(const std::map<std::string, std::string>& options, const std::string& name,
                    const std::string& otherwise) {
  const auto found = options.find(name);
  return found == options.end() ? otherwise : found->second;
}

std::vector<std::string> lines_of(const std::string& path) {
  std::vector<std::string> lines;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  if (lines.empty()) give_up(path + " holds no ids");
  return lines;
}

plan plan_of(const std::map<std::string, std::string>& options) {
  plan made;
  made.port = std::stoi(text_or(options, "port", "0"));
  made.target = text_or(options, "target", "/");
  made.key = text_or(options, "key", "");
  made.body = text_or(options, "body", "");
  made.connections = std::stoi(text_or(options, "connections", "64"));
  made.warmup_s = std::stod(text_or(options, "warmup-ms", "500")) / 1000;
  made.seconds = std::stod(text_or(options, "seconds", "5"));
  made.count = std::stol(text_or(options, "count", "0"));
  made.expect = std::stoi(text_or(options, "expect", "200"));
  if (made.target.find("{id}") != std::string::npos) made.ids = lines_of(options.at("ids"));
  return made;
}

// The request as text; `turn` picks the id.
std::string request_text(const plan& work, std::size_t turn) {
  std::string target = work.target;
  if (!work.ids.empty()) {
    // A stride prime to most sizes, so that neighbours in the file are not asked for in a row.
    target.replace(target.find("{id}"), 4, work.ids[turn * 7919 % work.ids.size()]);
  }
  std::string text = (work.body.empty() ? "GET " : "POST ") + target + " HTTP/1.1\r\n";
  text += "Host: 127.0.0.1:" + std::to_string(work.port) + "\r\n";
  if (!work.key.empty()) text += "Authorization: Bearer " + work.key + "\r\n";
  if (!work.body.empty()) {
    text += "Content-Type: application/json\r\nContent-Length: " +
            std::to_string(work.body.size()) + "\r\n";
  }
  return text + "\r\n" + work.body;
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

// One connection with one request under way.
struct line {
  int fd = -1;
  std::string received;
  steady::time_point sent_at;
};

void send_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t sent = send(fd, text.data(), text.size(), MSG_NOSIGNAL);
    if (sent <= 0) give_up(std::string("send: ") + std::strerror(errno));
    text.remove_prefix(static_cast<std::size_t>(sent));
  }
}

// The size of the whole answer at the front of `text`, or 0 while it is not all there.
std::size_t answer_size(std::string_view text) {
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

int status_of(std::string_view answer) {
  return std::atoi(std::string(answer.substr(9, 3)).c_str());
}

// Reads what has come; true when the answer is complete.
bool receive(line& from) {
  std::array<char, 64 * 1024> part;
  const ssize_t got = recv(from.fd, part.data(), part.size(), 0);
  if (got <= 0) give_up("the server closed a connection");
  from.received.append(part.data(), static_cast<std::size_t>(got));
  return answer_size(from.received) != 0;
}

struct outcome {
  std::vector<float> latencies_ms;  // of what ended after the warm-up
  long ended = 0;
  long wrong = 0;
  std::string first_wrong;
  double seconds = 0;
};

class generator {
 public:
  explicit generator(const plan& work) : work_(work), epoll_(epoll_create1(EPOLL_CLOEXEC)) {
    lines_.resize(static_cast<std::size_t>(work.connections));
    for (std::size_t i = 0; i < lines_.size(); ++i) {
      lines_[i].fd = connect_to(work.port);
      epoll_event event{.events = EPOLLIN, .data = {.u64 = i}};
      epoll_ctl(epoll_, EPOLL_CTL_ADD, lines_[i].fd, &event);
    }
  }
  ~generator() {
    for (const line& one : lines_) close(one.fd);
    close(epoll_);
  }
  generator(const generator&) = delete;
  generator& operator=(const generator&) = delete;

  outcome run() {
    started_ = steady::now();
    measured_from_ = started_ + std::chrono::duration_cast<steady::duration>(
                                    seconds_f(work_.count > 0 ? 0 : work_.warmup_s));
    until_ = measured_from_ +
             std::chrono::duration_cast<steady::duration>(seconds_f(work_.seconds));
    for (line& one : lines_) ask(one);
    std::array<epoll_event, 256> events;
    while (under_way_ > 0) {
      const int ready = epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), 30'000);
      if (ready == 0) give_up("no answer for 30 seconds");
      for (int i = 0; i < ready; ++i) take(lines_[events[static_cast<std::size_t>(i)].data.u64]);
    }
    result_.seconds = seconds_f(steady::now() - measured_from_).count();
    return std::move(result_);
  }

 private:
  bool goes_on(steady::time_point now) const {
    return work_.count > 0 ? asked_ < work_.count : now < until_;
  }

  void ask(line& on) {
    const steady::time_point now = steady::now();
    if (!goes_on(now)) return;
    send_all(on.fd, request_text(work_, static_cast<std::size_t>(asked_)));
    on.sent_at = now;
    ++asked_;
    ++under_way_;
  }

  void take(line& from) {
    if (!receive(from)) return;
    const steady::time_point now = steady::now();
    --under_way_;
    if (status_of(from.received) != work_.expect) {
      if (result_.wrong++ == 0) result_.first_wrong = from.received;
    }
    if (now >= measured_from_) {
      ++result_.ended;
      result_.latencies_ms.push_back(
          static_cast<float>(seconds_f(now - from.sent_at).count() * 1000));
    }
    from.received.clear();
    ask(from);
  }

  const plan& work_;
  int epoll_;
  std::vector<line> lines_;
  steady::time_point started_;
  steady::time_point measured_from_;
  steady::time_point until_;
  long asked_ = 0;
  int under_way_ = 0;
  outcome result_;
};

double percentile(std::vector<float>& sorted, double share) {
  if (sorted.empty()) return 0;
  const auto at = static_cast<std::size_t>(share * static_cast<double>(sorted.size() - 1));
  return static_cast<double>(sorted[at]);
}

int measure_requests(const plan& work) {
  outcome result = generator(work).run();
  if (result.wrong > 0) {
    give_up(std::to_string(result.wrong) + " answers were not " + std::to_string(work.expect) +
            "; the first:\n" + result.first_wrong);
  }
  std::ranges::sort(result.latencies_ms);
  std::printf("{\"requests\":%ld,\"per_s\":%.0f,\"p50_ms\":%.2f,\"p99_ms\":%.2f}\n", result.ended,
              static_cast<double>(result.ended) / result.seconds,
              percentile(result.latencies_ms, 0.5), percentile(result.latencies_ms, 0.99));
  return 0;
}

// The values of "id":"pn_…" in a page.
std::vector<std::string> ids_in(std::string_view page) {
  std::vector<std::string> ids;
  constexpr std::string_view mark = "\"id\":\"pn_";
  for (std::size_t at = page.find(mark); at != std::string_view::npos; at = page.find(mark, at)) {
    at += mark.size() - 3;
    ids.emplace_back(page.substr(at, page.find('"', at) - at));
  }
  return ids;
}

int read_pages(plan work, const std::string& ids_path) {
  constexpr std::size_t kept_max = 100'000;
  std::vector<std::string> kept;
  long numbers = 0;
  line one;
  one.fd = connect_to(work.port);
  const steady::time_point started = steady::now();
  const std::string first = "/agents/phone-numbers?limit=100";
  for (std::string target = first; !target.empty();) {
    work.target = target;
    send_all(one.fd, request_text(work, 0));
    while (!receive(one)) {
    }
    if (status_of(one.received) != 200) give_up("a page was not 200:\n" + one.received);
    const std::vector<std::string> ids = ids_in(one.received);
    one.received.clear();
    for (const std::string& id : ids) {
      if (numbers++ % 10 == 0 && kept.size() < kept_max) kept.push_back(id);
    }
    target = ids.empty() ? std::string() : first + "&starting_after=" + ids.back();
  }
  const double seconds = seconds_f(steady::now() - started).count();
  std::ofstream file(ids_path);
  for (const std::string& id : kept) file << id << "\n";
  std::printf("{\"numbers\":%ld,\"seconds\":%.2f}\n", numbers, seconds);
  return 0;
}

int measure_syncs(const std::string& directory, double seconds) {
  const std::string path = directory + "/syncs";
  const int fd = open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0600);
  if (fd < 0) give_up("cannot write to " + directory);
  const std::vector<char> block(4096, 'x');
  long syncs = 0;
  const steady::time_point started = steady::now();
  while (seconds_f(steady::now() - started).count() < seconds) {
    if (write(fd, block.data(), block.size()) != static_cast<ssize_t>(block.size()) ||
        fdatasync(fd) != 0) {
      give_up("writing failed");
    }
    ++syncs;
  }
  const double took = seconds_f(steady::now() - started).count();
  close(fd);
  unlink(path.c_str());
  std::printf("{\"syncs_per_s\":%.0f}\n", static_cast<double>(syncs) / took);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string mode = argc > 1 ? argv[1] : "";
  const auto options = options_of(argc, argv);
  if (mode == "requests") return measure_requests(plan_of(options));
  if (mode == "pages") return read_pages(plan_of(options), text_or(options, "ids", "ids"));
  if (mode == "syncs") {
    return measure_syncs(text_or(options, "dir", "."),
                         std::stod(text_or(options, "seconds", "2")));
  }
  give_up("say requests, pages or syncs");
}
