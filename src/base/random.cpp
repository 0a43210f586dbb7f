#include "base/random.hpp"

#include <string_view>

#include <sys/random.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "base/check.hpp"

namespace dialplane {

namespace {

constexpr std::size_t block_bytes = 4096;

void fill_from_kernel(std::uint8_t* at, std::size_t size) {
  while (size > 0) {
    const ssize_t got = ::getrandom(at, size, 0);
    if (got < 0 && errno == EINTR) continue;
    CHECK(got > 0);  // without randomness there are no safe keys or ids: do not go on
    at += got;
    size -= static_cast<std::size_t>(got);
  }
}

// Bytes fetched ahead, per thread, so that an id costs no system call.
struct random_block {
  std::array<std::uint8_t, block_bytes> bytes;
  std::size_t used = block_bytes;
};

thread_local random_block thread_block;

}  // namespace

std::uint64_t random_source::below(std::uint64_t below) {
  CHECK(below > 0);
  // Values from the uneven rest at the top would favour small results: draw again.
  const std::uint64_t uneven = (UINT64_MAX % below + 1) % below;
  while (true) {
    std::array<std::uint8_t, 8> bytes;
    fill(bytes);
    std::uint64_t value = 0;
    std::memcpy(&value, bytes.data(), sizeof value);
    if (value <= UINT64_MAX - uneven) return value % below;
  }
}

void system_random::fill(std::span<std::uint8_t> out) {
  if (out.size() > block_bytes / 4) {
    fill_from_kernel(out.data(), out.size());
    return;
  }
  random_block& block = thread_block;
  if (block_bytes - block.used < out.size()) {
    fill_from_kernel(block.bytes.data(), block_bytes);
    block.used = 0;
  }
  std::uint8_t* from = block.bytes.data() + block.used;
  std::copy_n(from, out.size(), out.data());
  ::explicit_bzero(from, out.size());  // what became a secret must not be found here later
  block.used += out.size();
}

void seeded_random::fill(std::span<std::uint8_t> out) {
  const std::lock_guard lock(mutex_);
  for (std::size_t at = 0; at < out.size(); at += 8) {
    state_ += 0x9e3779b97f4a7c15U;
    std::uint64_t value = state_;
    value = (value ^ value >> 30) * 0xbf58476d1ce4e5b9U;
    value = (value ^ value >> 27) * 0x94d049bb133111ebU;
    value ^= value >> 31;
    std::memcpy(out.data() + at, &value, std::min<std::size_t>(8, out.size() - at));
  }
}

std::string random_base62(random_source& from, std::size_t characters) {
  static constexpr std::string_view alphabet =
      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  std::string text;
  text.reserve(characters);
  for (std::size_t i = 0; i < characters; ++i) text.push_back(alphabet[from.below(62)]);
  return text;
}

}  // namespace dialplane
