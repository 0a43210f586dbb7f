#include "base/crypto.hpp"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include <memory>

#include "base/ascii.hpp"
#include "base/check.hpp"

namespace dialplane {

namespace {

struct free_digest_context {
  void operator()(EVP_MD_CTX* context) const noexcept { EVP_MD_CTX_free(context); }
};
struct free_mac_context {
  void operator()(EVP_MAC_CTX* context) const noexcept { EVP_MAC_CTX_free(context); }
};

// Looking an algorithm up by name takes longer than hashing a short text: once per process.
const EVP_MD* sha256_algorithm() {
  static const EVP_MD* const algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  CHECK(algorithm != nullptr);
  return algorithm;
}

EVP_MD_CTX* sha256_context() {
  thread_local const std::unique_ptr<EVP_MD_CTX, free_digest_context> context(EVP_MD_CTX_new());
  CHECK(context != nullptr);
  return context.get();
}

EVP_MAC_CTX* make_hmac_context(std::string digest_name) {
  static EVP_MAC* const algorithm = EVP_MAC_fetch(nullptr, "HMAC", nullptr);
  CHECK(algorithm != nullptr);
  EVP_MAC_CTX* context = EVP_MAC_CTX_new(algorithm);
  CHECK(context != nullptr);
  const OSSL_PARAM params[] = {
      OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest_name.data(), 0),
      OSSL_PARAM_construct_end()};
  CHECK(EVP_MAC_CTX_set_params(context, params) == 1);
  return context;
}

using mac_context = std::unique_ptr<EVP_MAC_CTX, free_mac_context>;

EVP_MAC_CTX* hmac_sha256_context() {
  thread_local const mac_context context(make_hmac_context("SHA256"));
  return context.get();
}

EVP_MAC_CTX* hmac_sha1_context() {
  thread_local const mac_context context(make_hmac_context("SHA1"));
  return context.get();
}

const unsigned char* unsigned_bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

template <typename Digest>
Digest hmac(EVP_MAC_CTX* context, std::string_view key, std::string_view message) {
  Digest digest;
  std::size_t size = 0;
  // An empty view may hold a null pointer, which would mean "the key as before".
  const unsigned char* key_bytes = key.empty() ? unsigned_bytes("") : unsigned_bytes(key);
  CHECK(EVP_MAC_init(context, key_bytes, key.size(), nullptr) == 1);
  CHECK(EVP_MAC_update(context, unsigned_bytes(message), message.size()) == 1);
  CHECK(EVP_MAC_final(context, digest.data(), &size, digest.size()) == 1);
  CHECK(size == digest.size());
  return digest;
}

constexpr std::string_view base64_digits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view base64_url_digits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

std::string encode64(std::span<const std::uint8_t> bytes, std::string_view digits, bool padding) {
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    const std::size_t count = std::min<std::size_t>(3, bytes.size() - at);
    std::uint32_t group = 0;
    for (std::size_t i = 0; i < 3; ++i) group = group << 8 | (i < count ? bytes[at + i] : 0U);
    for (std::size_t i = 0; i < 4; ++i) {
      if (i <= count) {
        text += digits[group >> (18 - 6 * i) & 63];
      } else if (padding) {
        text += '=';
      }
    }
  }
  return text;
}

std::optional<std::string> decode64(std::string_view text, std::string_view digits) {
  if (text.size() % 4 == 1) return std::nullopt;
  std::string bytes;
  bytes.reserve(text.size() / 4 * 3 + 2);
  std::uint32_t bits = 0;
  int held = 0;  // bits not yet written
  for (const char c : text) {
    const std::size_t value = digits.find(c);
    if (value == std::string_view::npos) return std::nullopt;
    bits = (bits << 6 | static_cast<std::uint32_t>(value)) & 0xffffff;
    held += 6;
    if (held >= 8) {
      held -= 8;
      bytes += static_cast<char>(bits >> held & 0xff);
    }
  }
  // Two texts for the same bytes would be two keys for one thing.
  if ((bits & ((1U << held) - 1)) != 0) return std::nullopt;
  return bytes;
}

}  // namespace

sha256_digest sha256(std::string_view bytes) {
  EVP_MD_CTX* context = sha256_context();
  sha256_digest digest;
  CHECK(EVP_DigestInit_ex2(context, sha256_algorithm(), nullptr) == 1);
  CHECK(EVP_DigestUpdate(context, bytes.data(), bytes.size()) == 1);
  CHECK(EVP_DigestFinal_ex(context, digest.data(), nullptr) == 1);
  return digest;
}

sha256_digest hmac_sha256(std::string_view key, std::string_view message) {
  return hmac<sha256_digest>(hmac_sha256_context(), key, message);
}

std::array<std::uint8_t, 20> hmac_sha1(std::string_view key, std::string_view message) {
  return hmac<std::array<std::uint8_t, 20>>(hmac_sha1_context(), key, message);
}

bool constant_time_equal(std::string_view a, std::string_view b) noexcept {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

bool constant_time_equal(std::span<const std::uint8_t> a,
                         std::span<const std::uint8_t> b) noexcept {
  return constant_time_equal(text_of(a), text_of(b));
}

std::string hex(std::span<const std::uint8_t> bytes) {
  std::string text;
  text.reserve(bytes.size() * 2);
  for (const std::uint8_t byte : bytes) {
    text += hex_digits[byte >> 4];
    text += hex_digits[byte & 0xf];
  }
  return text;
}

std::optional<std::string> parse_hex(std::string_view text) {
  if (text.size() % 2 != 0) return std::nullopt;
  std::string bytes;
  bytes.reserve(text.size() / 2);
  int high = -1;
  for (const char c : text) {
    const char lower = c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c;
    const std::size_t value = hex_digits.find(lower);
    if (value == std::string_view::npos) return std::nullopt;
    if (high < 0) {
      high = static_cast<int>(value);
    } else {
      bytes += static_cast<char>(high << 4 | static_cast<int>(value));
      high = -1;
    }
  }
  return bytes;
}

std::string base64(std::span<const std::uint8_t> bytes) {
  return encode64(bytes, base64_digits, true);
}

std::string base64_url(std::span<const std::uint8_t> bytes) {
  return encode64(bytes, base64_url_digits, false);
}

std::optional<std::string> parse_base64(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  for (int padding = 0; padding < 2 && text.ends_with('='); ++padding) text.remove_suffix(1);
  return decode64(text, base64_digits);
}

std::optional<std::string> parse_base64_url(std::string_view text) {
  return decode64(text, base64_url_digits);
}

std::span<const std::uint8_t> bytes_of(std::string_view text) noexcept {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

std::string_view text_of(std::span<const std::uint8_t> bytes) noexcept {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace dialplane
