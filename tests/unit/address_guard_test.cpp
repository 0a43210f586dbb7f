// Which addresses we connect to on someone's behalf, and how URLs may spell them: the SSRF table.
#include "net/address_guard.hpp"

#include <doctest/doctest.h>

#include "net/http_url.hpp"
#include "support/show_results.hpp"

namespace dialplane {
namespace {

bool allowed(const address_guard& guard, std::string_view text) {
  const auto address = parse_ip_address(text);
  REQUIRE_MESSAGE(address, std::string(text));
  return guard.allows(*address);
}

TEST_CASE("only public unicast addresses are allowed") {
  const address_guard guard;
  for (const char* text : {
           "0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.127.255.255",
           "100.100.100.200", "127.0.0.1", "127.255.255.255", "169.254.0.1", "169.254.169.254",
           "169.254.170.2", "172.16.0.1", "172.31.255.255", "192.0.0.1", "192.0.0.192", "192.0.2.1",
           "192.88.99.1", "192.168.0.1", "198.18.0.1", "198.19.255.255", "198.51.100.1",
           "203.0.113.1", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255",
           "::", "::1", "::127.0.0.1", "::8.8.8.8", "::ffff:127.0.0.1", "::ffff:10.0.0.1",
           "::ffff:169.254.169.254", "::ffff:0:127.0.0.1", "64:ff9b::127.0.0.1",
           "64:ff9b::8.8.8.8", "64:ff9b:1::1", "100::1", "2001::1", "2001:0:53aa:64c::1",
           "2001:10::1", "2001:20::1", "2001:db8::1", "2002:7f00:1::", "2002:a00:1::1",
           "3fff::1", "3ffe::1", "4000::1", "5f00::1", "fc00::1", "fd00:ec2::254", "fdff::1",
           "fe80::1", "fe80::a9fe:a9fe", "fec0::1", "ff02::1", "ff0e::1"}) {
    CHECK_MESSAGE(!allowed(guard, text), text);
  }
  for (const char* text : {"1.1.1.1", "8.8.8.8", "9.255.255.255", "11.0.0.1", "100.63.255.255",
                           "100.128.0.1", "126.255.255.255", "128.0.0.1", "169.253.255.255",
                           "169.255.0.1", "172.15.255.255", "172.32.0.1", "192.167.255.255",
                           "192.169.0.1", "198.17.255.255", "198.20.0.1", "223.255.255.255",
                           "::ffff:8.8.8.8", "2001:200::1", "2001:4860:4860::8888",
                           "2606:4700:4700::1111", "2a00:1450:4001::1", "3ffd::1"}) {
    CHECK_MESSAGE(allowed(guard, text), text);
  }
}

TEST_CASE("what the operator allows is allowed, and nothing beside it") {
  const address_guard guard(*parse_ip_ranges("127.0.0.0/8, ::1 ,10.1.0.0/16"));
  for (const char* text : {"127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1", "10.1.255.255"}) {
    CHECK_MESSAGE(allowed(guard, text), text);
  }
  for (const char* text : {"10.0.255.255", "10.2.0.0", "::2", "::127.0.0.1", "169.254.169.254",
                           "64:ff9b::127.0.0.1"}) {
    CHECK_MESSAGE(!allowed(guard, text), text);
  }
}

TEST_CASE("ranges are read strictly") {
  for (const char* bad : {"", ",", "10.0.0.0/33", "10.0.0.1/8", "10.0.0.0/", "10.0.0.0/-1",
                          "10.0.0.0/+8", "10.0.0.0/8/8", "10.0.0/8", "::/129", "fd00::1/8", "a.b",
                          "10.0.0.0/8,", "10.0.0.0/8 10.1.0.0/16", "[::1]", "010.0.0.0/8"}) {
    CHECK_MESSAGE(!parse_ip_ranges(bad), bad);
  }
  CHECK(parse_ip_ranges("0.0.0.0/0")->front().contains(*parse_ip_address("8.8.8.8")));
  CHECK(!parse_ip_ranges("0.0.0.0/0")->front().contains(*parse_ip_address("::1")));
  CHECK(parse_ip_ranges("::/0")->front().contains(*parse_ip_address("::1")));
}

TEST_CASE("URLs that every program reads the same way") {
  const auto url = parse_http_url("HTTPS://Hooks.Example.com:8443/a/b?c=%2F&d");
  REQUIRE(url);
  CHECK(url->tls);
  CHECK(url->host == "hooks.example.com");
  CHECK(url->port == 8443);
  CHECK(url->target == "/a/b?c=%2F&d");
  CHECK(url->authority() == "hooks.example.com:8443");
  CHECK(parse_http_url("http://a.example")->target == "/");
  CHECK(parse_http_url("http://a.example?x")->target == "/?x");
  CHECK(parse_http_url("http://a.example")->authority() == "a.example");
  CHECK(parse_http_url("http://192.0.2.7")->address);
  CHECK(parse_http_url("https://[2001:db8::1]:444/")->authority() == "[2001:db8::1]:444");
  CHECK(parse_http_url("https://xn--bcher-kva.example/")->host == "xn--bcher-kva.example");
  // Judged when it is connected to, as the address it is.
  CHECK(parse_http_url("http://[::ffff:7f00:1]/")->host == "127.0.0.1");
}

TEST_CASE("URLs that programs read differently are refused") {
  for (const char* bad : {
           "", "a", "//a.example", "ftp://a.example", "file:///etc/passwd", "gopher://a.example",
           "javascript:alert(1)", "http:a.example", "http:/a.example", "http://", "http:///x",
           "http://?x", "http://:80/", "http://a.example:/", "http://a.example:0/",
           "http://a.example:080/", "http://a.example:65536/", "http://a.example:99999/",
           "http://a.example:8080x/", "http://a.example:+80/", "http://a.example: 80/",
           // user names
           "http://user@a.example/", "http://user:pass@a.example/", "http://127.0.0.1@a.example/",
           "http://a.example@127.0.0.1/", "http://a.example%40127.0.0.1/", "http://@a.example/",
           // IPv4 in other spellings: decimal, octal, hexadecimal, short, too long, mixed
           "http://2130706433/", "http://017700000001/", "http://0x7f000001/", "http://0x7f.1/",
           "http://0177.0.0.1/", "http://0177.0.0.01/", "http://127.1/", "http://127.0.1/",
           "http://0/", "http://0x0/", "http://127.0.0.1.1/", "http://127.0.0.256/",
           "http://127.0.0.0x1/", "http://0x7F.0x0.0x0.0x1/", "http://127.00.0.1/",
           "http://4294967296/", "http://1.2.3.4.5/", "http://a.example.1/", "http://a.0x1/",
           // trailing dots, empty labels
           "http://127.0.0.1./", "http://localhost./", "http://a.example./", "http://.a.example/",
           "http://a..example/", "http://./", "http://-a.example/", "http://a-.example/",
           // IPv6 zones and other forms
           "http://[fe80::1%25eth0]/", "http://[fe80::1%eth0]/", "http://[::1/", "http://::1/",
           "http://[127.0.0.1]/", "http://[]/", "http://[::1]x/", "http://[::1]]/",
           "http://[v1.x]/", "http://[::1 ]/",
           // characters
           "http://a.example/ x", "http://a.example/\t", "http://a.example/\r\nHost: b",
           "http://a.example\\@127.0.0.1/", "http://a.example\\x", "http://a.example/\\x",
           "http://a.example/#f", "http://a.example#@127.0.0.1/", "http://a.example/%zz",
           "http://a.example/%2", "http://a.example/\"x\"", "http://a.example/<x>",
           "http://b\xc3\xbc" "cher.example/", "http://a.example/\xc3\xbc", " http://a.example",
           "http://127.0.0.1\xe3\x80\x82" "1/", "http://\xe2\x91\xa0.0.0.1/", "http://a%2eexample/",
           "http://a_b c/", "http://a,b/",
           // ports of other protocols
           "http://a.example:22/", "http://a.example:25/", "https://a.example:6379/",
           "http://a.example:11211/"}) {
    CHECK_MESSAGE(!parse_http_url(bad), bad);
  }
  CHECK(!parse_http_url("http://a.example/" + std::string(2048, 'x')));
  CHECK(!parse_http_url("http://" + std::string(64, 'a') + ".example/"));
  CHECK(!parse_http_url("http://" + std::string("a.").append(300, 'b') + "/"));
}

}  // namespace
}  // namespace dialplane
