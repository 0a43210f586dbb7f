// The threads that read: each with a read-only connection of its own, one queue for all.
//
// A thread takes some waiting units, then begins a snapshot and runs them all on it. A snapshot
// begun after a unit was taken contains every write that was committed before it was submitted.
#pragma once

#include <atomic>
#include <memory>
#include <thread>
#include <vector>

#include "base/sqlite.hpp"
#include "store/sqlite/queued_units.hpp"
#include "store/sqlite/sqlite_session.hpp"

namespace dialplane::sqlite {

class reader_threads {
 public:
  reader_threads(std::vector<database> connections, std::size_t queue_limit);
  ~reader_threads();
  reader_threads(const reader_threads&) = delete;
  reader_threads& operator=(const reader_threads&) = delete;

  void submit(queued_unit unit);
  // Finishes what is queued and closes the connections. May be called again.
  void close();

  std::size_t waiting() const { return queue_->waiting(); }
  std::uint64_t units() const noexcept { return units_.load(std::memory_order_relaxed); }

 private:
  struct reader {
    explicit reader(database opened) : db(std::move(opened)), work(db) {}
    database db;
    sqlite_session work;
    std::thread thread;
  };

  void run(reader& own) noexcept;
  void run_batch(reader& own, std::deque<queued_unit>& units);

  std::shared_ptr<unit_queue> queue_;
  std::atomic<std::uint64_t> units_{0};
  std::vector<std::unique_ptr<reader>> readers_;
};

}  // namespace dialplane::sqlite
