#include "server/data_directory.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

namespace dialplane {

namespace {

error unusable(const std::string& path, const std::string& why) {
  return refused(error_code::not_configured, "The data directory " + path + " " + why + ".");
}

// The process id the holder wrote, or nothing that makes sense.
std::string holder_of(int lock) {
  std::array<char, 32> text{};
  const ssize_t size = pread(lock, text.data(), text.size() - 1, 0);
  std::string digits;
  for (ssize_t at = 0; at < size && text[at] >= '0' && text[at] <= '9'; ++at) {
    digits.push_back(text[at]);
  }
  return digits;
}

result<void> make_directory(const std::string& path) {
  if (path.empty()) return unusable("\"\"", "has no name");
  // Parents get the usual mode; only the directory itself is private.
  const std::filesystem::path parent = std::filesystem::path(path).parent_path();
  std::error_code failure;
  if (!parent.empty()) std::filesystem::create_directories(parent, failure);
  if (mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) {
    return unusable(path, std::string("cannot be made: ") + std::strerror(errno));
  }
  if (!std::filesystem::is_directory(path, failure)) return unusable(path, "is not a directory");
  return {};
}

}  // namespace

result<data_directory> data_directory::hold(const std::string& path) {
  TRY(make_directory(path));
  const std::string lock_path = path + "/dialplane.lock";
  const int lock = open(lock_path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (lock < 0) return unusable(path, std::string("cannot be used: ") + std::strerror(errno));
  data_directory held(path, lock);
  if (flock(lock, LOCK_EX | LOCK_NB) != 0) {
    const std::string holder = holder_of(lock);
    error failure = unusable(
        path, "is in use by another dialplane" +
                  (holder.empty() ? std::string() : " (process " + holder + ")") +
                  "; stop that one, or give this one another --data-dir");
    failure.kind = error_class::conflict;
    failure.code = error_code::conflict;
    failure.field = "data_dir";
    return failure;
  }
  const std::string text = std::to_string(getpid()) + "\n";
  if (ftruncate(lock, 0) != 0 ||
      pwrite(lock, text.data(), text.size(), 0) != static_cast<ssize_t>(text.size())) {
    return unusable(path, std::string("cannot be written: ") + std::strerror(errno));
  }
  return held;
}

data_directory::data_directory(data_directory&& other) noexcept
    : path_(std::move(other.path_)), lock_(std::exchange(other.lock_, -1)) {}

data_directory::~data_directory() {
  if (lock_ >= 0) close(lock_);
}

std::string data_directory::file(std::string_view name) const {
  return path_ + "/" + std::string(name);
}

std::string control_socket_path(const std::string& directory) {
  return directory + "/control.sock";
}

}  // namespace dialplane
