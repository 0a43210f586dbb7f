#include "base/sqlite_log_writes.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <utility>

namespace dialplane::sqlite {

namespace {

// SQLite's unix VFS writes at most so much at a time: of a longer piece it takes the size modulo
// 128 KiB, and of 128 KiB nothing at all.
constexpr int gathered_bytes_max = 0x1ffff;

// https://www.sqlite.org/fileformat2.html#the_write_ahead_log
constexpr int log_frame_header_bytes = 24;
constexpr int log_write_lock = 0;

struct free_by_sqlite {
  void operator()(void* piece) const noexcept { sqlite3_free(piece); }
};

class log_file;

// What we put before the file object of the VFS below. SQLite sees its first part only.
struct database_file : sqlite3_file {
  log_file* log = nullptr;  // while it is open
};

class log_file : public sqlite3_file {
 public:
  explicit log_file(database_file& of) noexcept : sqlite3_file{}, database_(of) {
    database_.log = this;
  }
  ~log_file() { database_.log = nullptr; }
  log_file(const log_file&) = delete;
  log_file& operator=(const log_file&) = delete;

  int write(const void* data, int amount, sqlite3_int64 at) noexcept;
  int read(void* out, int amount, sqlite3_int64 at) noexcept;
  // Empties the buffer. After a failure: that one again, until the transaction has ended.
  int flush() noexcept;
  // Before something is published, where no error can be returned.
  void fence() noexcept;
  void transaction_ended() noexcept;

 private:
  bool gather(const void* data, int amount) noexcept;
  int write_below(const void* data, int amount, sqlite3_int64 at) noexcept;

