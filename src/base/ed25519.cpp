#include "base/ed25519.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <memory>

#include "base/check.hpp"
#include "base/crypto.hpp"

namespace dialplane {

namespace {

struct free_key {
  void operator()(EVP_PKEY* key) const noexcept { EVP_PKEY_free(key); }
};
struct free_context {
  void operator()(EVP_MD_CTX* context) const noexcept { EVP_MD_CTX_free(context); }
};
using key_handle = std::unique_ptr<EVP_PKEY, free_key>;
using context_handle = std::unique_ptr<EVP_MD_CTX, free_context>;

context_handle new_digest_context() {
  context_handle made(EVP_MD_CTX_new());
  CHECK(made != nullptr);
  return made;
}

key_handle private_key(const ed25519_private_key& key) {
  key_handle made(
      EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, key.data(), key.size()));
  CHECK(made != nullptr);
  return made;
}

template <typename Bytes>
std::optional<Bytes> parse_exactly(std::string_view base64_text) {
  Bytes bytes;
  if (base64_text.size() > bytes.size() * 2) return std::nullopt;
  const auto decoded = parse_base64(base64_text);
  if (!decoded || decoded->size() != bytes.size()) return std::nullopt;
  const auto source = bytes_of(*decoded);
  std::copy(source.begin(), source.end(), bytes.begin());
  return bytes;
}

}  // namespace

ed25519_public_key ed25519_public_key_of(const ed25519_private_key& key) {
  const key_handle handle = private_key(key);
  ed25519_public_key found{};
  std::size_t size = found.size();
  CHECK(EVP_PKEY_get_raw_public_key(handle.get(), found.data(), &size) == 1);
  CHECK(size == found.size());
  return found;
}

ed25519_signature ed25519_sign(const ed25519_private_key& key, std::string_view message) {
  const key_handle handle = private_key(key);
  const context_handle context = new_digest_context();
  CHECK(EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, handle.get()) == 1);
  const auto bytes = bytes_of(message);
  ed25519_signature signature{};
  std::size_t size = signature.size();
  CHECK(EVP_DigestSign(context.get(), signature.data(), &size, bytes.data(), bytes.size()) == 1);
  CHECK(size == signature.size());
  return signature;
}

bool ed25519_verify(const ed25519_public_key& key, std::string_view message,
                    const ed25519_signature& signature) {
  const key_handle handle(
      EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, key.data(), key.size()));
  if (handle == nullptr) return false;
  const context_handle context = new_digest_context();
  if (EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, handle.get()) != 1) {
    return false;
  }
  const auto bytes = bytes_of(message);
  return EVP_DigestVerify(context.get(), signature.data(), signature.size(), bytes.data(),
                          bytes.size()) == 1;
}

std::optional<ed25519_public_key> parse_ed25519_public_key(std::string_view base64_text) {
  return parse_exactly<ed25519_public_key>(base64_text);
}

std::optional<ed25519_signature> parse_ed25519_signature(std::string_view base64_text) {
  return parse_exactly<ed25519_signature>(base64_text);
}

}  // namespace dialplane
