// Host and Origin against rebinding: our names pass, names that look like ours do not.
#include "edge/rest/origin_guard.hpp"

#include <doctest/doctest.h>

using namespace dialplane;

namespace {

bool passes(const char* host, const char* origin = nullptr) {
  http_request request;
  request.headers.push_back({"Host", host});
  if (origin != nullptr) request.headers.push_back({"Origin", origin});
  const origin_rules rules{.hosts = {"numbers.example.com"},
                           .origins = {"https://app.example.com"}};
  return judge_origin(request, rules).has_value();
}

}  // namespace

TEST_CASE("names of hosts") {
  CHECK(host_of_authority("LocalHost:80") == "localhost");
  CHECK(host_of_authority("[::1]:8080") == "[::1]");
  CHECK(host_of_authority("[::1]") == "[::1]");
  for (const char* wrong : {"[::1", "[::1]x", "a:b", "a:", "a:1:2", "a b", "u@a", "a/b", "a?b"}) {
    CAPTURE(wrong);
    CHECK(host_of_authority(wrong).empty());
  }
  CHECK(host_of_url("https://A.example:1/x") == "a.example");
  CHECK(host_of_url("ftp://a").empty());
  CHECK(host_of_url("null").empty());
  CHECK(host_of_url("http://localhost@evil.example").empty());
}

TEST_CASE("who may ask") {
  CHECK(passes("127.0.0.1:8080"));
  CHECK(passes("numbers.example.com"));
  CHECK(passes("localhost", "http://localhost:3000"));
  CHECK(passes("localhost", "https://app.example.com"));
  CHECK(!passes(""));
  CHECK(!passes("evil.example"));
  CHECK(!passes("localhost.evil.example"));
  CHECK(!passes("app.example.com"));
  CHECK(!passes("localhost", "https://evil.example"));
  CHECK(!passes("localhost", "null"));
  CHECK(!passes("localhost", ""));
  CHECK(!passes("localhost", "http://app.example.com"));
}
