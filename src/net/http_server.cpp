#include "net/http_server.hpp"

#include <algorithm>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <condition_variable>
#include <mutex>
#include <utility>

#include "base/check.hpp"
#include "net/http_session.hpp"

namespace dialplane {

namespace {

http_response default_refusal_body(const http_refusal& why) {
  boost::json::object inner;
  inner["code"] = name_of(why.code);
  inner["message"] = why.message;
  boost::json::object body;
  body["error"] = std::move(inner);
  return {.status = why.status,
          .content_type = "application/json",
          .body = boost::json::serialize(body),
          .headers = {}};
}

// How often late connections are looked for: a cut-off comes at most this much after its time.
std::chrono::milliseconds session_sweep_interval(const http_limits& limits) {
  using std::chrono::milliseconds;
  const milliseconds shortest =
      std::min({limits.head_timeout, limits.body_timeout, limits.idle_timeout,
                limits.write_timeout, limits.handler_timeout});
  return std::clamp(shortest / 4, milliseconds(10), milliseconds(1000));
}

void sweep(const http_shard& shard) {
  const steady_time now = std::chrono::steady_clock::now();
  // From the end: a session that goes is replaced by the last one, which has been looked at.
  for (std::size_t i = shard.sessions.size(); i-- > 0;) {
    const std::shared_ptr<http_session> session = shard.sessions[i];
    try {
      session->cut_off_if_late(now);
    } catch (...) {
      session->close_by_force();
    }
  }
}

void sweep_regularly(const std::shared_ptr<http_shard>& shard, std::chrono::milliseconds every) {
  shard->sweeping = true;
  shard->loop.post_after(every, [weak = std::weak_ptr(shard), every] {
    const std::shared_ptr<http_shard> alive = weak.lock();
    if (!alive) return;
    sweep(*alive);
    alive->sweeping = !alive->sessions.empty();
    if (alive->sweeping) sweep_regularly(alive, every);
  });
}

template <typename Act>
void for_each_session(const http_shard& shard, Act act) {
  const std::vector<std::shared_ptr<http_session>> sessions = shard.sessions;
  for (const auto& session : sessions) act(*session);
}

// Runs `work` on the loop and waits for its end. Also returns when the loop drops it.
void run_and_wait(asio_event_loop& loop, event_loop::task work) {
  CHECK(event_loop::current() != &loop);
  if (!loop.running()) return work();
  struct gate {
    std::mutex mutex;
    std::condition_variable opened;
    bool open = false;
  };
  const auto done = std::make_shared<gate>();
  // Opens when the task is destroyed, run or not.
  std::shared_ptr<void> at_end(nullptr, [done](void*) {
    const std::lock_guard lock(done->mutex);
    done->open = true;
    done->opened.notify_all();
  });
  loop.post([work = std::move(work), at_end = std::move(at_end)]() mutable { work(); });
  std::unique_lock lock(done->mutex);
  done->opened.wait(lock, [&] { return done->open; });
}

}  // namespace

struct http_server::core : std::enable_shared_from_this<http_server::core> {
  explicit core(http_server_options options)
      : service(std::make_shared<http_service>(std::move(options))) {
    for (asio_event_loop* const loop : service->options.loops) {
      CHECK(loop != nullptr);
      shards.push_back(std::make_shared<http_shard>(*loop, *service->options.wall_clock));
    }
  }

  asio_event_loop& first_loop() { return shards.front()->loop; }

  void adopt(tcp_stream stream, std::size_t shard_index);
  void on_accepted(tcp_stream stream, asio_event_loop& target);
  void begin_drain();
  void force_rest();
  void finish_drain_if_empty();

