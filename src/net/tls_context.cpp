#include "net/tls_context.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <array>

namespace dialplane {

namespace {

error tls_error(std::string message) {
  error failure = refused(error_code::not_configured, std::move(message));
  std::array<char, 256> text{};
  if (const unsigned long code = ERR_get_error(); code != 0) {
    ERR_error_string_n(code, text.data(), text.size());
    failure.internal = text.data();
  }
  ERR_clear_error();
  return failure;
}

// An encrypted key must be an error, not a question on the terminal.
int no_password(char*, int, int, void*) { return 0; }

}  // namespace

result<tls_context> load_client_tls() {
  ERR_clear_error();
  const tls_context context(SSL_CTX_new(TLS_client_method()), SSL_CTX_free);
  if (!context) return internal_fault("SSL_CTX_new failed");
  SSL_CTX* const raw = context.get();
  SSL_CTX_set_min_proto_version(raw, TLS1_2_VERSION);
  SSL_CTX_set_options(raw, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION);
  SSL_CTX_set_default_verify_paths(raw);
  return context;
}

result<tls_context> load_server_tls(const tls_files& files) {
  ERR_clear_error();
  const tls_context context(SSL_CTX_new(TLS_server_method()), SSL_CTX_free);
  if (!context) return internal_fault("SSL_CTX_new failed");
  SSL_CTX* const raw = context.get();
  SSL_CTX_set_min_proto_version(raw, TLS1_2_VERSION);
  SSL_CTX_set_options(raw, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION);
  SSL_CTX_set_default_passwd_cb(raw, no_password);
  if (SSL_CTX_use_certificate_chain_file(raw, files.cert_file.c_str()) != 1) {
    return tls_error("The TLS certificate file '" + files.cert_file +
                     "' cannot be read as a PEM certificate.");
  }
  if (SSL_CTX_use_PrivateKey_file(raw, files.key_file.c_str(), SSL_FILETYPE_PEM) != 1) {
    return tls_error("The TLS key file '" + files.key_file +
                     "' cannot be read as an unencrypted PEM key, or is not the key of the "
                     "certificate.");
  }
  if (SSL_CTX_check_private_key(raw) != 1) {
    return tls_error("The TLS key file '" + files.key_file +
                     "' does not belong to the certificate file '" + files.cert_file + "'.");
  }
  return context;
}

}  // namespace dialplane
