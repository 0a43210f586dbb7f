// Ed25519 by RFC 8032's own vectors and by what must not pass.
#include "base/ed25519.hpp"

#include <doctest/doctest.h>

#include "base/crypto.hpp"

namespace dialplane {
namespace {

template <typename Bytes>
Bytes from_hex(std::string_view text) {
  const auto bytes = parse_hex(text);
  REQUIRE(bytes);
  Bytes out;
  REQUIRE(bytes->size() == out.size());
  const auto source = bytes_of(*bytes);
  std::copy(source.begin(), source.end(), out.begin());
  return out;
}

struct vector {
  std::string_view secret;
  std::string_view key;
  std::string_view message_hex;
  std::string_view signature;
};

// RFC 8032, 7.1, tests 1 to 3.
constexpr vector vectors[] = {
    {"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
     "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
     "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
     "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"},
    {"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
     "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
     "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
     "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"},
    {"c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
     "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
     "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
     "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"},
};

TEST_CASE("ed25519: the vectors of RFC 8032, both ways") {
  for (const vector& each : vectors) {
    const auto secret = from_hex<ed25519_private_key>(each.secret);
    const auto key = from_hex<ed25519_public_key>(each.key);
    const std::string message = *parse_hex(each.message_hex);
    CHECK(ed25519_public_key_of(secret) == key);
    const ed25519_signature signature = ed25519_sign(secret, message);
    CHECK(hex(signature) == each.signature);
    CHECK(ed25519_verify(key, message, signature));
  }
}

TEST_CASE("ed25519: every changed bit of message, signature or key is refused") {
  const auto secret = from_hex<ed25519_private_key>(vectors[2].secret);
  const auto key = ed25519_public_key_of(secret);
  const std::string message = "1767225600|{}";
  const ed25519_signature signature = ed25519_sign(secret, message);
  for (std::size_t bit = 0; bit < message.size() * 8; ++bit) {
    std::string changed = message;
    changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ (1 << (bit % 8)));
    CHECK_FALSE(ed25519_verify(key, changed, signature));
  }
  for (std::size_t bit = 0; bit < signature.size() * 8; ++bit) {
    ed25519_signature changed = signature;
    changed[bit / 8] = static_cast<std::uint8_t>(changed[bit / 8] ^ (1 << (bit % 8)));
    CHECK_FALSE(ed25519_verify(key, message, changed));
  }
  for (std::size_t bit = 0; bit < key.size() * 8; ++bit) {
    ed25519_public_key changed = key;
    changed[bit / 8] = static_cast<std::uint8_t>(changed[bit / 8] ^ (1 << (bit % 8)));
    CHECK_FALSE(ed25519_verify(changed, message, signature));
  }
  CHECK_FALSE(ed25519_verify(key, message + " ", signature));
  CHECK_FALSE(ed25519_verify(key, message.substr(1), signature));
}

TEST_CASE("ed25519: keys and signatures are read from exactly their length of base64") {
  CHECK(parse_ed25519_public_key("A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg="));
  for (const char* bad : {"", "A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg",
                          "A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbi=", "AAAA",
                          " A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg="}) {
    INFO(bad);
    CHECK_FALSE(parse_ed25519_public_key(bad));
  }
  CHECK_FALSE(parse_ed25519_public_key(std::string(10'000, 'A')));
  CHECK_FALSE(parse_ed25519_signature("A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg="));
}

}  // namespace
}  // namespace dialplane
