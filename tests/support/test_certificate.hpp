// Certificates for "localhost", made on the spot.
#pragma once

#include <doctest/doctest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <cstdio>
#include <memory>
#include <string>

#include "net/tls_context.hpp"
#include "support/temporary_folder.hpp"

namespace dialplane::testing {

using closing_file = std::unique_ptr<std::FILE, int (*)(std::FILE*)>;

// Writes NAME.crt and NAME.key: a P-256 key and a certificate for localhost signed with it.
inline tls_files make_certificate(const temporary_folder& folder, const std::string& name,
                           const char* password = nullptr) {
  const std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)> key(EVP_EC_gen("P-256"), EVP_PKEY_free);
  const std::unique_ptr<X509, void (*)(X509*)> certificate(X509_new(), X509_free);
  REQUIRE(key != nullptr);
  X509* const raw = certificate.get();
  X509_set_version(raw, 2);
  ASN1_INTEGER_set(X509_get_serialNumber(raw), 1);
  X509_gmtime_adj(X509_getm_notBefore(raw), -3600);
  X509_gmtime_adj(X509_getm_notAfter(raw), 3600);
  X509_set_pubkey(raw, key.get());
  X509_NAME* const subject = X509_get_subject_name(raw);
  const auto* common_name = reinterpret_cast<const unsigned char*>("localhost");
  X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, common_name, -1, -1, 0);
  X509_set_issuer_name(raw, subject);
  REQUIRE(X509_sign(raw, key.get(), EVP_sha256()) > 0);
  const tls_files files{folder.file(name + ".crt"), folder.file(name + ".key")};
  const closing_file cert_file(std::fopen(files.cert_file.c_str(), "w"), std::fclose);
  const closing_file key_file(std::fopen(files.key_file.c_str(), "w"), std::fclose);
  REQUIRE(PEM_write_X509(cert_file.get(), raw) == 1);
  const EVP_CIPHER* const cipher = password != nullptr ? EVP_aes_128_cbc() : nullptr;
  REQUIRE(PEM_write_PrivateKey(key_file.get(), key.get(), cipher, nullptr, 0, nullptr,
                               const_cast<char*>(password)) == 1);
  return files;
}

}  // namespace dialplane::testing
