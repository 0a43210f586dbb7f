// A real carrier's adapter against that carrier's wire emulator, in one process over loopback.
//
// The emulator and a receiver of its webhooks run on one thread; the adapter's requests leave on
// another; the test's thread is the adapter's calling loop. Time is the fixture's clock, for both
// sides; only sockets use real time.
#pragma once

#include <condition_variable>
#include <deque>
#include <future>
#include <map>
#include <mutex>

#include "base/random.hpp"
#include "carriers/carrier_description.hpp"
#include "conformance/carrier_fixture.hpp"
#include "emulators/carrier_emulator.hpp"
#include "net/address_guard.hpp"
#include "net/http_server.hpp"

namespace dialplane::test {

class wire_fixture : public carrier_fixture {
 public:
  struct setup {
    const carrier_description* described = nullptr;
    carrier_maker make = nullptr;
    std::unique_ptr<emulators::carrier_emulator> (*play)(emulators::emulator_tools) = nullptr;
    std::map<std::string, std::string> credentials;
    std::string base_path = {};  // behind the emulator's address
    std::map<std::string, std::string> options = {};
  };

  explicit wire_fixture(setup given) : setup_(std::move(given)), described_(*setup_.described) {
    described_.limits.answer_timeout = milliseconds(1'500);
    described_.limits.per_second = 10'000;
    described_.limits.failures_to_open = 1'000;
    start_receiver();
    start_emulator();
    outgoing_.start("adapter");
    open();
  }
  ~wire_fixture() override {
    carrier_.reset();
    emulator_loop_.stop();
    outgoing_.stop();
    emulator_server_.reset();
    receiver_.reset();
    emulator_.reset();
  }

  carrier& subject() override { return *carrier_; }
  bool adopts_what_is_ours() const override { return true; }
  void reopen() override {
    carrier_.reset();
    reopened_ = true;
    open();
  }

  // The emulator's name of a call; "buy", "search", "list", "release", "send" unless it differs.
  virtual std::string call_name(std::string_view call) const { return std::string(call); }
  virtual bool has_texts() const { return true; }
  emulators::carrier_emulator& emulator() { return *emulator_; }
  const std::string& emulator_url() const { return emulator_url_; }
  const std::string& public_url() const { return public_url_; }
  number_routing our_routing() const {
    return {public_url_ + "/carriers/" + described_.kind + "/texts",
            public_url_ + "/carriers/" + described_.kind + "/calls"};
  }

  // Runs `work` on the emulator's thread and gives what it returns.
  template <typename Work>
  auto on_emulator(Work work) {
    using outcome = decltype(work());
    std::promise<outcome> promise;
    auto future = promise.get_future();
    emulator_loop_.post([&] { promise.set_value(work()); });
    REQUIRE(future.wait_for(std::chrono::seconds(20)) == std::future_status::ready);
    return future.get();
  }
  void order(std::string what, std::string_view call = {}, std::int64_t count = 1,
             std::int64_t delay_ms = 0, int status = 500, std::string text = {}) {
    emulators::emulated_fault fault;
    fault.what = std::move(what);
    fault.on = call.empty() ? "" : call_name(call);
    fault.count = count;
    fault.delay_ms = delay_ms;
    fault.status = status;
    fault.text = std::move(text);
    const bool taken =
        on_emulator([&] { return emulator_->faults().order(fault).has_value(); });
    REQUIRE(taken);
  }
  void clear_faults() {
    on_emulator([&] {
      emulator_->faults().clear();
      return true;
    });
  }
  boost::json::object control(std::string_view method, std::string_view what,
                              const boost::json::object& given = {}) {
    const auto done = on_emulator([&] { return emulator_->control(method, what, given); });
    if (!done) FAIL(describe(done.error()));
    return *done;
  }
  boost::json::object state() {
    return on_emulator([&] { return emulator_->state(); });
  }
  // Both clocks: the emulator's follows the fixture's.
  void pass(milliseconds by) {
    loop().advance(by);
    on_emulator([&] {
      emulator_->time().advance(milliseconds(0));
      return true;
    });
  }
  // The next webhook that came in, as the server would hand it to the adapter.
  carrier_webhook next_webhook() {
    std::unique_lock lock(mutex_);
    REQUIRE(came_.wait_for(lock, std::chrono::seconds(20), [&] { return !webhooks_.empty(); }));
    carrier_webhook first = std::move(webhooks_.front());
    webhooks_.pop_front();
    return first;
  }
  std::size_t webhooks_waiting() {
    const std::lock_guard lock(mutex_);
    return webhooks_.size();
  }

 protected:
  virtual carrier_account_settings account() const {
    carrier_account_settings settings;
    settings.name = described_.kind;
    for (const auto& [name, text] : setup_.credentials) {
      settings.credentials.emplace(name, secret_string(text));
    }
    for (const auto& [name, text] : setup_.options) settings.options.emplace(name, text);
    settings.options["base_url"] = emulator_url_ + setup_.base_path;
    settings.public_url = public_url_;
    settings.installation = "test00";
    return settings;
  }

 private:
  void open() {
    tools_ = {&outgoing_, &guard_, {}, &clock(), &random_};
    carrier_account_settings settings = account();
    settings.follows_another = reopened_;
    auto made = setup_.make(described_, tools_, std::move(settings));
    if (!made) FAIL(describe(made.error()));
    carrier_ = *std::move(made);
  }

  http_server_options server_options() {
    http_server_options options;
    options.listen = *parse_listen_address("127.0.0.1:0");
    options.loops = {&emulator_loop_};
    options.wall_clock = &clock();
    options.limits.body_bytes = 1024 * 1024;
    return options;
  }

  void start_receiver() {
    http_server_options options = server_options();
    options.handler = [this](http_request request, responder to) {
      keep(request);
      to.respond({200, "application/json", "{}", {}});
    };
    receiver_ = std::make_unique<http_server>(std::move(options));
    const auto bound = receiver_->start();
    REQUIRE(bound);
    public_url_ = "http://" + to_text(*bound);
  }

  void start_emulator() {
    http_server_options options = server_options();
    options.handler = [this](http_request request, responder to) {
      emulator_->handle(std::move(request), std::move(to));
    };
    emulator_server_ = std::make_unique<http_server>(std::move(options));
    const auto bound = emulator_server_->start();
    REQUIRE(bound);
    emulator_url_ = "http://" + to_text(*bound);
    emulators::emulator_tools tools;
    tools.loop = &emulator_loop_;
    tools.real_time = &clock();
    tools.random = &random_;
    tools.guard = &guard_;
    tools.public_url = emulator_url_;
    emulator_ = setup_.play(std::move(tools));
    emulator_loop_.start("emulator");
  }

  void keep(const http_request& request) {
    carrier_webhook came;
    for (const http_header& header : request.headers) {
      std::string name = header.name;
      for (char& c : name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
      came.headers.emplace_back(std::move(name), header.value);
    }
    came.body = request.body;
    came.url = public_url_ + request.path;
    if (!request.query.empty()) came.url += "?" + request.query;
    const std::lock_guard lock(mutex_);
    webhooks_.push_back(std::move(came));
    came_.notify_all();
  }

  const setup setup_;
  carrier_description described_;
  bool reopened_ = false;
  seeded_random random_{11};
  address_guard guard_{*parse_ip_ranges("127.0.0.0/8")};
  asio_event_loop emulator_loop_;
  asio_event_loop outgoing_;
  std::mutex mutex_;
  std::condition_variable came_;
  std::deque<carrier_webhook> webhooks_;
  std::string public_url_;
  std::string emulator_url_;
  std::unique_ptr<http_server> receiver_;
  std::unique_ptr<http_server> emulator_server_;
  std::unique_ptr<emulators::carrier_emulator> emulator_;
  carrier_tools tools_;
  std::unique_ptr<carrier> carrier_;
};

// How often the emulator was called by a name of its own.
inline std::int64_t calls_of(wire_fixture& at, const char* call) {
  const boost::json::object state = at.state();
  const boost::json::value* count = state.at("calls").as_object().if_contains(call);
  return count == nullptr ? 0 : count->to_number<std::int64_t>();
}

// Until that many such calls have reached the emulator; the last one's answer stays unread.
inline void wait_for_calls(wire_fixture& at, const char* call, std::int64_t count) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (calls_of(at, call) < count) {
    REQUIRE(std::chrono::steady_clock::now() < deadline);
    at.loop().run_ready();
  }
}

// A text from a number of ours to somebody, and whether it is found by our id.
inline result<text_receipt> send_text(wire_fixture& at, const std::string& from,
                                      const std::string& id, const std::string& body = "Hello") {
  pending_answer<text_receipt> answer;
  at.subject().send_text({id, from, "+12125550147", body, {}, ""}, answer.done());
  return at.await(answer);
}

inline result<std::optional<text_receipt>> look_up_text(wire_fixture& at, const std::string& from,
                                                        const std::string& id) {
  pending_answer<std::optional<text_receipt>> answer;
  at.subject().look_up_text(id, from, "+12125550147", answer.done());
  return at.await(answer);
}

// What the next webhook tells.
inline std::vector<carrier_news> next_news(wire_fixture& at) {
  const carrier_webhook came = at.next_webhook();
  REQUIRE(at.subject().verify_webhook(came));
  const auto news = at.subject().read_webhook(came.body);
  REQUIRE(news);
  return *news;
}

}  // namespace dialplane::test
