// A transcript of `carriers check --save-transcript`, played again: its answers, in their order, to
// the adapter of today.
//
// A small server stands in the carrier's place. It gives each recorded answer once, to the request
// it was recorded for; a request that was never made, or comes before its turn, is told as a
// complaint and its connection cut. The adapter is watched as it was then, so that the new
// transcript can be laid beside the old one.
#pragma once

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <cctype>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/random.hpp"
#include "carriers/recording_carrier.hpp"
#include "conformance/carrier_fixture.hpp"
#include "net/address_guard.hpp"
#include "net/form_encoding.hpp"
#include "net/http_server.hpp"
#include "server/known_carriers.hpp"

namespace dialplane::test {

using boost::json::array;
using boost::json::object;

// Every RFC 3339 time in it is one word: what depends on when it runs is not compared.
inline std::string without_times(std::string text) {
  for (std::size_t at = 0; at + 20 <= text.size(); ++at) {
    const std::string_view rest = std::string_view(text).substr(at);
    constexpr std::string_view form = "dddd-dd-ddTdd:dd:dd";
    bool fits = true;
    for (std::size_t i = 0; fits && i < form.size(); ++i) {
      fits = form[i] == 'd' ? std::isdigit(static_cast<unsigned char>(rest[i])) != 0
                            : rest[i] == form[i];
    }
    if (!fits) continue;
    std::size_t end = form.size();
    while (end < rest.size() && (std::isdigit(static_cast<unsigned char>(rest[end])) ||
                                 rest[end] == '.' || rest[end] == 'Z')) {
      ++end;
    }
    text.replace(at, end, "TIME");
  }
  return text;
}

// The names that adapters give to what they make for an address of ours: they end with the
// address's hash, and the address was another one then.
inline std::vector<std::string> names_of_ours(std::string_view text) {
  constexpr std::string_view beginning = "dialplane-";
  constexpr std::size_t size = beginning.size() + 6 + 1 + 12;
  std::vector<std::string> names;
  for (std::size_t at = text.find(beginning); at != std::string_view::npos;
       at = text.find(beginning, at + 1)) {
    const std::string_view name = text.substr(at, size);
    const bool is_one = name.size() == size && name[beginning.size() + 6] == '-' &&
                        name.find_first_not_of("0123456789abcdef", size - 12) ==
                            std::string_view::npos;
    if (is_one) names.emplace_back(name);
  }
  return names;
}

inline void replace_all(std::string& text, std::string_view from, std::string_view to) {
  for (std::size_t at = text.find(from); at != std::string::npos;
       at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
}

// Without all that need not be the same today.
inline std::string comparable(const boost::json::value& given) {
  std::string text = without_times(boost::json::serialize(given));
  for (const std::string& name : names_of_ours(text)) replace_all(text, name, "NAME");
  return text;
}

// What is compared of a request.
inline std::string request_text(const object& exchange) {
  const object asked{{"method", exchange.at("method")},
                     {"path", exchange.at("path")},
                     {"query", exchange.at("query")},
                     {"body", exchange.at("body")}};
  return comparable(asked);
}

// A call of the port and the exchanges it took.
struct recorded_call {
  std::string name;
  object asked;
  object answered;
  std::vector<object> exchanges;
};

struct recorded_transcript {
  object head;
  std::vector<recorded_call> calls;

  // FAILs for what is no transcript.
  static recorded_transcript read(const std::string& text) {
    recorded_transcript whole;
    std::vector<object> exchanges;
    std::size_t from = 0;
    while (from < text.size()) {
      const std::size_t end = std::min(text.find('\n', from), text.size());
      boost::system::error_code failure;
      const auto parsed = boost::json::parse(text.substr(from, end - from), failure);
      if (failure || !parsed.is_object()) FAIL("a line is no JSON object");
      const object& line = parsed.get_object();
      from = end + 1;
      if (line.contains("transcript")) {
        whole.head = line;
      } else if (line.contains("exchange")) {
        exchanges.push_back(line.at("exchange").as_object());
      } else if (line.contains("call")) {
        whole.calls.push_back({std::string(line.at("call").as_string()),
                               line.at("asked").as_object(), line.at("answered").as_object(),
                               std::exchange(exchanges, {})});
      } else {
        FAIL("a line of another kind, or a transcript that was cut");
      }
    }
    if (whole.head.empty() || whole.calls.empty()) FAIL("no transcript of any call");
    return whole;
  }
};

class transcript_player {
 public:
  explicit transcript_player(recorded_transcript recorded) : recorded_(std::move(recorded)) {
    start_wire();
    outgoing_.start("adapter");
    open();
  }
  ~transcript_player() {
    carrier_.reset();
    wire_loop_.stop();
    outgoing_.stop();
    server_.reset();
  }

  // Makes each call again; what was answered otherwise, or asked otherwise, is in complaints().
  void play() {
    for (const recorded_call& call : recorded_.calls) {
      if (!call.exchanges.empty()) catch_up(call.exchanges.front().at("at_ms").to_number<int>());
      {
        const std::lock_guard lock(mutex_);
        expected_ = call.exchanges;
        used_.assign(expected_.size(), false);
      }
      make(call);
      const std::lock_guard lock(mutex_);
      for (std::size_t i = 0; i < used_.size(); ++i) {
        if (!used_[i]) complain(call.name + " did not ask " + request_text(expected_[i]));
      }
    }
    compare();
  }

  std::vector<std::string> complaints() {
    const std::lock_guard lock(mutex_);
    return complaints_;
  }

 private:
  std::string text_of(const char* name) const {
    return std::string(recorded_.head.at(name).as_string());
  }

  void start_wire() {
    http_server_options options;
    options.listen = *parse_listen_address("127.0.0.1:0");
    options.loops = {&wire_loop_};
    options.wall_clock = &clock_;
    options.limits.body_bytes = 1024 * 1024;
    options.handler = [this](http_request request, responder to) {
      answer(request, std::move(to));
    };
    server_ = std::make_unique<http_server>(std::move(options));
    const auto bound = server_->start();
    REQUIRE(bound);
    origin_ = "http://" + to_text(*bound);
    wire_loop_.start("wire");
  }

  void open() {
    const std::string kind = text_of("carrier");
    const known_carrier* known = find_known_carrier(kind);
    if (known == nullptr) FAIL("no carrier " << kind);
    described_ = known->described;
    described_.limits.per_second = 10'000;
    clock_.set(*parse_rfc3339(text_of("at")));
    carrier_account_settings account;
    wire_transcript::subject of;
    of.carrier = kind;
    of.account = account.name = text_of("account");
    of.is_emulator = text_of("from") == "emulator";
    of.at = clock_.now();
    of.public_url = account.public_url = text_of("public_url");
    of.installation = account.installation = text_of("installation");
    of.base_url = origin_ + text_of("base_path");
    for (const auto& [name, value] : recorded_.head.at("credentials").as_object()) {
      account.credentials.emplace(name, secret_string(value.as_string()));
      of.credentials.emplace(name, secret_string(value.as_string()));
    }
    for (const auto& [name, value] : recorded_.head.at("options").as_object()) {
      account.options.emplace(name, std::string(value.as_string()));
    }
    account.options["base_url"] = of.base_url;
    again_ = std::make_shared<wire_transcript>(of);
    const carrier_tools tools{&outgoing_, &guard_, {}, &clock_, &random_,
                              [into = again_](const wire_exchange& seen) { into->note(seen); }};
    auto made = known->make(described_, tools, std::move(account));
    if (!made) FAIL(describe(made.error()));
    carrier_ = std::make_unique<recording_carrier>(*std::move(made), again_);
  }

  // The next answer that was given to this request and has not been given again.
  std::optional<object> draw(const http_request& request) {
    array query;
    if (const auto fields = parse_form(request.query)) {
      for (const auto& [name, value] : fields->fields) query.push_back(array{name, value});
    }
    const object now{{"method", request.method}, {"path", request.path}, {"query", query}};
    const std::string asked = comparable(now);
    const std::lock_guard lock(mutex_);
    for (std::size_t i = 0; i < expected_.size(); ++i) {
      if (used_[i]) continue;
      const object& one = expected_[i];
      const object then{
          {"method", one.at("method")}, {"path", one.at("path")}, {"query", one.at("query")}};
      if (comparable(then) == asked) {
        used_[i] = true;
        learn_names(boost::json::serialize(then), boost::json::serialize(now));
        learn_names(boost::json::serialize(one.at("body")), request.body);
        return one;
      }
      // Only what was under way at the same time may be overtaken.
      const auto ended = one.at("at_ms").to_number<std::int64_t>() +
                         one.at("took_ms").to_number<std::int64_t>();
      const bool may_overtake = i + 1 < expected_.size() &&
                                expected_[i + 1].at("at_ms").to_number<std::int64_t>() <= ended;
      if (!may_overtake) break;
    }
    complain("asked " + asked + ", and it is not its turn");
    return std::nullopt;
  }

  void learn_names(const std::string& then, const std::string& now) {
    const auto old_names = names_of_ours(then);
    const auto new_names = names_of_ours(now);
    if (old_names.size() != new_names.size()) return;
    for (std::size_t i = 0; i < old_names.size(); ++i) names_[old_names[i]] = new_names[i];
  }

  void answer(const http_request& request, responder to) {
    const std::optional<object> exchange = draw(request);
    if (!exchange || !exchange->at("answer").is_object()) return;  // cut, as it was then
    const object& told = exchange->at("answer").as_object();
    http_response response{told.at("status").to_number<int>(), "", "", {}};
    for (const auto& [name, value] : told.at("headers").as_object()) {
      const std::string text(value.as_string());
      if (name == "content-type") response.content_type = text;
      else response.headers.push_back({std::string(name), text});
    }
    if (const auto* body = told.at("body").if_object()) {
      if (body->contains("json")) response.body = boost::json::serialize(body->at("json"));
      else if (body->contains("text")) response.body = body->at("text").as_string();
    }
    // The carrier's address in its own answers is this server's now.
    const std::string origin(exchange->at("to").as_string());
    replace_all(response.body, origin, origin_);
    const std::lock_guard lock(mutex_);
    for (const auto& [then, now] : names_) replace_all(response.body, then, now);
    to.respond(std::move(response));
  }

  void catch_up(std::int64_t at_ms) {
    const timestamp due = *parse_rfc3339(text_of("at")) + milliseconds(at_ms);
    if (clock_.now() < due) loop_.advance(due - clock_.now());
  }

  template <typename T>
  void await(const recorded_call& call, const pending_answer<T>& answer) {
    const bool came = loop_.run_until([&] { return answer.has_come(); });
    if (!came) FAIL(call.name << " did not end");
  }

  void make(const recorded_call& call) {
    const auto text = [&call](const char* name) {
      return std::string(call.asked.at(name).as_string());
    };
    if (call.name == "check_account") {
      pending_answer<account_report> answer;
      carrier_->check_account(answer.done());
      await(call, answer);
    } else if (call.name == "search") {
      number_search wanted;
      if (text("type") == "toll_free") wanted.type = number_type::toll_free;
      for (const auto& code : call.asked.at("area_codes").as_array()) {
        wanted.area_codes.emplace_back(code.as_string());
      }
      wanted.limit = call.asked.at("limit").to_number<std::size_t>();
      wanted.owner = text("owner");
      pending_answer<std::vector<number_offer>> answer;
      carrier_->search(std::move(wanted), answer.done());
      await(call, answer);
    } else if (call.name == "buy") {
      number_purchase order{text("e164"), text("mark"), {text("text_url"), text("voice_url")}};
      order.owner = text("owner");
      pending_answer<carrier_number> answer;
      carrier_->buy(std::move(order), answer.done());
      await(call, answer);
    } else if (call.name == "look_up") {
      pending_answer<std::optional<carrier_number>> answer;
      carrier_->look_up(text("e164"), text("mark"), answer.done());
      await(call, answer);
    } else if (call.name == "release") {
      pending_answer<void> answer;
      carrier_->release(text("e164"), text("mark"), answer.done());
      await(call, answer);
    } else {
      FAIL("nobody knows the call " << call.name);
    }
  }

  // Line by line, what was asked of the carrier and what the port answered.
  void compare() {
    const recorded_transcript again = recorded_transcript::read(again_->text());
    REQUIRE(again.calls.size() == recorded_.calls.size());
    const std::lock_guard lock(mutex_);
    for (std::size_t i = 0; i < again.calls.size(); ++i) {
      const recorded_call& then = recorded_.calls[i];
      const recorded_call& now = again.calls[i];
      const auto answered = [](const recorded_call& call) {
        return comparable(call.answered);
      };
      if (answered(then) != answered(now)) {
        complain(then.name + " answered " + answered(now) + " instead of " + answered(then));
      }
      const auto requests = [](const recorded_call& call) {
        std::vector<std::string> all;
        for (const object& each : call.exchanges) all.push_back(request_text(each));
        std::sort(all.begin(), all.end());
        return all;
      };
      const auto asked_then = requests(then);
      const auto asked_now = requests(now);
      for (const std::string& each : asked_now) {
        if (!std::binary_search(asked_then.begin(), asked_then.end(), each)) {
          complain(then.name + " asks " + each);
        }
      }
    }
  }

  void complain(std::string what) { complaints_.push_back(std::move(what)); }

  const recorded_transcript recorded_;
  shared_manual_clock clock_;
  manual_event_loop loop_{clock_};
  seeded_random random_{11};
  address_guard guard_{*parse_ip_ranges("127.0.0.0/8")};
  asio_event_loop wire_loop_;
  asio_event_loop outgoing_;
  std::unique_ptr<http_server> server_;
  std::string origin_;
  carrier_description described_;
  std::shared_ptr<wire_transcript> again_;
  std::unique_ptr<carrier> carrier_;
  std::mutex mutex_;
  std::vector<object> expected_;  // of the call under way
  std::vector<bool> used_;
  std::map<std::string, std::string> names_;  // then to now
  std::vector<std::string> complaints_;
};

}  // namespace dialplane::test
