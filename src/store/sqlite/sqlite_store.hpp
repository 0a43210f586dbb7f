// The store on SQLite: one file, one writer thread, a few reader threads.
//
// The writer gathers the waiting units into one transaction, a savepoint each, and wakes all
// callers after one durable commit (WAL, synchronous=FULL). Its connection does all writes and all
// checkpoints and backups: SQLite before 3.51.3 can lose pages when two connections write or
// checkpoint at the same instant. Readers have read-only connections and share a snapshot per
// batch. The owner keeps other processes away from the file (a lock on the data folder), and
// closes the store before the event loops that submit to it end.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/error.hpp"
#include "store/store.hpp"

namespace dialplane {

// For metrics; called on the writer's thread after each commit.
struct commit_report {
  std::size_t units = 0;
  std::int64_t commit_us = 0;  // the flush alone
};

struct sqlite_store_options {
  std::string path;  // made with mode 0600 where it does not exist
  std::size_t reader_threads = 2;
  std::size_t write_queue_limit = 20'000;
  std::size_t read_queue_limit = 20'000;
  // A batch ends at whichever comes first.
  std::size_t batch_units = 512;
  std::chrono::milliseconds batch_work{20};
  int checkpoint_pages = 8000;  // of the write-ahead log, 4 KiB each
  int writer_cache_kib = 16 * 1024;
  int reader_cache_kib = 4 * 1024;  // each
  std::function<void(const commit_report&)> on_commit = {};
};

// Opens, migrates and starts. refused (not_configured): a database of a later version or of some
// other program.
result<std::unique_ptr<store>> open_sqlite_store(sqlite_store_options options);

// Does that version of SQLite (3040001 for 3.40.1) have the defect named above?
bool has_wal_reset_defect(int library_version) noexcept;

}  // namespace dialplane
