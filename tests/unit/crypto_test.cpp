#include <doctest/doctest.h>

#include <thread>
#include <vector>

#include "base/crypto.hpp"
#include "base/random.hpp"

using namespace dialplane;

TEST_CASE("SHA-256 gives the published digests (FIPS 180-4 examples)") {
  CHECK(hex(sha256("")) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(hex(sha256("abc")) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(hex(sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")) ==
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  CHECK(sha256("abc") == sha256(std::string("abc")));
}

TEST_CASE("HMAC-SHA-256 gives the digests of RFC 4231") {
  CHECK(hex(hmac_sha256(std::string(20, '\x0b'), "Hi There")) ==
        "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  CHECK(hex(hmac_sha256("Jefe", "what do ya want for nothing?")) ==
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  CHECK(hex(hmac_sha256(std::string(131, '\xaa'),
                        "Test Using Larger Than Block-Size Key - Hash Key First")) ==
        "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
  // An empty key is a key, not the one used before.
  CHECK(hex(hmac_sha256("", "")) ==
        "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
  CHECK(hmac_sha256({}, "x") != hmac_sha256("Jefe", "x"));
}

TEST_CASE("several threads hash at once") {
  const auto expected = sha256("abc");
  const auto expected_mac = hmac_sha256("k", "abc");
  std::vector<std::thread> threads;
  std::vector<int> wrong(4, 0);
  for (int& mine : wrong) {
    threads.emplace_back([&] {
      for (int i = 0; i < 2000; ++i) {
        mine += sha256("abc") != expected || hmac_sha256("k", "abc") != expected_mac;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const int count : wrong) CHECK(count == 0);
}

TEST_CASE("constant-time comparison compares everything") {
  CHECK(constant_time_equal("", ""));
  CHECK(constant_time_equal("secret", "secret"));
  CHECK_FALSE(constant_time_equal("secret", "secreT"));
  CHECK_FALSE(constant_time_equal("Secret", "secret"));
  CHECK_FALSE(constant_time_equal("secret", "secret "));
  CHECK_FALSE(constant_time_equal("secret", ""));
  CHECK(constant_time_equal(sha256("a"), sha256("a")));
  CHECK_FALSE(constant_time_equal(sha256("a"), sha256("b")));
}

TEST_CASE("base64 gives the texts of RFC 4648") {
  struct row {
    const char* bytes;
    const char* text;
  };
  const row rows[] = {{"", ""},         {"f", "Zg=="},         {"fo", "Zm8="},
                      {"foo", "Zm9v"},  {"foob", "Zm9vYg=="},  {"fooba", "Zm9vYmE="},
                      {"foobar", "Zm9vYmFy"}};
  for (const row& each : rows) {
    CHECK(base64(bytes_of(each.bytes)) == each.text);
    CHECK(parse_base64(each.text) == std::string(each.bytes));
  }
  CHECK(base64_url(bytes_of("\xfb\xff\xfe")) == "-__-");
  CHECK(base64(bytes_of("\xfb\xff\xfe")) == "+//+");
  CHECK(base64_url(bytes_of("f")) == "Zg");
  CHECK(parse_base64_url("Zg") == std::string("f"));
}

TEST_CASE("text forms round-trip for every length") {
  seeded_random random(11);
  for (std::size_t size = 0; size < 70; ++size) {
    std::string bytes(size, '\0');
    random.fill({reinterpret_cast<std::uint8_t*>(bytes.data()), size});
    CHECK(parse_base64(base64(bytes_of(bytes))) == bytes);
    CHECK(parse_base64_url(base64_url(bytes_of(bytes))) == bytes);
    CHECK(parse_hex(hex(bytes_of(bytes))) == bytes);
  }
}

TEST_CASE("sloppy text forms are refused") {
  for (const char* text : {"Zg", "Zg=", "Zh==", "Zm9=", "Zg==\n", " Zg==", "Z===", "====",
                           "Zg==Zg==", "Zm9v!A==", "-__-", "Zg=a"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_base64(text));
  }
  for (const char* text : {"Zg==", "Zh", "Z", "+//+", "Zm 9", "Zm9vY"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_base64_url(text));
  }
  for (const char* text : {"a", "0g", "0x", "aa ", " aa", "a\xc3"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_hex(text));
  }
  CHECK(parse_hex("AAbb") == std::string("\xaa\xbb"));
}
