// The bridge between a client that speaks the Model Context Protocol over standard input and
// output, and a Dialplane server that speaks it over HTTP.
//
// Takes messages in the order they came, sends each as a request of its own, several at once, and
// gives back the lines that answer it. A request whose connection broke is sent again, the same
// bytes with the same Idempotency-Key, so that the server does a thing once; where that ends
// without an answer the client is told that the outcome is unknown. Lives on one loop, which must
// have been stopped before it is destroyed. Reads and writes no files: mcp_stdio.hpp does.
#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "base/random.hpp"
#include "base/secret.hpp"
#include "edge/mcp_bridge/bridge_answer.hpp"
#include "edge/mcp_bridge/bridge_message.hpp"
#include "net/http_client.hpp"

namespace dialplane {

struct mcp_bridge_options {
  asio_event_loop* loop = nullptr;       // required
  const address_guard* guard = nullptr;  // required; outlives the bridge
  random_source* random = nullptr;       // required: keys of calls
  http_url endpoint;                     // the server's /mcp
  secret_string key;                     // empty: sent without
  tls_context tls;
  std::size_t requests_at_once = 16;
  std::chrono::milliseconds answer_timeout{65'000};  // a server answers calls within 60 s
  std::size_t tries = 6;                             // of one request, the first counts
  std::chrono::milliseconds first_pause{200};        // between tries; doubles
  bridge_limits limits;
};

class mcp_bridge {
 public:
  using answered = unique_function<void(std::vector<std::string> lines)>;

  explicit mcp_bridge(mcp_bridge_options options);
  ~mcp_bridge();
  mcp_bridge(const mcp_bridge&) = delete;
  mcp_bridge& operator=(const mcp_bridge&) = delete;

  // One message as read. `done` runs once, on the loop, with the lines to write: none for a
  // notification and for a request that the client has cancelled. Whoever calls limits how many
  // are not done at a time. On the loop.
  void take(std::string text, answered done);

  // Ends what is under way; nothing is written for it. On the loop.
  void stop();

 private:
  struct job;
  struct slot;

  void start_what_fits();
  slot* free_slot();
  void send(slot& from, const std::shared_ptr<job>& work);
  void on_exchange(const std::shared_ptr<job>& work, exchange_result outcome);
  void on_answer(const std::shared_ptr<job>& work, const http_answer& answer);
  void on_failure(const std::shared_ptr<job>& work, const failed_exchange& failure);
  bool try_again(const std::shared_ptr<job>& work);
  void cancel(const boost::json::value& id);
  void finish(const std::shared_ptr<job>& work, std::vector<std::string> lines);
  bool is_under_way(const boost::json::value& id) const;
  std::string unreached(const failed_exchange& failure) const;
  std::unique_ptr<http_client> new_client() const;

  mcp_bridge_options options_;
  std::vector<slot> slots_;
  std::deque<std::shared_ptr<job>> waiting_;
  std::string agreed_;   // the version that initialize's answer named
  std::string session_;  // and the session, where the server has any
  bool agreeing_ = false;  // initialize is under way: what comes after it waits
  bool stopped_ = false;
};

}  // namespace dialplane
