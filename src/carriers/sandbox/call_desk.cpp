#include "carriers/sandbox/call_desk.hpp"

#include <boost/json/serialize.hpp>
#include <utility>

#include "base/check.hpp"
#include "base/ids.hpp"
#include "base/json_gate.hpp"
#include "carriers/standard_webhooks.hpp"

namespace dialplane::sandbox {

namespace {

namespace json = boost::json;
using std::chrono::milliseconds;

constexpr int call_tries_max = 3;
constexpr milliseconds pause{100};

std::string text_or_empty(const json::object& from, std::string_view name) {
  const json::value* value = from.if_contains(name);
  return value != nullptr && value->is_string() ? std::string(value->get_string())
                                                : std::string();
}

// The password is the agent's; whoever looks on need not know it.
json::object without_password(json::object told) {
  json::value* dialled = told.if_contains("dial_sip");
  if (dialled == nullptr || !dialled->is_object()) return told;
  json::value* password = dialled->get_object().if_contains("password");
  if (password != nullptr && password->is_string()) *password = "***";
  return told;
}

}  // namespace

struct call_desk::core {
  core(const clock& its_time, random_source& its_random, std::string its_secret)
      : time(its_time), random(its_random), secret(std::move(its_secret)) {}

  const clock& time;
  random_source& random;
  const std::string secret;
  event_loop* loop = nullptr;  // set before any call is placed
  call_sink sink;              // on its loop only
  std::size_t under_way = 0;   // on its loop only
};

// One call. Everything on the sink's loop, but the last answer.
class call_desk::placed_call : public std::enable_shared_from_this<placed_call> {
 public:
  placed_call(std::shared_ptr<core> desk, sandbox_call_order order, bool reports,
              event_loop& answer_on, carrier_done<sandbox_call> done)
      : desk_(std::move(desk)),
        order_(std::move(order)),
        reports_(reports),
        answer_on_(answer_on),
        done_(std::move(done)),
        at_(desk_->time.now()) {
    uuid_bytes noise{};
    desk_->random.fill(noise);
    call_.id = "sbx_call_" + base62_text(noise);
  }

  void ring() {
    if (desk_->under_way >= under_way_max) return finish();
    ++desk_->under_way;
    counted_ = true;
    ask("incoming", call_status::ringing, std::nullopt, {}, [](placed_call& self) { self.lead(); });
  }

 private:
  using next_step = void (*)(placed_call&);

  bool is_led() const {
    return told_.contains("connect_stream") || told_.contains("dial_sip");
  }

