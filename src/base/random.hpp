// Randomness, injected. Secrets and ids come from system_random (the kernel); tests pass a seed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <span>
#include <string>

namespace dialplane {

class random_source {
 public:
  virtual ~random_source() = default;
  // Fills `out`. Safe to call from any thread.
  virtual void fill(std::span<std::uint8_t> out) = 0;
  // Uniform in [0, below). `below` > 0.
  std::uint64_t below(std::uint64_t below);
};

// Uniform characters of 0-9, A-Z, a-z: 5.95 bits each.
std::string random_base62(random_source& from, std::size_t characters);

// The kernel's generator, read in blocks of 4 KiB.
class system_random final : public random_source {
 public:
  void fill(std::span<std::uint8_t> out) override;
};

// Repeatable (splitmix64); never for secrets.
class seeded_random final : public random_source {
 public:
  explicit seeded_random(std::uint64_t seed) : state_(seed) {}
  void fill(std::span<std::uint8_t> out) override;

 private:
  std::mutex mutex_;
  std::uint64_t state_;
};

}  // namespace dialplane
