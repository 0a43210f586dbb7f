#include "store/sqlite/running_backup.hpp"

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

namespace dialplane::sqlite {

namespace {

error cannot_write(const std::string& path) {
  const int code = errno;
  if (code == EEXIST) {
    return refused(error_code::invalid_input, "The file " + path + " exists already.");
  }
  return refused(error_code::invalid_input,
                 "The file " + path + " cannot be written: " + std::strerror(code) + ".");
}

std::string part_of(const std::string& path) { return path + ".part"; }

error copy_failed(int code) {
  return not_done(error_code::store_failed, "The copy failed; nothing was written.",
                  std::string("SQLite backup: ") + sqlite3_errstr(code));
}

// So that the new name survives a power failure too.
void sync_folder_of(const std::string& path) {
  const std::filesystem::path folder = std::filesystem::path(path).parent_path();
  const int opened =
      ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (opened < 0) return;
  ::fsync(opened);
  ::close(opened);
}

}  // namespace

running_backup::running_backup(database target, std::string path) noexcept
    : target_(std::move(target)), path_(std::move(path)) {}

running_backup::running_backup(running_backup&& other) noexcept
    : target_(std::move(other.target_)),
      path_(std::move(other.path_)),
      copy_(std::exchange(other.copy_, nullptr)),
      part_remains_(std::exchange(other.part_remains_, false)) {}

running_backup::~running_backup() {
  if (copy_ != nullptr) sqlite3_backup_finish(copy_);
  if (part_remains_) ::unlink(part_of(path_).c_str());
}

result<running_backup> running_backup::begin(const database& source, std::string path) {
  if (::access(path.c_str(), F_OK) == 0) {
    errno = EEXIST;
    return cannot_write(path);
  }
  const std::string part = part_of(path);
  const int made = ::open(part.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (made < 0) return cannot_write(part);
  ::close(made);
  result<database> target = database::open(part, open_mode::read_write_create);
  if (!target) {
    ::unlink(part.c_str());
    return std::move(target).error();
  }
  running_backup started(*std::move(target), std::move(path));
  started.copy_ =
      sqlite3_backup_init(started.target_.native(), "main", source.native(), "main");
  if (started.copy_ == nullptr) return copy_failed(sqlite3_errcode(started.target_.native()));
  return started;
}

result<bool> running_backup::copy_some(int pages) {
  const int code = sqlite3_backup_step(copy_, pages);
  if (code == SQLITE_OK) return false;
  if (code != SQLITE_DONE) return copy_failed(code);
  const int finished = sqlite3_backup_finish(std::exchange(copy_, nullptr));
  if (finished != SQLITE_OK) return copy_failed(finished);
  TRY(give_name());
  return true;
}

result<void> running_backup::give_name() {
  // link, unlike rename, never replaces a file that appeared meanwhile.
  if (::link(part_of(path_).c_str(), path_.c_str()) != 0) return cannot_write(path_);
  ::unlink(part_of(path_).c_str());
  part_remains_ = false;
  sync_folder_of(path_);
  return {};
}

}  // namespace dialplane::sqlite