  // As told: to the agent, or to a sentence and the end.
  void lead() {
    if (!is_led()) return report(call_status::completed, 0, &finish_one);
    const json::value& way = told_.begin()->value();
    if (way.is_object()) {
      next_url_ = text_or_empty(way.get_object(), "next_url");
      status_url_ = text_or_empty(way.get_object(), "status_url");
    }
    if (order_.outcome == call_status::canceled) {
      return report(call_status::canceled, std::nullopt, &finish_one);
    }
    if (order_.outcome != call_status::completed) return end_leg(call_status::in_progress);
    report(call_status::in_progress, std::nullopt, [](placed_call& self) {
      self.at_ = self.at_ + milliseconds(self.order_.duration_s * 1'000);
      self.end_leg(self.order_.agent_hangs_up ? call_status::in_progress
                                              : call_status::completed);
    });
  }

  void end_leg(call_status call_goes_on) {
    ask("leg_ended", call_goes_on, order_.outcome, next_url_, [](placed_call& self) {
      const bool talked = self.order_.outcome == call_status::completed;
      self.report(call_status::completed, talked ? self.order_.duration_s : 0, &finish_one);
    });
  }

  static void finish_one(placed_call& self) { self.finish(); }

  json::object data_of(call_status status) {
    return {{"id", call_.id},
            {"from", order_.from},
            {"to", order_.to},
            {"direction", "inbound"},
            {"status", name_of_value(status)},
            {"sequence", sequence_++},
            {"at", to_rfc3339(at_)}};
  }

  carrier_webhook signed_post(std::string_view type, json::object data, std::string url) {
    const std::string key = call_.id + "_" + std::to_string(sequence_);
    carrier_webhook posted;
    posted.url = std::move(url);
    posted.body = json::serialize(json::object{{"type", type}, {"data", std::move(data)}});
    const std::string seconds = std::to_string(desk_->time.now().unix_ms / 1'000);
    posted.headers = {{"content-type", "application/json"},
                      {"webhook-id", key},
                      {"webhook-timestamp", seconds},
                      {"webhook-signature",
                       standard_webhook_signature(desk_->secret, key, seconds, posted.body)}};
    return posted;
  }

  void ask(std::string_view question, call_status status, std::optional<call_status> leg,
           std::string url, next_step then) {
    json::object data = data_of(status);
    json::object step{{"asked", question}, {"status", name_of_value(status)}};
    if (leg) {
      data["leg_ended"] = name_of_value(*leg);
      step["leg_ended"] = name_of_value(*leg);
    }
    carrier_webhook posted =
        signed_post("call." + std::string(question), std::move(data), std::move(url));
    desk_->sink(std::move(posted), [self = shared_from_this(), step = std::move(step),
                                    then](result<webhook_answer> answer) mutable {
      self->take_answer(std::move(step), std::move(answer), then);
    });
  }

  void take_answer(json::object step, result<webhook_answer> answer, next_step then) {
    auto read = answer ? parse_json_object(answer->body) : result<json::object>(answer.error());
    if (!read || read->empty()) {
      step["error"] = read ? std::string("The answer holds no instruction.")
                           : read.error().message;
      call_.steps.push_back(std::move(step));
      call_.status = call_status::failed;
      return finish();
    }
    told_ = *std::move(read);
    step["told"] = without_password(told_);
    call_.steps.push_back(std::move(step));
    then(*this);
  }

  void report(call_status status, std::optional<std::int64_t> duration_s, next_step then) {
    json::object data = data_of(status);
    json::object step{{"reported", name_of_value(status)}, {"duration_s", nullptr}};
    if (duration_s) {
      data["duration_s"] = *duration_s;
      step["duration_s"] = *duration_s;
    }
    call_.status = status;
    if (!reports_) {
      step["lost"] = true;
      call_.steps.push_back(std::move(step));
      return then(*this);
    }
    call_.steps.push_back(std::move(step));
    deliver(signed_post("call.status", std::move(data), status_url_), 1, then);
  }

  void deliver(carrier_webhook posted, int tries, next_step then) {
    carrier_webhook again = posted;
    desk_->sink(std::move(posted), [self = shared_from_this(), again = std::move(again), tries,
                                    then](result<webhook_answer> taken) mutable {
      if (taken || tries >= call_tries_max) return then(*self);
      self->desk_->loop->post_after(
          pause, [self, again = std::move(again), tries, then]() mutable {
            self->deliver(std::move(again), tries + 1, then);
          });
    });
  }

  void finish() {
    if (std::exchange(counted_, false)) --desk_->under_way;
    answer_on_.post([done = std::move(done_), ended = std::move(call_)]() mutable {
      done(std::move(ended));
    });
  }

  const std::shared_ptr<core> desk_;
  const sandbox_call_order order_;
  const bool reports_;
  event_loop& answer_on_;
  carrier_done<sandbox_call> done_;
  sandbox_call call_;
  json::object told_;
  std::string next_url_;
  std::string status_url_;
  std::int64_t sequence_ = 0;
  timestamp at_;
  bool counted_ = false;
};

call_desk::call_desk(const clock& time, random_source& random, std::string secret)
    : core_(std::make_shared<core>(time, random, std::move(secret))) {}

call_desk::~call_desk() = default;

void call_desk::set_sink(event_loop& on, call_sink sink) {
  core_->sink = std::move(sink);
  core_->loop = &on;
}

void call_desk::place(sandbox_call_order order, bool reports, carrier_done<sandbox_call> done) {
  event_loop* mine = event_loop::current();
  CHECK(mine != nullptr);
  if (core_->loop == nullptr) {
    return done(not_done(error_code::carrier_unavailable, "The sandbox takes no calls yet.",
                         "sandbox: no call sink"));
  }
  auto one = std::make_shared<placed_call>(core_, std::move(order), reports, *mine,
                                           std::move(done));
  core_->loop->post([one = std::move(one)] { one->ring(); });
}

}  // namespace dialplane::sandbox
