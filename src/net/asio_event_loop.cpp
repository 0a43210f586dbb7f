#include "net/asio_event_loop.hpp"

#include <pthread.h>

#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/post.hpp>
#include <iterator>
#include <optional>
#include <string>
#include <utility>

#include "base/check.hpp"
#include "net/asio_engine.hpp"

namespace dialplane {

namespace asio = boost::asio;

namespace {

struct timed_task {
  using steady_timer =
      asio::basic_waitable_timer<std::chrono::steady_clock,
                                 asio::wait_traits<std::chrono::steady_clock>,
                                 asio::io_context::executor_type>;
  timed_task(asio::io_context& context, std::chrono::milliseconds delay, event_loop::task to_run)
      : timer(context, delay), work(std::move(to_run)) {}

  steady_timer timer;
  event_loop::task work;
};

}  // namespace

void loop_inbox::wake() {
  if (std::exchange(woken_, true)) return;
  asio::post(*context_, [self = shared_from_this()] { self->run_all(); });
}

// Dropped work is destroyed outside the lock: its destructors may post.
void loop_inbox::post(event_loop::task work) {
  const std::lock_guard lock(mutex_);
  if (closed_) return;  // `work` belongs to the caller's frame, which unlocks first
  waiting_.push_back(std::move(work));
  wake();
}

void loop_inbox::post_all(std::vector<event_loop::task> works) {
  if (works.empty()) return;
  const std::lock_guard lock(mutex_);
  if (closed_) return;
  waiting_.insert(waiting_.end(), std::make_move_iterator(works.begin()),
                  std::make_move_iterator(works.end()));
  wake();
}

void loop_inbox::run_all() {
  std::vector<event_loop::task> batch = std::move(running_);
  {
    const std::lock_guard lock(mutex_);
    woken_ = false;
    batch.swap(waiting_);
  }
  for (event_loop::task& work : batch) {
    work();
    work = nullptr;  // what it holds goes now, not after the whole batch
  }
  batch.clear();
  if (batch.capacity() <= 4096) running_ = std::move(batch);
}

bool loop_inbox::close() {
  const std::lock_guard lock(mutex_);
  return !std::exchange(closed_, true);
}

bool loop_inbox::closed() const {
  const std::lock_guard lock(mutex_);
  return closed_;
}

std::vector<event_loop::task> loop_inbox::take_rest() {
  const std::lock_guard lock(mutex_);
  return std::move(waiting_);
}

asio_event_loop::asio_event_loop() : engine_(std::make_unique<engine>()) {
  engine_->inbox = std::make_shared<loop_inbox>(engine_->context);
  engine_->work.emplace(engine_->context.get_executor());
}

asio_event_loop::~asio_event_loop() { stop(); }

void asio_event_loop::start(std::string_view name) {
  CHECK(!engine_->thread.joinable() && !engine_->inbox->closed());
  engine_->running = true;
  engine_->thread = std::thread([this]() noexcept {
    set_current(this);
    engine_->context.run();
    set_current(nullptr);
  });
  pthread_setname_np(engine_->thread.native_handle(), std::string(name.substr(0, 15)).c_str());
}

void asio_event_loop::stop() {
  CHECK(current() != this);
  if (!engine_->inbox->close()) return;
  if (engine_->thread.joinable()) {
    asio::post(engine_->context, [this] {
      engine_->inbox->run_all();
      engine_->context.stop();
    });
    engine_->thread.join();
  }
  engine_->running = false;
  // What never ran goes while the context still lives: it may hold sockets of it.
  engine_->inbox->take_rest().clear();
}

bool asio_event_loop::running() const noexcept { return engine_->running; }

void asio_event_loop::post(task work) { engine_->inbox->post(std::move(work)); }

void asio_event_loop::post_all(std::vector<task> works) {
  engine_->inbox->post_all(std::move(works));
}

void asio_event_loop::post_after(std::chrono::milliseconds delay, task work) {
  if (engine_->inbox->closed()) return;
  auto held = std::make_unique<timed_task>(engine_->context, delay, std::move(work));
  timed_task::steady_timer& timer = held->timer;
  timer.async_wait([held = std::move(held)](const boost::system::error_code& failed) {
    if (!failed) held->work();
  });
}

std::shared_ptr<loop_mailbox> asio_event_loop::mailbox() const noexcept { return engine_->inbox; }

}  // namespace dialplane
