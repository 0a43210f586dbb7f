#include "net/name_lookup.hpp"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>

#include <deque>
#include <map>
#include <mutex>
#include <thread>
#include <utility>

namespace dialplane {

namespace {

constexpr std::size_t addresses_max = 16;

std::string text_of_address(const addrinfo& one) {
  char text[INET6_ADDRSTRLEN] = {};
  const void* bytes = nullptr;
  if (one.ai_family == AF_INET) {
    bytes = &reinterpret_cast<const sockaddr_in*>(one.ai_addr)->sin_addr;
  } else if (one.ai_family == AF_INET6) {
    bytes = &reinterpret_cast<const sockaddr_in6*>(one.ai_addr)->sin6_addr;
  }
  if (bytes == nullptr || inet_ntop(one.ai_family, bytes, text, sizeof text) == nullptr) return {};
  return text;
}

name_lookup::addresses ask_system(const std::string& name) {
  addrinfo wanted{};
  wanted.ai_family = AF_UNSPEC;
  wanted.ai_socktype = SOCK_STREAM;
  wanted.ai_protocol = IPPROTO_TCP;
  addrinfo* found = nullptr;
  if (getaddrinfo(name.c_str(), nullptr, &wanted, &found) != 0) return {};
  name_lookup::addresses all;
  for (const addrinfo* one = found; one != nullptr; one = one->ai_next) {
    std::string text = text_of_address(*one);
    if (!text.empty() && all.size() < addresses_max) all.push_back(std::move(text));
  }
  freeaddrinfo(found);
  return all;
}

}  // namespace

struct name_lookup::core : std::enable_shared_from_this<core> {
  using asker = unique_function<void(const addresses&)>;

  explicit core(blocking_resolver its_resolve) : resolve(std::move(its_resolve)) {}

  void work();

  const blocking_resolver resolve;
  std::mutex mutex;
  std::map<std::string, std::vector<asker>> asked;  // waiting or being looked up
  std::deque<std::string> waiting;
  std::size_t threads = 0;
};

void name_lookup::core::work() {
  std::unique_lock lock(mutex);
  while (!waiting.empty()) {
    const std::string name = std::move(waiting.front());
    waiting.pop_front();
    lock.unlock();
    const addresses found = resolve(name);
    lock.lock();
    std::vector<asker> askers = std::move(asked.at(name));
    asked.erase(name);
    lock.unlock();
    for (asker& each : askers) each(found);
    askers.clear();
    lock.lock();
  }
  --threads;
}

name_lookup::name_lookup(blocking_resolver resolve)
    : core_(std::make_shared<core>(std::move(resolve))) {}

void name_lookup::ask(const std::string& name, unique_function<void(const addresses&)> done) {
  std::unique_lock lock(core_->mutex);
  const auto known = core_->asked.find(name);
  const bool full = known == core_->asked.end() ? core_->asked.size() >= names_max
                                                : known->second.size() >= askers_per_name_max;
  if (full) {
    lock.unlock();
    return done({});
  }
  core_->asked[name].push_back(std::move(done));
  if (known != core_->asked.end()) return;
  core_->waiting.push_back(name);
  if (core_->threads == threads_max) return;
  ++core_->threads;
  std::thread([core = core_] { core->work(); }).detach();
}

name_lookup& name_lookup::of_system() {
  static name_lookup system(ask_system);
  return system;
}

}  // namespace dialplane