  std::shared_ptr<http_service> service;
  std::vector<std::shared_ptr<http_shard>> shards;  // one per loop
  tcp_listener listener;                            // touched on the first loop
  std::size_t next_shard = 0;                       // on the first loop
  std::atomic<bool> draining{false};
  std::mutex drained_mutex;
  event_loop::task drained;  // set from the start to the end of a drain
  bool started = false;
};

void http_server::core::on_accepted(tcp_stream stream, asio_event_loop& target) {
  if (service->open.load() >= service->options.limits.connections) {
    service->tell(connection_event::over_limit);
    stream.close();
    return;
  }
  ++service->open;
  const std::size_t index = next_shard;
  next_shard = (next_shard + 1) % shards.size();
  if (&target == event_loop::current()) return adopt(std::move(stream), index);
  target.post([self = shared_from_this(), stream = std::move(stream), index]() mutable {
    self->adopt(std::move(stream), index);
  });
}

void http_server::core::adopt(tcp_stream stream, std::size_t shard_index) {
  const std::shared_ptr<http_shard>& shard = shards[shard_index];
  if (service->ending || shard->draining) {
    stream.close();
    --service->open;
    finish_drain_if_empty();
    return;
  }
  std::make_shared<http_session>(service, shard, std::move(stream))->begin();
  if (!shard->sweeping) sweep_regularly(shard, session_sweep_interval(service->options.limits));
}

// On the first loop. Connections accepted before are on their way to their loops and arrive there
// before the function posted here.
void http_server::core::begin_drain() {
  listener.close();
  for (const auto& shard : shards) {
    shard->loop.post([self = shared_from_this(), shard] {
      shard->draining = true;
      for_each_session(*shard, [](http_session& session) { session.begin_drain(); });
    });
  }
  draining = true;
  finish_drain_if_empty();
}

void http_server::core::force_rest() {
  for (const auto& shard : shards) {
    shard->loop.post([self = shared_from_this(), shard] {
      for_each_session(*shard, [&self](http_session& session) {
        self->service->tell(connection_event::drain_forced);
        session.close_by_force();
      });
    });
  }
}

void http_server::core::finish_drain_if_empty() {
  if (!draining || service->open.load() != 0) return;
  const std::lock_guard lock(drained_mutex);
  if (!drained) return;
  first_loop().post(std::exchange(drained, nullptr));
}

http_server::http_server(http_server_options options) {
  CHECK(!options.loops.empty() && options.wall_clock != nullptr && options.handler);
  CHECK(options.limits.head_bytes >= 256);
  if (!options.refusal_body) options.refusal_body = default_refusal_body;
  core_ = std::make_shared<core>(std::move(options));
  core_->service->connection_gone = [weak = std::weak_ptr(core_)] {
    if (const auto self = weak.lock()) self->finish_drain_if_empty();
  };
}

http_server::~http_server() {
  core_->service->ending = true;
  // The listener first, so that nothing new is on its way when the connections are closed.
  run_and_wait(core_->first_loop(), [this] { core_->listener.close(); });
  for (const auto& shard : core_->shards) {
    run_and_wait(shard->loop, [&shard] {
      for_each_session(*shard, [](http_session& session) { session.close_by_force(); });
    });
  }
}

result<listen_address> http_server::start() {
  CHECK(!std::exchange(core_->started, true));
  http_service& service = *core_->service;
  if (service.options.tls) {
    TRY_ASSIGN(service.tls, load_server_tls(*service.options.tls));
  }
  TRY_ASSIGN(tcp_listener listener,
             tcp_listener::open(core_->first_loop(), service.options.listen));
  const listen_address bound = listener.address();
  core_->first_loop().post([self = core_, listener = std::move(listener)]() mutable {
    if (self->service->ending || self->draining) return;
    self->listener = std::move(listener);
    self->listener.accept({
        .next_loop = [self]() -> asio_event_loop& { return self->shards[self->next_shard]->loop; },
        .accepted = [self](tcp_stream stream, asio_event_loop& target) {
          self->on_accepted(std::move(stream), target);
        },
        .accept_failed = [self] { self->service->tell(connection_event::accept_failed); },
    });
  });
  return bound;
}

void http_server::stop_accepting() {
  core_->first_loop().post([self = core_] { self->listener.close(); });
}

void http_server::drain(std::chrono::milliseconds deadline, event_loop::task done) {
  {
    const std::lock_guard lock(core_->drained_mutex);
    CHECK(!core_->drained && !core_->draining);
    core_->drained = std::move(done);
  }
  core_->first_loop().post([self = core_, deadline] {
    self->begin_drain();
    self->first_loop().post_after(deadline, [weak = std::weak_ptr(self)] {
      if (const auto alive = weak.lock()) alive->force_rest();
    });
  });
}

std::size_t http_server::open_connections() const noexcept { return core_->service->open.load(); }

}  // namespace dialplane
