#include "server/credential_input.hpp"

#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <string>
#include <string_view>

#include "base/utf8.hpp"

namespace dialplane {

namespace {

constexpr std::size_t bytes_max = 64 * 1024;

error bad_credentials(std::string sentence) {
  return refused(error_code::invalid_input, sentence);
}

result<std::string> read_all(int from, const std::string& what) {
  std::string text;
  std::array<char, 4096> part;
  while (true) {
    const ssize_t got = read(from, part.data(), part.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return bad_credentials(what + " cannot be read: " + std::strerror(errno) + ".");
    if (got == 0) return text;
    text.append(part.data(), static_cast<std::size_t>(got));
    if (text.size() > bytes_max) return bad_credentials(what + " is too long for credentials.");
  }
}

result<std::string> read_source(const boost::json::value* file) {
  if (file == nullptr || !file->is_string() || file->get_string() == "-") {
    return read_all(STDIN_FILENO, "Standard input");
  }
  const std::string path(file->get_string());
  const int opened = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (opened < 0) return bad_credentials(path + " cannot be opened: " + std::strerror(errno) + ".");
  result<std::string> text = read_all(opened, path);
  close(opened);
  return text;
}

}  // namespace

result<void> read_credentials_into(boost::json::object& options) {
  TRY_ASSIGN(const std::string text, read_source(options.if_contains("credential-file")));
  options.erase("credential-file");
  boost::json::object credentials;
  std::string_view rest = text;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    const std::string_view line = trim(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (line.empty() || line.front() == '#') continue;
    const std::size_t equals = line.find('=');
    if (equals == std::string_view::npos || equals == 0) {
      return bad_credentials("Credentials are lines such as auth_token=…; one line has no name.");
    }
    credentials[trim(line.substr(0, equals))] = trim(line.substr(equals + 1));
  }
  options["credentials"] = std::move(credentials);
  return {};
}

}  // namespace dialplane