  database_file& database_;
  std::unique_ptr<char, free_by_sqlite> buffer_;
  int gathered_ = 0;
  sqlite3_int64 gathered_from_ = 0;  // its place in the file; after a failure, what is lost
  sqlite3_int64 end_ = -1;           // where the last write ended
  bool commit_begun_ = false;        // that write was the header of a commit's last frame
  int failure_ = SQLITE_OK;
  bool failed_for_good_ = false;
};

constexpr std::size_t own_bytes =
    (std::max(sizeof(database_file), sizeof(log_file)) + alignof(std::max_align_t) - 1) /
    alignof(std::max_align_t) * alignof(std::max_align_t);

sqlite3_file* file_below(sqlite3_file* file) noexcept {
  return reinterpret_cast<sqlite3_file*>(reinterpret_cast<char*>(file) + own_bytes);
}

log_file& log_in(sqlite3_file* file) noexcept { return *static_cast<log_file*>(file); }

log_file* log_of(sqlite3_file* database) noexcept {
  return static_cast<database_file*>(database)->log;
}

// A frame that ends a transaction says in its second four bytes how long the database is then.
bool is_header_of_commit(const void* data, int amount) noexcept {
  if (amount != log_frame_header_bytes) return false;
  std::uint32_t pages_after = 0;
  std::memcpy(&pages_after, static_cast<const char*>(data) + 4, sizeof pages_after);
  return pages_after != 0;
}

// Only what begins where the last write ended is gathered. All else (a log begun anew, frames and
// checksums written over within a transaction) goes straight through, after what came before.
int log_file::write(const void* data, int amount, sqlite3_int64 at) noexcept {
  const bool completes_commit = std::exchange(commit_begun_, is_header_of_commit(data, amount));
  const bool follows = std::exchange(end_, at + amount) == at;
  const bool fits = gathered_ + amount <= gathered_bytes_max;
  if (!follows || !fits || failure_ != SQLITE_OK) {
    if (const int code = flush(); code != SQLITE_OK) return code;
  }
  if (gathered_ == 0) gathered_from_ = at;
  if (!follows || !gather(data, amount)) return write_below(data, amount, at);
  // Here, as a part of COMMIT that can fail. What SQLite does next may be to publish it.
  return completes_commit ? flush() : SQLITE_OK;
}

bool log_file::gather(const void* data, int amount) noexcept {
  if (amount > gathered_bytes_max) return false;
  if (!buffer_) buffer_.reset(static_cast<char*>(sqlite3_malloc(gathered_bytes_max)));
  if (!buffer_) return false;
  std::memcpy(buffer_.get() + gathered_, data, static_cast<std::size_t>(amount));
  gathered_ += amount;
  return true;
}

int log_file::write_below(const void* data, int amount, sqlite3_int64 at) noexcept {
  sqlite3_file* const file = file_below(this);
  return file->pMethods->xWrite(file, data, amount, at);
}

// What could not be written is dropped: SQLite undoes the transaction and writes other frames to
// the same place. Until it has undone it all (a full disk can be the end of one statement only),
// nothing may be read from there, written or synced, as if the file had what was lost.
int log_file::flush() noexcept {
  if (failure_ != SQLITE_OK || gathered_ == 0) return failure_;
  failure_ = write_below(buffer_.get(), std::exchange(gathered_, 0), gathered_from_);
  return failure_;
}

// Frames of earlier transactions are in the file, whatever is gathered or lost.
int log_file::read(void* out, int amount, sqlite3_int64 at) noexcept {
  const bool in_doubt = gathered_ > 0 || failure_ != SQLITE_OK;
  if (in_doubt && at + amount > gathered_from_) {
    if (const int code = flush(); code != SQLITE_OK) return code;
  }
  sqlite3_file* const file = file_below(this);
  return file->pMethods->xRead(file, out, amount, at);
}

// With synchronous=FULL the log was synced, so flushed, before SQLite publishes; with less, a
// commit's last frame flushes (see write()). So nothing should be left here. If something is, and
// fails, SQLite goes on and publishes what the file lacks: then this connection ends here.
void log_file::fence() noexcept {
  if (gathered_ > 0 && flush() != SQLITE_OK) failed_for_good_ = true;
}

void log_file::transaction_ended() noexcept {
  if (!failed_for_good_) failure_ = SQLITE_OK;
}

// The method of the file below.
template <auto method>
struct passed_on;

template <typename... Args, int (*sqlite3_io_methods::*method)(sqlite3_file*, Args...)>
struct passed_on<method> {
  static int call(sqlite3_file* file, Args... args) noexcept {
    return (file_below(file)->pMethods->*method)(file_below(file), args...);
  }
  static int call_after_flush(sqlite3_file* log, Args... args) noexcept {
    const int code = log_in(log).flush();
    return code != SQLITE_OK ? code : call(log, args...);
  }
};

int write_to_log(sqlite3_file* log, const void* data, int amount, sqlite3_int64 at) noexcept {
  return log_in(log).write(data, amount, at);
}

int read_from_log(sqlite3_file* log, void* out, int amount, sqlite3_int64 at) noexcept {
  return log_in(log).read(out, amount, at);
}

int close_log(sqlite3_file* log) noexcept {
  const int flushed = log_in(log).flush();
  const int closed = passed_on<&sqlite3_io_methods::xClose>::call(log);
  std::destroy_at(&log_in(log));
  return flushed != SQLITE_OK ? flushed : closed;
}

int map_wal_index(sqlite3_file* database, int region, int size, int extend,
                  void volatile** at) noexcept {
  if (log_file* const log = log_of(database)) {
    if (const int code = log->flush(); code != SQLITE_OK) return code;
  }
  return passed_on<&sqlite3_io_methods::xShmMap>::call(database, region, size, extend, at);
}

// A lock is given back whatever happens: SQLite does not ask how that went. Nor does it matter then
// whether the flush failed: what was left came after the last fence, so nobody was told of it, and
// its transaction was undone. The write lock is given back when a transaction has ended; with
// locking_mode=EXCLUSIVE it never is, and a connection whose log failed has to be closed.
int lock_wal_index(sqlite3_file* database, int first, int count, int flags) noexcept {
  if (log_file* const log = log_of(database)) {
    const bool unlocks = (flags & SQLITE_SHM_UNLOCK) != 0;
    const int code = log->flush();
    if (!unlocks && code != SQLITE_OK) return code;
    if (unlocks && first == log_write_lock) log->transaction_ended();
  }
  return passed_on<&sqlite3_io_methods::xShmLock>::call(database, first, count, flags);
}

void wal_index_barrier(sqlite3_file* database) noexcept {
  if (log_file* const log = log_of(database)) log->fence();
  file_below(database)->pMethods->xShmBarrier(file_below(database));
}

int unmap_wal_index(sqlite3_file* database, int remove) noexcept {
  if (log_file* const log = log_of(database)) (void)log->flush();
  return passed_on<&sqlite3_io_methods::xShmUnmap>::call(database, remove);
}

constexpr sqlite3_io_methods methods_of_database(int version) noexcept {
  using io = sqlite3_io_methods;
  return {.iVersion = version,
          .xClose = &passed_on<&io::xClose>::call,
          .xRead = &passed_on<&io::xRead>::call,
          .xWrite = &passed_on<&io::xWrite>::call,
          .xTruncate = &passed_on<&io::xTruncate>::call,
          .xSync = &passed_on<&io::xSync>::call,
          .xFileSize = &passed_on<&io::xFileSize>::call,
          .xLock = &passed_on<&io::xLock>::call,
          .xUnlock = &passed_on<&io::xUnlock>::call,
          .xCheckReservedLock = &passed_on<&io::xCheckReservedLock>::call,
          .xFileControl = &passed_on<&io::xFileControl>::call,
          .xSectorSize = &passed_on<&io::xSectorSize>::call,
          .xDeviceCharacteristics = &passed_on<&io::xDeviceCharacteristics>::call,
          .xShmMap = &map_wal_index,
          .xShmLock = &lock_wal_index,
          .xShmBarrier = &wal_index_barrier,
          .xShmUnmap = &unmap_wal_index,
          .xFetch = &passed_on<&io::xFetch>::call,
          .xUnfetch = &passed_on<&io::xUnfetch>::call};
}

constexpr sqlite3_io_methods methods_of_log(int version) noexcept {
  using io = sqlite3_io_methods;
  sqlite3_io_methods methods = methods_of_database(version);
  methods.xClose = &close_log;
  methods.xRead = &read_from_log;
  methods.xWrite = &write_to_log;
  methods.xTruncate = &passed_on<&io::xTruncate>::call_after_flush;
  methods.xSync = &passed_on<&io::xSync>::call_after_flush;
  methods.xFileSize = &passed_on<&io::xFileSize>::call_after_flush;
  methods.xFileControl = &passed_on<&io::xFileControl>::call_after_flush;
  methods.xFetch = &passed_on<&io::xFetch>::call_after_flush;
  methods.xUnfetch = &passed_on<&io::xUnfetch>::call_after_flush;
  // Never asked of a log.
  methods.xShmMap = nullptr;
  methods.xShmLock = nullptr;
  methods.xShmBarrier = nullptr;
  methods.xShmUnmap = nullptr;
  return methods;
}

// By what the file below can: version 2 brought the wal-index, version 3 mapped reading.
constexpr std::array<sqlite3_io_methods, 3> database_methods = {
    methods_of_database(1), methods_of_database(2), methods_of_database(3)};
constexpr std::array<sqlite3_io_methods, 3> log_methods = {methods_of_log(1), methods_of_log(2),
                                                           methods_of_log(3)};

const sqlite3_io_methods* for_version_below(const std::array<sqlite3_io_methods, 3>& all,
                                            sqlite3_file* file) noexcept {
  const sqlite3_io_methods& below = *file_below(file)->pMethods;
  const int version = below.xShmMap == nullptr ? 1 : std::clamp(below.iVersion, 1, 3);
  return &all[static_cast<std::size_t>(version - 1)];
}

struct gathering_vfs : sqlite3_vfs {
  sqlite3_vfs* below;
};

int open_below(sqlite3_vfs* vfs, const char* path, sqlite3_file* file, int flags,
               int* flags_out) noexcept {
  sqlite3_vfs* const below = static_cast<gathering_vfs*>(vfs)->below;
  return below->xOpen(below, path, file, flags, flags_out);
}

int open_below_ours(sqlite3_vfs* vfs, const char* path, sqlite3_file* file, int flags,
                    int* flags_out) noexcept {
  file->pMethods = nullptr;  // SQLite closes what has methods, also after a failure
  sqlite3_file* const real = file_below(file);
  real->pMethods = nullptr;
  const int code = open_below(vfs, path, real, flags, flags_out);
  if (code != SQLITE_OK && real->pMethods != nullptr) real->pMethods->xClose(real);
  return code;
}

int open_database(sqlite3_vfs* vfs, const char* path, sqlite3_file* file, int flags,
                  int* flags_out) noexcept {
  const int code = open_below_ours(vfs, path, file, flags, flags_out);
  if (code != SQLITE_OK) return code;
  std::construct_at(static_cast<database_file*>(file));
  file->pMethods = for_version_below(database_methods, file);
  return SQLITE_OK;
}

int open_log(sqlite3_vfs* vfs, const char* path, sqlite3_file* file, int flags,
             int* flags_out) noexcept {
  sqlite3_file* const database = sqlite3_database_file_object(path);
  // Where a torn write can hurt its neighbours, SQLite pads each commit to whole sectors and cuts
  // frames for that. No disk of ours is so; such a log is left alone.
  const int disk = database->pMethods->xDeviceCharacteristics(database);
  if ((disk & SQLITE_IOCAP_POWERSAFE_OVERWRITE) == 0) {
    return open_below(vfs, path, file, flags, flags_out);
  }
  const int code = open_below_ours(vfs, path, file, flags, flags_out);
  if (code != SQLITE_OK) return code;
  std::construct_at(static_cast<log_file*>(file), *static_cast<database_file*>(database));
  file->pMethods = for_version_below(log_methods, file);
  return SQLITE_OK;
}

// Journals and temporary files are not ours: there the whole object is the VFS's below.
int open_gathering(sqlite3_vfs* vfs, const char* path, sqlite3_file* file, int flags,
                   int* flags_out) noexcept {
  if ((flags & SQLITE_OPEN_MAIN_DB) != 0) return open_database(vfs, path, file, flags, flags_out);
  if ((flags & SQLITE_OPEN_WAL) != 0) return open_log(vfs, path, file, flags, flags_out);
  return open_below(vfs, path, file, flags, flags_out);
}

}  // namespace

// All but xOpen are the functions of the VFS below as they are: those of the unix VFS look at
// nothing of the VFS they are called for but what is copied here. SQLite's list of VFSs keeps what
// is made here for good.
int register_gathered_log_writes(const char* name, sqlite3_vfs* below) noexcept {
  if (below == nullptr) return SQLITE_ERROR;
  void* const place = sqlite3_malloc(sizeof(gathering_vfs));
  if (place == nullptr) return SQLITE_NOMEM;
  auto* const made =
      std::construct_at(static_cast<gathering_vfs*>(place), gathering_vfs{*below, below});
  made->pNext = nullptr;
  made->zName = name;
  made->szOsFile = static_cast<int>(own_bytes) + below->szOsFile;
  made->xOpen = &open_gathering;
  return sqlite3_vfs_register(made, 0);
}

}  // namespace dialplane::sqlite
