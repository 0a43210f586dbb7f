// A VFS that gathers what one connection writes to its write-ahead log into large writes. SQLite
// writes two pieces for each page (a frame's header, then the page); these go to a buffer of the
// open log, and to the file when the commit is complete, when the buffer is full, and before
// anything else touches the log. All other files are SQLite's own unix VFS, untouched.
//
// The buffer belongs to the log's file object, comes with the first write and goes with xClose. The
// file on disk is the same byte for byte, so plain connections share it. Nothing is ever published
// to them (that is done in the wal-index) which the file does not hold, whatever `synchronous` is.
// What a failed write loses is never written later, and its transaction cannot commit.
#pragma once

struct sqlite3_vfs;

namespace dialplane::sqlite {

// For database::open: the name of the VFS above the default one.
inline constexpr const char* gathered_log_writes = "dialplane-gathered-log";

// Lets connections open files through `below` under `name`; both must stay for good. database::open
// does it for the name above; tests put a disk that fails below. Returns SQLite's code.
int register_gathered_log_writes(const char* name, sqlite3_vfs* below) noexcept;

}  // namespace dialplane::sqlite
