// From the key in a request to the actor behind it.
//
// Keys are known only by their SHA-256. Rows are looked up through the store, off the loop, and
// kept for some seconds in a bounded cache, so that a busy key costs no query; expiry and
// revocation are judged again at every request. Whoever revokes or creates a key calls invalidate.
// Safe from several threads. Owned by rest_service.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/clock.hpp"
#include "base/unique_function.hpp"
#include "domain/organization.hpp"
#include "net/http.hpp"
#include "store/store.hpp"

namespace dialplane {

using key_hash = std::array<std::uint8_t, 32>;

struct authenticator_settings {
  std::chrono::milliseconds known_for{30'000};
  std::chrono::milliseconds unknown_for{2'000};
  std::size_t known_max = 10'000;
  std::size_t unknown_max = 10'000;
};

// The key of a request: `Authorization: Bearer k` or `X-API-Key: k`. unauthorized: none, another
// scheme, one header twice, both with different keys, or not 8 to 255 printable characters.
result<std::string_view> key_in(const http_request& request);
key_hash hash_of_key(std::string_view key);

class authenticator {
 public:
  using done = unique_function<void(result<actor>)>;

  authenticator(store& database, const clock& time, authenticator_settings settings = {});

  // Calls `then` at once if the key is cached, else later on the calling loop. unauthorized for
  // every kind of bad key, with the same words.
  void authenticate(const key_hash& hash, std::chrono::steady_clock::time_point at, done then);

  void invalidate(const key_hash& hash);
  void clear();
  // Another value: some key was made or revoked since, and what lasts longer than a request (an
  // event stream) must authenticate again.
  std::uint64_t generation() const;

 private:
  struct entry {
    std::optional<api_key> key;  // nothing: no such key
    std::chrono::steady_clock::time_point until;
  };
  struct hash_prefix {
    std::size_t operator()(const key_hash& hash) const noexcept;
  };
  using table = std::unordered_map<key_hash, entry, hash_prefix>;

  std::optional<result<actor>> judged_from_cache(const key_hash& hash,
                                                 std::chrono::steady_clock::time_point at);
  result<actor> judge(const std::optional<api_key>& key) const;
  void keep(const key_hash& hash, std::optional<api_key> key, std::uint64_t generation,
            std::chrono::steady_clock::time_point at);

  store& database_;
  const clock& time_;
  const authenticator_settings settings_;
  mutable std::mutex mutex_;
  table known_;
  table unknown_;
  std::uint64_t generation_ = 0;  // rises with invalidation: older look-ups are not kept
};

}  // namespace dialplane
