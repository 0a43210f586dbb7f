#include "base/sqlite_memory.hpp"

#include <sqlite3.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <utility>

namespace dialplane::sqlite {

namespace {

constexpr std::size_t step_bytes = 32;
constexpr std::size_t piece_header_bytes = 8;  // holds the size; SQLite wants addresses of 8
constexpr std::size_t largest_kept = 1088;     // with the header
constexpr std::size_t kept_bytes_max = 256 * 1024;
constexpr std::size_t classes = largest_kept / step_bytes + 1;

// What stands in a piece while nobody uses it.
struct free_piece {
  free_piece* next;
};

std::size_t whole_size(std::size_t asked) noexcept {
  return (asked + piece_header_bytes + step_bytes - 1) / step_bytes * step_bytes;
}

// Lives as long as its thread; what is freed after that goes straight to the heap.
class thread_lists {
 public:
  thread_lists() noexcept { usable = true; }
  ~thread_lists() {
    usable = false;
    for (free_piece*& head : heads_) {
      while (head != nullptr) std::free(std::exchange(head, head->next));
    }
  }
  thread_lists(const thread_lists&) = delete;
  thread_lists& operator=(const thread_lists&) = delete;

  void* take(std::size_t size) noexcept {
    free_piece*& head = heads_[size / step_bytes];
    if (head == nullptr) return nullptr;
    kept_bytes_ -= size;
    return std::exchange(head, head->next);
  }
  bool keep(void* piece, std::size_t size) noexcept {
    if (kept_bytes_ + size > kept_bytes_max) return false;
    free_piece*& head = heads_[size / step_bytes];
    head = std::construct_at(static_cast<free_piece*>(piece), free_piece{head});
    kept_bytes_ += size;
    return true;
  }

  static thread_local bool usable;

 private:
  std::array<free_piece*, classes> heads_{};
  std::size_t kept_bytes_ = 0;
};

thread_local bool thread_lists::usable = true;

thread_lists& lists_of_thread() noexcept {
  thread_local thread_lists lists;
  return lists;
}

char* whole_of(void* piece) noexcept { return static_cast<char*>(piece) - piece_header_bytes; }

std::size_t size_in(const char* whole) noexcept {
  std::uint64_t size = 0;
  std::memcpy(&size, whole, sizeof size);
  return size;
}

void* given_out(void* whole, std::size_t size) noexcept {
  if (whole == nullptr) return nullptr;
  const std::uint64_t kept = size;
  std::memcpy(whole, &kept, sizeof kept);
  return static_cast<char*>(whole) + piece_header_bytes;
}

extern "C" {

static void* dialplane_sqlite_malloc(int asked) {
  const std::size_t size = whole_size(static_cast<std::size_t>(asked));
  if (size <= largest_kept && thread_lists::usable) {
    if (void* again = lists_of_thread().take(size)) return given_out(again, size);
  }
  return given_out(std::malloc(size), size);
}

static void dialplane_sqlite_free(void* piece) {
  if (piece == nullptr) return;
  char* const whole = whole_of(piece);
  const std::size_t size = size_in(whole);
  if (size <= largest_kept && thread_lists::usable && lists_of_thread().keep(whole, size)) return;
  std::free(whole);
}

static void* dialplane_sqlite_realloc(void* piece, int asked) {
  char* const whole = whole_of(piece);
  const std::size_t size = whole_size(static_cast<std::size_t>(asked));
  if (size == size_in(whole)) return piece;
  return given_out(std::realloc(whole, size), size);
}

static int dialplane_sqlite_size(void* piece) {
  if (piece == nullptr) return 0;
  return static_cast<int>(size_in(whole_of(piece)) - piece_header_bytes);
}

static int dialplane_sqlite_roundup(int asked) {
  return static_cast<int>(whole_size(static_cast<std::size_t>(asked)) - piece_header_bytes);
}

static int dialplane_sqlite_memory_init(void*) { return SQLITE_OK; }
static void dialplane_sqlite_memory_end(void*) {}

}  // extern "C"

}  // namespace

void use_thread_memory() noexcept {
  static const sqlite3_mem_methods methods = {
      dialplane_sqlite_malloc,  dialplane_sqlite_free,        dialplane_sqlite_realloc,
      dialplane_sqlite_size,    dialplane_sqlite_roundup,     dialplane_sqlite_memory_init,
      dialplane_sqlite_memory_end, nullptr};
  sqlite3_config(SQLITE_CONFIG_MALLOC, &methods);
}

}  // namespace dialplane::sqlite
