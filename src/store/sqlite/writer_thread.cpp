#include "store/sqlite/writer_thread.hpp"

#include <pthread.h>
#include <sqlite3.h>

#include <chrono>
#include <exception>

#include "base/log.hpp"

namespace dialplane::sqlite {

namespace {

using steady = std::chrono::steady_clock;

constexpr int backup_slice_pages = 256;  // 1 MiB: about a millisecond between two batches
constexpr std::size_t max_waiting_backups = 16;
// Tried again after that many pages where a reader kept the log from beginning anew.
constexpr int checkpoint_retry_pages = 1000;
// Beyond that many times the usual size the log is emptied, if need be waiting for readers.
constexpr int checkpoint_force_factor = 8;
constexpr int forced_checkpoint_wait_ms = 200;

}  // namespace

writer_thread::writer_thread(database on, const sqlite_store_options& options)
    : options_(options),
      queue_(std::make_shared<unit_queue>(options.write_queue_limit)),
      db_(std::move(on)),
      session_(*db_, change_marks(&versions_), row_keeping::on),
      checkpoint_at_(options.checkpoint_pages),
      thread_([this] { work(); }) {
  pthread_setname_np(thread_.native_handle(), "store-writer");
}

writer_thread::~writer_thread() { close(); }

void writer_thread::submit(queued_unit unit) {
  std::optional<error> refusal = queue_->put(unit);
  if (refusal) turn_away(std::move(unit), *std::move(refusal));
}

void writer_thread::backup(std::string path, queued_unit done) {
  error why = not_done(error_code::overloaded, "Too many backups are waiting.", "");
  {
    const std::lock_guard lock(backups_mutex_);
    if (closing_) {
      why = not_done(error_code::shutting_down, "The server is shutting down.", "");
    } else if (asked_backups_.size() < max_waiting_backups) {
      asked_backups_.push_back({std::move(path), std::move(done)});
      queue_->interrupt();
      return;
    }
  }
  turn_away(std::move(done), std::move(why));
}

void writer_thread::close() {
  {
    const std::lock_guard lock(backups_mutex_);
    closing_ = true;
  }
  queue_->close();
  if (thread_.joinable()) thread_.join();
}

int writer_thread::on_wal_grown(void* self, sqlite3*, const char*, int pages) noexcept {
  auto& own = *static_cast<writer_thread*>(self);
  if (pages < own.wal_pages_) own.checkpoint_at_ = own.options_.checkpoint_pages;  // begun anew
  own.wal_pages_ = pages;
  return SQLITE_OK;
}

void writer_thread::work() noexcept {
  sqlite3_wal_hook(db_->native(), &writer_thread::on_wal_grown, this);
  for (;;) {
    const bool idle = backlog_.empty() && !backup_is_due();
    const bool open = queue_->take(backlog_, options_.batch_units - backlog_.size(), idle);
    if (!open && !backup_is_due()) break;
    if (!backlog_.empty()) run_batch();
    copy_some();
    checkpoint_if_due();
  }
  sqlite3_wal_checkpoint_v2(db_->native(), "main", SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr);
  db_.reset();
}

void writer_thread::run_batch() {
  batch now;
  if (const result<void> begun = db_->begin_immediate(); !begun) {
    for (queued_unit& unit : backlog_) now.finished.add(std::move(unit), begun.error());
    backlog_.clear();
    log_error(log_level::error, "no transaction could be begun", begun.error());
    now.finished.deliver();
    return;
  }
  now.until = steady::now() + options_.batch_work;
  if (backlog_.front().repeatable) {
    run_shared(now);
  } else {
    run_separately(now);
  }
  commit(now);
  now.finished.deliver();
}

bool writer_thread::has_time(const batch& now) const {
  return !backlog_.empty() && db_->in_transaction() && steady::now() < now.until;
}

// Repeatable units, up to the first that is none.
void writer_thread::run_shared(batch& into) {
  std::vector<unit_run> ran;
  session_.defer_counts();
  do {
    ran.push_back({.unit = std::move(backlog_.front())});
    backlog_.pop_front();
    const std::int64_t changes_before = db_->total_changes();
    const std::uint64_t deferred_before = session_.deferred();
    run(ran.back());
    const bool wrote =
        db_->total_changes() != changes_before || session_.deferred() != deferred_before;
    if (ran.back().keep) {
      ++into.kept;
    } else if (wrote) {
      return run_again(std::move(ran), into);
    }
  } while (has_time(into) && backlog_.front().repeatable);
  if (db_->in_transaction()) {
    if (const result<void> counted = session_.write_counts(); !counted) {
      into.lost = counted.error();
    }
  }
  session_.drop_counts();
  for (unit_run& one : ran) {
    one.unit.run = nullptr;
    into.finished.add(std::move(one.unit), std::move(one.failure));
  }
  if (into.kept > 0 && !db_->in_transaction()) {
    into.lost = internal_fault("the transaction was given up");
  }
}

void writer_thread::run_again(std::vector<unit_run> undone, batch& into) {
  into.kept = 0;
  session_.drop_counts();
  session_.forget_kept();
  result<void> ready = db_->rollback();
  if (undone.size() == 1) {
    into.finished.add(std::move(undone[0].unit), std::move(undone[0].failure));
    if (!ready) into.lost = ready.error();
    return;
  }
  if (ready) ready = db_->begin_immediate();
  for (unit_run& one : undone) {
    if (ready) {
      run_unit(std::move(one.unit), false, into);
    } else {
      into.finished.add(std::move(one.unit), ready.error());
    }
  }
}

void writer_thread::run_separately(batch& into) {
  bool alone = backlog_.size() == 1;
  do {
    queued_unit unit = std::move(backlog_.front());
    backlog_.pop_front();
    run_unit(std::move(unit), alone, into);
    alone = false;
  } while (has_time(into));
}

void writer_thread::run(unit_run& one) {
  one.keep = false;
  try {
    one.keep = one.unit.run(session_);
  } catch (const std::exception& escaped) {
    one.failure = internal_fault(std::string("exception in a unit of work: ") + escaped.what());
  } catch (...) {
    one.failure = internal_fault("exception in a unit of work");
  }
}

// A unit alone in its transaction is undone with it; others get a savepoint.
void writer_thread::run_unit(queued_unit unit, bool alone, batch& into) {
  if (!alone) {
    if (const result<void> marked = db_->savepoint(); !marked) {
      into.finished.add(std::move(unit), marked.error());
      return;
    }
  }
  unit_run one{.unit = std::move(unit)};
  run(one);
  one.unit.run = nullptr;  // what it holds is let go before its callers hear of the end
  into.finished.add(std::move(one.unit), std::move(one.failure));
  const result<void> ended = one.keep ? alone ? result<void>() : db_->release_savepoint()
                             : alone  ? db_->rollback()
                                      : db_->rollback_savepoint();
  if (one.keep) {
    ++into.kept;
  } else {
    session_.forget_kept();
  }
  // After some failures (disk full, out of memory) SQLite gives up the whole transaction.
  if (!ended) into.lost = ended.error();
  if (one.keep && !db_->in_transaction()) {
    into.lost = internal_fault("the transaction was given up");
  }
}

void writer_thread::commit(batch& done) {
  const auto started = steady::now();
  versions_.committing();
  if (!done.lost && done.kept > 0) {
    if (const result<void> committed = db_->commit(); !committed) done.lost = committed.error();
  }
  const auto took = std::chrono::duration_cast<std::chrono::microseconds>(steady::now() - started);
  if (const result<void> undone = db_->rollback(); !undone) done.lost = undone.error();
  versions_.ended();
  if (done.lost) {
    session_.forget_kept();
    log_error(log_level::error, "a batch of writes was lost", *done.lost,
              {{"units", done.finished.size()}});
    done.finished.fail_all(outcome_unknown(error_code::store_failed, "The database failed.",
                                           done.lost->internal));
    return;
  }
  batches_.fetch_add(1, std::memory_order_relaxed);
  units_.fetch_add(done.finished.size(), std::memory_order_relaxed);
  // Marked by a unit that was undone, perhaps: then the look finds nothing.
  if (session_.take_event_mark() && told_of_events_) told_of_events_();
  if (options_.on_commit && done.kept > 0) {
    options_.on_commit({done.finished.size(), took.count()});
  }
}

bool writer_thread::backup_is_due() {
  if (copying_) return true;
  const std::lock_guard lock(backups_mutex_);
  return !asked_backups_.empty();
}

void writer_thread::copy_some() {
  if (!copying_) {
    const std::lock_guard lock(backups_mutex_);
    if (asked_backups_.empty()) return;
    copying_.emplace(std::move(asked_backups_.front()));
    asked_backups_.pop_front();
  }
  if (!copy_) {
    result<running_backup> begun = running_backup::begin(*db_, copying_->path);
    if (!begun) return end_backup(std::move(begun).error());
    copy_.emplace(*std::move(begun));
  }
  const result<bool> complete = copy_->copy_some(backup_slice_pages);
  if (!complete) return end_backup(complete.error());
  if (*complete) end_backup(std::nullopt);
}

void writer_thread::end_backup(std::optional<error> failure) {
  copy_.reset();
  finished_units ended;
  ended.add(std::move(copying_->done), std::move(failure));
  copying_.reset();
  ended.deliver();
}

void writer_thread::checkpoint_if_due() {
  if (wal_pages_ < checkpoint_at_) return;
  const bool force = wal_pages_ >= options_.checkpoint_pages * checkpoint_force_factor;
  if (force) sqlite3_busy_timeout(db_->native(), forced_checkpoint_wait_ms);
  const int code = sqlite3_wal_checkpoint_v2(
      db_->native(), "main", force ? SQLITE_CHECKPOINT_TRUNCATE : SQLITE_CHECKPOINT_PASSIVE,
      nullptr, nullptr);
  if (force) sqlite3_busy_timeout(db_->native(), 0);
  if (code != SQLITE_OK && code != SQLITE_BUSY) {
    log_line(log_level::error, "checkpoint failed", {{"sqlite", sqlite3_errstr(code)}});
  }
  // The next write begins the log anew, unless a reader still uses it (or held this one up).
  checkpoint_at_ = wal_pages_ + checkpoint_retry_pages;
}

}  // namespace dialplane::sqlite
