// Inside of asio_event_loop, for the sources of this module only: includes Asio.
#pragma once

#include <atomic>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "net/asio_event_loop.hpp"

namespace dialplane {

// The queue of posted functions. One wake-up of the io_context serves all that came meanwhile.
class loop_inbox final : public loop_mailbox, public std::enable_shared_from_this<loop_inbox> {
 public:
  explicit loop_inbox(boost::asio::io_context& context) : context_(&context) {}

  void post(event_loop::task work) override;
  void post_all(std::vector<event_loop::task> works);
  void run_all();  // on the loop's thread
  bool close();    // later posts are dropped; false if closed before
  bool closed() const;
  std::vector<event_loop::task> take_rest();

 private:
  void wake();  // under the mutex

  mutable std::mutex mutex_;
  std::vector<event_loop::task> waiting_;
  std::vector<event_loop::task> running_;  // the loop thread's; kept for its capacity
  boost::asio::io_context* context_;       // not touched once closed
  bool closed_ = false;
  bool woken_ = false;
};

struct asio_event_loop::engine {
  std::shared_ptr<loop_inbox> inbox;  // outlives the context: handlers destroyed with it may post
  boost::asio::io_context context{1};
  std::optional<boost::asio::executor_work_guard<boost::asio::io_context::executor_type>> work;
  std::thread thread;
  std::atomic<bool> running{false};
};

}  // namespace dialplane
