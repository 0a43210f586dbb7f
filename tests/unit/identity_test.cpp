// By what a request is recognised: canonical bodies, keys, fingerprints.
#include <doctest/doctest.h>

#include <boost/json.hpp>

#include "edge/rest/identity.hpp"

using namespace dialplane;
namespace json = boost::json;

namespace {

std::string canonical(std::string_view text) { return canonical_json(json::parse(text)); }

http_request request_with(std::vector<http_header> headers = {}) {
  http_request request;
  request.method = "POST";
  request.path = "/agents/phone-numbers/provision";
  request.headers = std::move(headers);
  request.body = R"({"label":"a"})";
  return request;
}

actor someone() {
  actor who;
  who.organization.bytes[0] = 1;
  who.key.bytes[0] = 2;
  return who;
}

request_identity identity_of(const http_request& request, const actor& who = someone(),
                             std::optional<user_id> user = std::nullopt) {
  const json::value body = json::parse(request.body);
  return identify(request, who, user, &body.get_object(), "r");
}

}  // namespace

TEST_CASE("bodies that say the same have one canonical text") {
  CHECK(canonical(R"({"b":1,"a":{"d":[1,2],"c":null}})") ==
        R"({"a":{"c":null,"d":[1,2]},"b":1})");
  CHECK(canonical(R"({"n":1.0})") == canonical(R"({"n":1})"));
  CHECK(canonical(R"({"n":1e2})") == canonical(R"({"n":100})"));
  CHECK(canonical(R"({"n":-0.0})") == canonical(R"({"n":0})"));
  CHECK(canonical(R"({"t":"\u0041"})") == canonical(R"({"t":"A"})"));
  CHECK(canonical("18446744073709551615") == "18446744073709551615");
}

TEST_CASE("bodies that differ have different canonical texts") {
  CHECK(canonical(R"({"n":1})") != canonical(R"({"n":"1"})"));
  CHECK(canonical(R"({"n":1})") != canonical(R"({"n":true})"));
  CHECK(canonical("[1,2]") != canonical("[2,1]"));
  CHECK(canonical(R"({"n":0.1})") != canonical(R"({"n":0.2})"));
  CHECK(canonical(R"({"n":null})") != canonical("{}"));
  CHECK(canonical(R"({"a":"b\",\"c\":\"d"})") != canonical(R"({"a":"b","c":"d"})"));
}

TEST_CASE("the key hash covers tenant, user, method, path and value, and nothing else") {
  const http_request keyed = request_with({{"Idempotency-Key", "k1"}});
  const auto base = identity_of(keyed);
  REQUIRE(base.key.has_value());
  actor other_key = someone();
  other_key.key.bytes[0] = 9;
  CHECK(identity_of(keyed, other_key).key == base.key);
  http_request other_body = keyed;
  other_body.body = R"({"label":"b"})";
  CHECK(identity_of(other_body).key == base.key);
  CHECK(identity_of(other_body).body != base.body);

  actor other_tenant = someone();
  other_tenant.organization.bytes[0] = 9;
  CHECK(identity_of(keyed, other_tenant).key != base.key);
  CHECK(identity_of(keyed, someone(), user_id{{7}}).key != base.key);
  CHECK(identity_of(request_with({{"Idempotency-Key", "k2"}})).key != base.key);
  http_request other_path = keyed;
  other_path.path += "x";
  CHECK(identity_of(other_path).key != base.key);
  CHECK_FALSE(identity_of(request_with()).key.has_value());
}

TEST_CASE("a fingerprint exists only where the client counts its retries") {
  CHECK_FALSE(identity_of(request_with()).fingerprint.has_value());
  const auto first = identity_of(request_with({{"x-stainless-retry-count", "0"}}));
  const auto second = identity_of(request_with({{"X-Stainless-Retry-Count", "2"}}));
  REQUIRE(first.fingerprint.has_value());
  CHECK(first.fingerprint == second.fingerprint);
  CHECK(first.retry_count == 0);
  CHECK(second.retry_count == 2);
  CHECK(first.equal_request == identity_of(request_with()).equal_request);
  CHECK(*first.fingerprint != first.equal_request);
  actor other_key = someone();
  other_key.key.bytes[0] = 9;
  CHECK(identity_of(request_with({{"x-stainless-retry-count", "0"}}), other_key).fingerprint !=
        first.fingerprint);
  for (const auto* bad : {"", "-1", "101", "1000", "x", "1x", " 1"}) {
    CAPTURE(bad);
    CHECK_FALSE(
        identity_of(request_with({{"x-stainless-retry-count", bad}})).fingerprint.has_value());
  }
}

TEST_CASE("an Idempotency-Key has 1 to 255 printable characters and comes once") {
  CHECK_FALSE(idempotency_key_of(request_with())->has_value());
  const auto longest = request_with({{"idempotency-key", std::string(255, 'x')}});
  CHECK((**idempotency_key_of(longest)).size() == 255);
  for (const auto& bad : {request_with({{"Idempotency-Key", ""}}),
                          request_with({{"Idempotency-Key", std::string(256, 'x')}}),
                          request_with({{"Idempotency-Key", "a\tb"}}),
                          request_with({{"Idempotency-Key", "\xc3\xa4"}}),
                          request_with({{"Idempotency-Key", "a"}, {"idempotency-key", "a"}})}) {
    const auto refused = idempotency_key_of(bad);
    REQUIRE(refused.has_error());
    CHECK(refused.error().code == error_code::invalid_input);
    CHECK(refused.error().field == "Idempotency-Key");
  }
}

TEST_CASE("without a body the identity is that of an empty object") {
  http_request empty = request_with();
  empty.body.clear();
  const json::object nothing;
  CHECK(identify(empty, someone(), {}, nullptr, "r").body ==
        identify(empty, someone(), {}, &nothing, "r").body);
}
