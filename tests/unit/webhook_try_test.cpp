// One try as a request, and what its answer means.
#include <doctest/doctest.h>

#include "support/moments.hpp"
#include "support/show_results.hpp"
#include "support/signing_example.hpp"
#include "webhooks/outgoing_event.hpp"
#include "webhooks/signing.hpp"
#include "webhooks/try_outcome.hpp"

namespace dialplane {
namespace {

using test::new_year;

struct sample_delivery {
  sample_delivery() {
    to.url = "https://hooks.example/in?x=1";
    to.sealed_secret = seals.seal(secret, webhook_secret_purpose);
    row.sequence = 7;
    news.type = "sms.received";
    news.data = R"({"message_id":"018f0000-0000-7000-8000-000000000001","body":"hi",)"
                R"("tenant_user_id":null})";
    news.created_at = new_year;
    news.id.bytes[15] = 9;
    row.agent = agent_id{};
  }
  outgoing_request request(timestamp at = new_year) {
    auto made = outgoing_event(to, row, news, seals, at);
    REQUIRE(made);
    return *std::move(made);
  }

  const std::string secret{test::example_secret};
  const std::string old_secret = "whsec_b2xkb2xkb2xkb2xkb2xkb2xkb2xkb2xk";
  seeded_random random{1};
  sealer seals{sealer::key{}, random};
  webhook_endpoint to;
  delivery row;
  event news;
};

std::string header_sent(const outgoing_request& request, std::string_view name) {
  for (const http_header& each : request.headers) {
    if (equal_ignoring_case(each.name, name)) return each.value;
  }
  return {};
}

TEST_CASE("a naive delivery carries its envelope and both kinds of signatures") {
  sample_delivery at;
  const outgoing_request request = at.request();
  CHECK(request.body == R"({"event":"sms.received","data":)" + at.news.data +
                            R"(,"ts":1767225600000})");
  CHECK(request.to.host == "hooks.example");
  CHECK(header_sent(request, "webhook-id") == at.news.id.uuid());
  CHECK(header_sent(request, "webhook-timestamp") == "1767225600");
  CHECK(header_sent(request, "webhook-signature") ==
        standard_signature(at.secret, at.news.id.uuid(), 1'767'225'600, request.body));
  CHECK(header_sent(request, "X-Naive-Signature") == naive_signature(at.secret, request.body));
  CHECK(header_sent(request, "X-Naive-Event") == "sms.received");
  CHECK(header_sent(request, "X-Naive-Sequence") == "7");
  CHECK(header_sent(request, "X-Webhook-Secret").empty());
  // A later try: the same id and body, another time.
  const outgoing_request later = at.request(new_year + std::chrono::hours(1));
  CHECK(later.body == request.body);
  CHECK(header_sent(later, "webhook-id") == header_sent(request, "webhook-id"));
  CHECK(header_sent(later, "webhook-signature") != header_sent(request, "webhook-signature"));
}

TEST_CASE("while secrets overlap, both sign, the new one first") {
  sample_delivery at;
  at.to.sealed_old_secret = at.seals.seal(at.old_secret, webhook_secret_purpose);
  at.to.old_secret_until = new_year + std::chrono::hours(1);
  const outgoing_request request = at.request();
  const std::string id = at.news.id.uuid();
  CHECK(header_sent(request, "webhook-signature") ==
        standard_signature(at.secret, id, 1'767'225'600, request.body) + " " +
            standard_signature(at.old_secret, id, 1'767'225'600, request.body));
  CHECK(header_sent(request, "X-Naive-Signature") ==
        naive_signature(at.secret, request.body) + " " +
            naive_signature(at.old_secret, request.body));
  at.to.old_secret_until = new_year;
  CHECK(header_sent(at.request(), "X-Naive-Signature").find(' ') == std::string::npos);
}

TEST_CASE("a cartesia delivery carries its own envelope and the plain secret") {
  sample_delivery at;
  at.to.style = webhook_style::cartesia;
  at.news.type = "phone.provisioned";
  const outgoing_request request = at.request();
  CHECK(header_sent(request, "X-Webhook-Secret") == at.secret);
  CHECK(header_sent(request, "X-Naive-Signature").empty());
  CHECK(request.body.starts_with(R"({"type":"phone.provisioned","request_id":")"));
  CHECK(request.body.find(R"("agent_id":"agent_)") != std::string::npos);
  CHECK(request.body.find(R"("webhook_id":"agent_webhook_)") != std::string::npos);
}

TEST_CASE("2xx is delivered; everything else is not, and says why") {
  const auto judged = [](int status, std::vector<http_header> headers = {}) {
    http_answer answer;
    answer.status = status;
    answer.headers = std::move(headers);
    answer.body = "why\x01 \xff";
    return judge_try(answer, new_year, new_year + std::chrono::milliseconds(12));
  };
  CHECK(judged(200).delivered);
  CHECK(judged(204).delivered);
  CHECK(judged(200).error.empty());
  CHECK(judged(200).took == std::chrono::milliseconds(12));
  for (const int status : {301, 302, 308, 400, 404, 429, 500, 503}) {
    CHECK(!judged(status).delivered);
    CHECK(!judged(status).gone);
    CHECK(judged(status).error == "answered_" + std::to_string(status));
  }
  CHECK(judged(410).gone);
  CHECK(judged(429, {{"retry-after", "7"}}).retry_after == std::chrono::seconds(7));
  CHECK(judged(500).answer == "why  ?");
  const try_outcome failed =
      judge_try(failed_exchange{exchange_failure::timed_out, true, "Late."}, new_year, new_year);
  CHECK(failed.error == "timed_out");
  CHECK(!failed.status);
}

std::optional<agent_reply> reply_to(sample_delivery& at, std::string body,
                                    std::string type = "application/json; charset=utf-8") {
  http_answer answer;
  answer.status = 200;
  answer.headers = {{"Content-Type", std::move(type)}};
  answer.body = std::move(body);
  return reply_in(answer, at.row, at.news);
}

TEST_CASE("a reply is a JSON object with a body, to a text, of an agent") {
  sample_delivery at;
  const auto reply = reply_to(at, R"({"body":"On my way","more":1})");
  REQUIRE(reply);
  CHECK(reply->body == "On my way");
  CHECK(reply->answered.uuid() == "018f0000-0000-7000-8000-000000000001");
  for (const char* none : {"", "{}", "[]", "ok", R"({"body":""})", R"({"body":1})",
                           R"({"body":"a","body":"b"})", R"({"body":"a"} x)", R"("body")"}) {
    CHECK_MESSAGE(!reply_to(at, none), none);
  }
  CHECK(!reply_to(at, R"({"body":"a"})", "text/plain"));
  CHECK(!reply_to(at, R"({"body":")" + std::string(70'000, 'a') + R"("})"));
  at.row.agent.reset();
  CHECK(!reply_to(at, R"({"body":"a"})"));
}

TEST_CASE("keywords and other events are not replied to") {
  for (const char* data :
       {R"({"message_id":"018f0000-0000-7000-8000-000000000001","keyword":true})",
        R"({"message_id":"018f0000-0000-7000-8000-000000000001",)"
        R"("metadata":{"keyword":true}})"}) {
    sample_delivery at;
    at.news.data = data;
    CHECK_MESSAGE(!reply_to(at, R"({"body":"a"})"), data);
  }
  sample_delivery at;
  at.news.type = "sms.status";
  CHECK(!reply_to(at, R"({"body":"a"})"));
}

}  // namespace
}  // namespace dialplane
