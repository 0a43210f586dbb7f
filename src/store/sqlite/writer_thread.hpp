// The one thread and the one connection that write, checkpoint and copy the database.
//
// The order of units is the order they came in. A savepoint per unit copies every page that the
// unit touches, so repeatable units go without: should one fail after it wrote something, the
// transaction is undone and all of them run once more, with savepoints. Checkpoints run between
// batches, after the callers of the batch before have been woken; so do the slices of a backup.
#pragma once

#include <atomic>
#include <chrono>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "base/sqlite.hpp"
#include "store/sqlite/list_versions.hpp"
#include "store/sqlite/queued_units.hpp"
#include "store/sqlite/running_backup.hpp"
#include "store/sqlite/sqlite_session.hpp"
#include "store/sqlite/sqlite_store.hpp"

namespace dialplane::sqlite {

class writer_thread {
 public:
  // `on` is open for writing and migrated. Starts at once.
  writer_thread(database on, const sqlite_store_options& options);
  ~writer_thread();
  writer_thread(const writer_thread&) = delete;
  writer_thread& operator=(const writer_thread&) = delete;

  void submit(queued_unit unit);
  void backup(std::string path, queued_unit done);
  // Finishes what is queued, checkpoints and closes the connection. May be called again.
  void close();

  // Before the first unit.
  void watch_events(unique_function<void()> told) { told_of_events_ = std::move(told); }

  std::size_t waiting() const { return queue_->waiting(); }
  std::uint64_t batches() const noexcept { return batches_.load(std::memory_order_relaxed); }
  const list_versions& versions() const noexcept { return versions_; }
  std::uint64_t units() const noexcept { return units_.load(std::memory_order_relaxed); }

 private:
  struct asked_backup {
    std::string path;
    queued_unit done;  // only its finish is called
  };
  using time_point = std::chrono::steady_clock::time_point;
  struct batch {
    finished_units finished;
    std::size_t kept = 0;
    std::optional<error> lost;  // the transaction is gone
    time_point until;
  };
  struct unit_run {
    queued_unit unit;
    bool keep = false;
    std::optional<error> failure;
  };

  void work() noexcept;
  void run_batch();
  void run_shared(batch& into);
  void run_again(std::vector<unit_run> undone, batch& into);
  void run_separately(batch& into);
  void run_unit(queued_unit unit, bool alone, batch& into);
  void run(unit_run& one);
  bool has_time(const batch& now) const;
  void commit(batch& done);
  void copy_some();
  void end_backup(std::optional<error> failure);
  bool backup_is_due();
  void checkpoint_if_due();
  static int on_wal_grown(void* self, sqlite3*, const char*, int pages) noexcept;

  const sqlite_store_options options_;
  std::shared_ptr<unit_queue> queue_;
  std::mutex backups_mutex_;
  std::deque<asked_backup> asked_backups_;
  bool closing_ = false;
  std::atomic<std::uint64_t> batches_{0};
  std::atomic<std::uint64_t> units_{0};

  unique_function<void()> told_of_events_;

  // Of the thread.
  std::optional<database> db_;
  list_versions versions_;
  sqlite_session session_;
  std::deque<queued_unit> backlog_;
  std::optional<running_backup> copy_;
  std::optional<asked_backup> copying_;
  int wal_pages_ = 0;
  int checkpoint_at_;

  std::thread thread_;  // last: starts when the rest is there
};

}  // namespace dialplane::sqlite
