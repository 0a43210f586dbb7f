// The server's certificate and key, loaded and checked once, shared by its connections; and whom we
// trust when we are the client.
//
// TLS 1.2 and 1.3 only. Plain OpenSSL; nothing here knows sockets.
#pragma once

#include <memory>
#include <string>

#include "base/error.hpp"

struct ssl_ctx_st;

namespace dialplane {

struct tls_files {
  std::string cert_file;  // PEM, the server's certificate first, then the chain
  std::string key_file;   // PEM, not encrypted
};

using tls_context = std::shared_ptr<ssl_ctx_st>;

// For connections we make: certificates are checked against the system's authorities, or those of
// SSL_CERT_FILE and SSL_CERT_DIR (OpenSSL's own variables).
result<tls_context> load_client_tls();

// Fails (refused, not_configured) naming the file that cannot be read or does not fit.
result<tls_context> load_server_tls(const tls_files& files);

}  // namespace dialplane
