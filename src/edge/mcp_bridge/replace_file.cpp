#include "edge/mcp_bridge/replace_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>

namespace dialplane {

namespace {

constexpr std::size_t file_bytes_max = 4 * 1024 * 1024;
constexpr int backups_max = 100;
constexpr mode_t owner_only = S_IRUSR | S_IWUSR;

error file_problem(const std::string& path, std::string_view what) {
  return refused(error_code::conflict,
                 path + " cannot be " + std::string(what) + ": " + std::strerror(errno) + ".");
}

// Closes and, where the work was not finished, removes.
class new_file {
 public:
  new_file(std::string path, mode_t mode)
      : path_(std::move(path)),
        descriptor_(open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)) {}
  ~new_file() {
    if (descriptor_ < 0) return;
    close(descriptor_);
    if (!kept_) unlink(path_.c_str());
  }
  new_file(const new_file&) = delete;
  new_file& operator=(const new_file&) = delete;

  bool is_open() const { return descriptor_ >= 0; }
  const std::string& path() const { return path_; }
  void keep() { kept_ = true; }

  // The mode is set again: the process's mask may have taken bits away.
  bool fill(std::string_view text, mode_t mode) {
    while (!text.empty()) {
      const ssize_t written = write(descriptor_, text.data(), text.size());
      if (written < 0 && errno == EINTR) continue;
      if (written <= 0) return false;
      text.remove_prefix(static_cast<std::size_t>(written));
    }
    return fchmod(descriptor_, mode) == 0 && fsync(descriptor_) == 0;
  }

 private:
  const std::string path_;
  const int descriptor_;
  bool kept_ = false;
};

result<std::string> keep_copy(const std::string& path, std::string_view text, mode_t mode) {
  for (int count = 1; count < backups_max; ++count) {
    const std::string name =
        path + ".before-dialplane" + (count == 1 ? "" : "-" + std::to_string(count));
    new_file copy(name, owner_only);
    if (!copy.is_open() && errno == EEXIST) continue;
    if (!copy.is_open() || !copy.fill(text, mode)) return file_problem(name, "written");
    copy.keep();
    return name;
  }
  return refused(error_code::conflict, "There are too many copies beside " + path + ".");
}

}  // namespace

result<std::optional<std::string>> read_small_file(const std::string& path) {
  const int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0 && errno == ENOENT) return std::optional<std::string>();
  if (descriptor < 0) return file_problem(path, "read");
  std::string text;
  std::array<char, 16 * 1024> buffer{};
  ssize_t got = 0;
  while ((got = read(descriptor, buffer.data(), buffer.size())) > 0 &&
         text.size() <= file_bytes_max) {
    text.append(buffer.data(), static_cast<std::size_t>(got));
  }
  const int why = errno;
  close(descriptor);
  errno = why;
  if (got < 0) return file_problem(path, "read");
  if (text.size() > file_bytes_max) {
    return refused(error_code::conflict, path + " is too large for a settings file.");
  }
  return std::optional<std::string>(std::move(text));
}

result<replaced_file> replace_file(const std::string& path, std::string_view text,
                                   const std::optional<std::string>& before, bool secret) {
  namespace files = std::filesystem;
  std::error_code failed;
  files::create_directories(files::path(path).parent_path(), failed);
  if (failed) {
    return refused(error_code::conflict,
                   "The folder of " + path + " cannot be made: " + failed.message() + ".");
  }
  replaced_file done;
  done.path = files::weakly_canonical(path, failed).string();
  if (failed) done.path = path;
  struct stat known = {};
  const bool there = stat(done.path.c_str(), &known) == 0;
  const mode_t mode = there && !secret ? known.st_mode & 0777 : owner_only;
  new_file fresh(done.path + ".dialplane-new-" + std::to_string(getpid()), owner_only);
  if (!fresh.is_open() || !fresh.fill(text, mode)) return file_problem(fresh.path(), "written");
  if (before) {
    TRY_ASSIGN(done.backup, keep_copy(done.path, *before, mode));
  }
  TRY_ASSIGN(const std::optional<std::string> now, read_small_file(done.path));
  if (now != before) {
    return refused(error_code::conflict, path + " was changed by another program just now; "
                                                "nothing was written.");
  }
  if (rename(fresh.path().c_str(), done.path.c_str()) != 0) return file_problem(path, "replaced");
  fresh.keep();
  return done;
}

}  // namespace dialplane
