// Texts of the built-in carrier: taken, found again, reported; handsets; what it posts to us.
#include "carriers/standard_webhooks.hpp"
#include "conformance/carrier_fixture.hpp"

namespace dialplane::test {
namespace {

using namespace std::chrono_literals;

constexpr const char* handset = "+14155550142";

// A sandbox with a number of ours, and everything it posts.
struct texting_sandbox : sandbox_fixture {
  texting_sandbox() {
    line = any_number();
    REQUIRE(buy(line, "mark"));
  }

  void listen() {
    control().set_webhook_sink(loop(), [this](carrier_webhook posted, carrier_done<void> done) {
      if (refuse > 0) {
        --refuse;
        return done(not_done(error_code::overloaded, "Busy.", ""));
      }
      posts.push_back(std::move(posted));
      done({});
    });
  }
  pending_answer<text_receipt> start_send(const std::string& id, const std::string& body) {
    pending_answer<text_receipt> answer;
    subject().send_text({id, line, handset, body, {}, ""}, answer.done());
    return answer;
  }
  result<text_receipt> send(const std::string& id, const std::string& body = "hello") {
    return await(start_send(id, body));
  }
  std::optional<text_receipt> look(const std::string& id, const std::string& to = handset) {
    pending_answer<std::optional<text_receipt>> answer;
    subject().look_up_text(id, line, to, answer.done());
    const auto found = await(answer);
    REQUIRE(found);
    return *found;
  }
  std::vector<sandbox_text> received(const std::string& by = handset, std::size_t limit = 100) {
    pending_answer<std::vector<sandbox_text>> answer;
    control().texts_received_by(by, limit, answer.done());
    const auto found = await(answer);
    REQUIRE(found);
    return *found;
  }
  std::string text_in(const std::string& to, const std::string& body) {
    pending_answer<std::string> answer;
    control().text_from_outside({"", handset, to, body}, answer.done());
    const auto id = await(answer);
    REQUIRE(id);
    return *id;
  }
  std::vector<carrier_news> news_of(const carrier_webhook& posted) {
    const auto verified = subject().verify_webhook(posted);
    REQUIRE(verified);
    const auto news = subject().read_webhook(posted.body);
    REQUIRE(news);
    return *news;
  }
  bool wait_for_posts(std::size_t count) {
    return loop().run_until([&] { return posts.size() >= count; });
  }

