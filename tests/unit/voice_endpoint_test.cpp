// SIP addresses of agents, read strictly.
#include "domain/voice_endpoint.hpp"

#include <doctest/doctest.h>

#include <string>

#include "support/show_results.hpp"

namespace dialplane {

TEST_CASE("SIP addresses that are fine") {
  const auto plain = parse_sip_address("sip:agent@edge.example", "uri");
  REQUIRE(plain);
  CHECK(plain->user == "agent");
  CHECK(plain->host == "edge.example");
  CHECK_FALSE(plain->port);
  CHECK(plain->transport.empty());
  const auto whole = parse_sip_address("sip:+1.4-5_5~a@EDGE.example:5061;transport=tls", "uri");
  REQUIRE(whole);
  CHECK(whole->user == "+1.4-5_5~a");
  CHECK(whole->host == "edge.example");
  CHECK(whole->port == 5061);
  CHECK(whole->transport == "tls");
  CHECK(parse_sip_address("sip:a@203.0.113.7:65535", "uri")->host == "203.0.113.7");
  CHECK(parse_sip_address("sip:a@[2001:DB8::1]", "uri")->host == "2001:db8::1");
  CHECK(parse_sip_address("sip:a@[2001:db8::1]:5060;transport=udp", "uri")->port == 5060);
  CHECK(parse_sip_address("sip:a@localhost;transport=tcp", "uri"));
  CHECK(parse_sip_address("sip:a@1and1.example", "uri"));
}

TEST_CASE("SIP addresses that are refused, naming the field") {
  const std::string long_user(65, 'a');
  const std::string long_label(64, 'a');
  const std::string wrong[] = {
      "", "sip:", "sip:@edge.example", "sip:a@", "agent@edge.example", "SIP:a@edge.example",
      "sips:a@edge.example", "tel:+14155550100", "sip:edge.example", "sip:a:b@edge.example",
      "sip:a@b@c.example", "sip:a b@edge.example", "sip:a%20b@edge.example", "sip:a/b@c.example",
      "sip:a\"b@edge.example", "sip:a<b>@edge.example", "sip:a&b@edge.example",
      "sip:a\r\nVia: x@edge.example", "sip:a@edge.example\r\nVia: x", "sip:a@edge..example",
      "sip:a@edge.example.", "sip:a@-edge.example", "sip:a@edge_.example", "sip:a@edge example",
      "sip:a@127.1", "sip:a@2130706433", "sip:a@0x7f.0.0.1", "sip:a@127.0.0.01",
      "sip:a@256.1.1.1", "sip:a@1.2.3.4.5", "sip:a@edge.example:", "sip:a@edge.example:0",
      "sip:a@edge.example:65536", "sip:a@edge.example:+80", "sip:a@edge.example:5060x",
      "sip:a@edge.example:005060", "sip:a@edge.example;", "sip:a@edge.example;lr",
      "sip:a@edge.example;transport=ws", "sip:a@edge.example;transport=TLS",
      "sip:a@edge.example;transport=tls;transport=tls", "sip:a@edge.example;maddr=1.1.1.1",
      "sip:a@edge.example?Subject=x", "sip:a@edge.example;transport=tls?X-A=b", "sip:a@[::1",
      "sip:a@[::1]x", "sip:a@[::1]:", "sip:a@[1.2.3.4]", "sip:a@[:]", "sip:a@[fe80::1%eth0]",
      "sip:" + long_user + "@edge.example", "sip:a@" + long_label + ".example",
      "sip:a@" + std::string(260, 'b') + ".example", "sip:\xc3\xa9@edge.example"};
  for (const std::string& text : wrong) {
    CAPTURE(text);
    const auto parsed = parse_sip_address(text, "uri");
    REQUIRE_FALSE(parsed);
    CHECK(parsed.error().code == error_code::invalid_input);
    CHECK(parsed.error().field == "uri");
    CHECK(parsed.error().message.starts_with("uri must "));
  }
}

}  // namespace dialplane
