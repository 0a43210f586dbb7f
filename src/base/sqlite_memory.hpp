// Memory for SQLite: small pieces come from and go back to lists of the calling thread.
//
// Debian's SQLite has no pool of its own for the short-lived pieces of a running statement; a
// purchase takes some 240 of them. Per thread at most a quarter of a megabyte is kept for reuse,
// and given back when the thread ends. A piece may be freed on another thread than the one that
// took it.
#pragma once

namespace dialplane::sqlite {

// Before SQLite is first used in this process; once.
void use_thread_memory() noexcept;

}  // namespace dialplane::sqlite