  std::string line;
  std::vector<carrier_webhook> posts;
  int refuse = 0;
};

}  // namespace

TEST_CASE("sandbox texts: taken, found by our id, on the handset, reported twice") {
  texting_sandbox at;
  at.listen();
  const auto sent = at.send("msg_1", "hello there");
  REQUIRE(sent);
  CHECK_FALSE(sent->carrier_message_id.empty());
  REQUIRE(at.look("msg_1"));
  CHECK(at.look("msg_1")->carrier_message_id == sent->carrier_message_id);
  CHECK_FALSE(at.look("msg_2"));
  CHECK_FALSE(at.look("msg_1", "+14155550199"));
  const auto texts = at.received();
  REQUIRE(texts.size() == 1);
  CHECK(texts[0].id == "msg_1");
  CHECK(texts[0].from == at.line);
  CHECK(texts[0].body == "hello there");
  CHECK(at.received("+14155550199").empty());
  REQUIRE(at.wait_for_posts(2));
  const auto first = at.news_of(at.posts[0]);
  const auto second = at.news_of(at.posts[1]);
  REQUIRE(first.size() == 1);
  CHECK(first[0].kind == carrier_news_kind::text_status);
  CHECK(first[0].status == message_status::sent);
  CHECK(first[0].our_id == "msg_1");
  CHECK(first[0].carrier_message_id == sent->carrier_message_id);
  CHECK(second[0].status == message_status::delivered);
  CHECK(*only_header(at.posts[0], "webhook-id") != *only_header(at.posts[1], "webhook-id"));
}

TEST_CASE("sandbox texts: a text sent twice is two texts, as at a carrier") {
  texting_sandbox at;
  const auto first = at.send("msg_1");
  const auto second = at.send("msg_1");
  REQUIRE(first);
  REQUIRE(second);
  CHECK(first->carrier_message_id != second->carrier_message_id);
  CHECK(at.received().size() == 2);
  pending_answer<sandbox_text_ids> answer;
  at.control().taken_texts(0, 1'000, answer.done());
  CHECK(at.await(answer)->ids == std::vector<std::string>{"msg_1", "msg_1"});
}

TEST_CASE("sandbox texts: a number that is not ours sends nothing") {
  texting_sandbox at;
  const std::string stranger = at.any_number();
  pending_answer<text_receipt> answer;
  at.subject().send_text({"msg_1", stranger, handset, "x", {}, ""}, answer.done());
  const auto outcome = at.await(answer);
  REQUIRE_FALSE(outcome);
  CHECK(outcome.error().kind == error_class::refused);
  CHECK(at.received().empty());
}

TEST_CASE("sandbox texts: failures that were ordered") {
  texting_sandbox at;
  at.listen();
  REQUIRE(at.send("msg_1", "FAIL:invalid_mobile_number please"));
  REQUIRE(at.wait_for_posts(2));
  const auto news = at.news_of(at.posts[1]);
  CHECK(news[0].status == message_status::failed);
  CHECK(news[0].failure_code == "invalid_mobile_number");
  CHECK(news[0].failure_reason == "The recipient is not a mobile number.");
}

TEST_CASE("sandbox texts: faults on send") {
  using enum fault_target;
  using enum fault_outcome;
  texting_sandbox at;
  at.order(send, refused);
  CHECK(at.send("msg_r").error().kind == error_class::refused);
  at.order(send, rate_limited);
  CHECK(at.send("msg_l").error().kind == error_class::not_done);
  CHECK(at.received().empty());
  for (const auto outcome : {lost_before, lost_after}) {
    at.order(send, outcome);
    const std::string id = "msg_" + std::string(name_of_value(outcome));
    const auto answer = at.start_send(id, "x");
    at.settle();
    at.loop().advance(300ms);
    REQUIRE(answer.has_come());
    CHECK(answer.value().error().kind == error_class::unknown);
    CHECK(at.look(id).has_value() == (outcome == lost_after));
  }
}

TEST_CASE("sandbox texts: a late text arrives after its time, and the settling time covers it") {
  using enum fault_target;
  using enum fault_outcome;
  texting_sandbox at;
  at.order(send, late, 1, 3'000);
  CHECK(at.subject().abilities().text_settling_time > 3'000ms);
  const auto answer = at.start_send("msg_1", "late");
  at.settle();
  at.loop().advance(300ms);
  REQUIRE(answer.has_come());
  CHECK(answer.value().error().kind == error_class::unknown);
  CHECK_FALSE(at.look("msg_1"));
  at.loop().advance(2'999ms);
  CHECK_FALSE(at.look("msg_1"));
  CHECK(at.received().empty());
  at.reopen();
  at.loop().advance(2ms);
  CHECK(at.look("msg_1"));
  CHECK(at.received().size() == 1);
}

TEST_CASE("sandbox texts: reports are brought until they are taken, also by the next process") {
  texting_sandbox at;
  REQUIRE(at.send("msg_1"));  // nobody listens yet
  at.reopen();
  at.refuse = 3;
  at.listen();
  at.settle();
  REQUIRE(at.loop().run_until([&] { return at.refuse <= 1; }));
  for (int i = 0; i < 20 && at.posts.size() < 2; ++i) {
    at.loop().advance(500ms);
    at.settle();
  }
  REQUIRE(at.posts.size() == 2);
  at.loop().advance(10ms);
  at.settle();
  at.settle();
  at.reopen();
  at.posts.clear();
  at.listen();
  at.settle();
  at.loop().run_ready();
  at.settle();
  at.loop().run_ready();
  CHECK(at.posts.empty());
}

TEST_CASE("sandbox texts: reports that never come, or come later") {
  using enum fault_target;
  using enum fault_outcome;
  texting_sandbox at;
  at.listen();
  at.order(report, lost_before);
  REQUIRE(at.send("msg_1"));
  at.order(report, slow, 1, 2'000);
  REQUIRE(at.send("msg_2"));
  at.settle();
  at.loop().run_ready();
  CHECK(at.posts.empty());
  at.loop().advance(2'000ms);
  REQUIRE(at.posts.size() == 2);
  CHECK(at.news_of(at.posts[0])[0].our_id == "msg_2");
}

TEST_CASE("sandbox texts: a handset texts us where routing is set, and is dropped elsewhere") {
  texting_sandbox at;
  at.listen();
  CHECK_FALSE(at.text_in("+14155550000", "nobody").empty());
  CHECK(at.control().counts().inbound_dropped == 1);
  const std::string id = at.text_in(at.line, "hello\nyou");
  REQUIRE(at.wait_for_posts(1));
  const auto news = at.news_of(at.posts[0]);
  REQUIRE(news.size() == 1);
  CHECK(news[0].kind == carrier_news_kind::text_received);
  CHECK(news[0].carrier_message_id == id);
  CHECK(news[0].from == handset);
  CHECK(news[0].to == at.line);
  CHECK(news[0].body == "hello\nyou");
  CHECK(at.received().empty());
}

TEST_CASE("sandbox texts: the secret stays, forgeries are refused, hostile bodies are errors") {
  texting_sandbox at;
  at.listen();
  at.text_in(at.line, "x");
  REQUIRE(at.wait_for_posts(1));
  carrier_webhook forged = at.posts[0];
  forged.body += " ";
  CHECK_FALSE(at.subject().verify_webhook(forged));
  CHECK(at.subject().verify_webhook(at.posts[0]));
  const std::string secret = at.control().webhook_secret();
  CHECK(secret.starts_with("whsec_"));
  at.reopen();
  CHECK(at.control().webhook_secret() == secret);
  for (const char* body :
       {"", "[]", "{", "{\"type\":1}", "{\"type\":\"text.received\"}",
        "{\"type\":\"text.received\",\"data\":{\"id\":\"1\",\"from\":\"a\",\"to\":\"b\"}}",
        "{\"type\":\"text.status\",\"data\":{\"id\":\"1\",\"status\":\"queued\",\"at\":\"x\"}}",
        "{\"type\":\"text.status\",\"data\":{\"id\":\"1\",\"status\":\"sent\",\"at\":\"x\"}}"}) {
    INFO(body);
    CHECK_FALSE(at.subject().read_webhook(body));
  }
  const auto other = at.subject().read_webhook("{\"type\":\"weather\"}");
  REQUIRE(other);
  CHECK(other->empty());
}

}  // namespace dialplane::test
