// Notices that the database in the data directory is older than it was: restored from a copy.
//
// A counter in the database rises at each start, after each backup, and every some seconds in which
// something was written; a small file beside the database follows it, never ahead of it. A database
// whose counter is below the file's, or that has a counter and no file, is a copy from before: the
// carriers may hold numbers it does not know. Copying a whole data directory, file and all, cannot
// be seen from within; a file on another disk (data.generation_file) sees it.
#pragma once

#include <atomic>
#include <memory>
#include <string>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/event_loop.hpp"
#include "server/settings.hpp"
#include "store/store.hpp"

namespace dialplane {

// Where the file is: data.generation_file, else beside the database.
std::string generation_file_of(const server_settings& settings);

// Raises the counter, then the file. Not on a loop's thread.
result<void> raise_generation(store& database, const std::string& file);

// At the start of a server: where the database is older than the file remembers, purchases are
// paused (restore_pause.hpp) in the same transaction that lifts the counter past the file's. True:
// it was. Not on a loop's thread.
result<bool> pause_after_restore(store& database, const std::string& file, timestamp now);

// Raises both now and then while the server runs.
class generation_keeper {
 public:
  // `loop` may wait for a disk. Both must outlive it.
  generation_keeper(store& database, event_loop& loop, std::string file);
  ~generation_keeper();
  generation_keeper(const generation_keeper&) = delete;
  generation_keeper& operator=(const generation_keeper&) = delete;

  void start();
  void stop() noexcept;

 private:
  struct core;
  std::shared_ptr<core> core_;
};

}  // namespace dialplane
