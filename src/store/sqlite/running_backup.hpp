// A copy of the live database into a new file, made in slices on the writer's own connection, so
// that writing goes on between them. What that connection changes meanwhile is carried over by
// SQLite; the copy is the state at its last slice.
//
// The copy grows under "PATH.part" (mode 0600) and gets its name when it is complete and on disk.
// Destroyed before that, nothing remains.
#pragma once

#include <string>

#include "base/error.hpp"
#include "base/sqlite.hpp"

struct sqlite3_backup;

namespace dialplane::sqlite {

class running_backup {
 public:
  // `source` must outlive it. refused: a file of that name exists, or cannot be made.
  static result<running_backup> begin(const database& source, std::string path);
  running_backup(running_backup&& other) noexcept;
  running_backup& operator=(running_backup&&) = delete;
  ~running_backup();

  // Copies up to `pages` more. True: complete, and the file is at its name.
  result<bool> copy_some(int pages);

 private:
  running_backup(database target, std::string path) noexcept;
  result<void> give_name();

  database target_;
  std::string path_;
  sqlite3_backup* copy_ = nullptr;
  bool part_remains_ = true;
};

}  // namespace dialplane::sqlite
