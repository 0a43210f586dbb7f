#include "edge/rest/authenticator.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

#include "base/crypto.hpp"

namespace dialplane {

namespace {

constexpr std::size_t api_key_min = 8;
constexpr std::size_t api_key_max = 255;

error not_authorized(std::string message) {
  return refused(error_code::unauthorized, std::move(message));
}

bool has_key_shape(std::string_view key) {
  return key.size() >= api_key_min && key.size() <= api_key_max &&
         std::all_of(key.begin(), key.end(), [](char c) { return c > ' ' && c < '\x7f'; });
}

// The token of "Bearer token"; empty for another scheme.
std::string_view bearer_token(std::string_view value) {
  constexpr std::string_view scheme = "Bearer ";
  if (value.size() <= scheme.size()) return {};
  if (!equal_ignoring_case(value.substr(0, scheme.size()), scheme)) return {};
  value.remove_prefix(scheme.size());
  while (value.starts_with(' ')) value.remove_prefix(1);
  return value;
}

actor actor_of(const api_key& key) {
  return {.organization = key.organization,
          .key = key.id,
          .role = key.role,
          .user = key.user,
          .agent = key.agent};
}

}  // namespace

result<std::string_view> key_in(const http_request& request) {
  if (request.count_of("authorization") > 1 || request.count_of("x-api-key") > 1) {
    return not_authorized("Send the key once.");
  }
  const std::string* authorization = request.header("authorization");
  const std::string* api_key_header = request.header("x-api-key");
  if (authorization == nullptr && api_key_header == nullptr) {
    return not_authorized("Send a key: Authorization: Bearer <key>, or X-API-Key: <key>.");
  }
  std::string_view key;
  if (authorization != nullptr) {
    key = bearer_token(*authorization);
    if (key.empty()) return not_authorized("The Authorization header must be: Bearer <key>.");
  }
  if (api_key_header != nullptr) {
    if (authorization != nullptr && !constant_time_equal(key, *api_key_header)) {
      return not_authorized("Authorization and X-API-Key hold different keys.");
    }
    key = *api_key_header;
  }
  if (!has_key_shape(key)) return not_authorized("The key is not valid.");
  return key;
}

key_hash hash_of_key(std::string_view key) { return sha256(key); }

std::size_t authenticator::hash_prefix::operator()(const key_hash& hash) const noexcept {
  std::size_t value = 0;
  std::memcpy(&value, hash.data(), sizeof value);
  return value;
}

authenticator::authenticator(store& database, const clock& time, authenticator_settings settings)
    : database_(database), time_(time), settings_(settings) {}

result<actor> authenticator::judge(const std::optional<api_key>& key) const {
  const timestamp now = time_.now();
  const bool usable = key && !(key->revoked_at && *key->revoked_at <= now) &&
                      !(key->expires_at && *key->expires_at <= now);
  if (!usable) return not_authorized("The key is not valid.");
  return actor_of(*key);
}

std::optional<result<actor>> authenticator::judged_from_cache(
    const key_hash& hash, std::chrono::steady_clock::time_point at) {
  const std::lock_guard lock(mutex_);
  const auto known = known_.find(hash);
  if (known != known_.end() && known->second.until > at) return judge(known->second.key);
  const auto unknown = unknown_.find(hash);
  if (unknown != unknown_.end() && unknown->second.until > at) return judge(std::nullopt);
  return std::nullopt;
}

void authenticator::authenticate(const key_hash& hash, std::chrono::steady_clock::time_point at,
                                 done then) {
  if (auto judged = judged_from_cache(hash, at)) return then(std::move(*judged));
  std::uint64_t generation = 0;
  {
    const std::lock_guard lock(mutex_);
    generation = generation_;
  }
  database_.read<std::optional<api_key>>(
      [hash](session& work) { return work.organizations().find_key_by_hash(hash); },
      [this, hash, at, generation,
       then = std::move(then)](result<std::optional<api_key>> found) mutable {
        if (!found) return then(std::move(found).error());
        keep(hash, *found, generation, at);
        then(judge(*found));
      });
}

void authenticator::keep(const key_hash& hash, std::optional<api_key> key,
                         std::uint64_t generation, std::chrono::steady_clock::time_point at) {
  const std::lock_guard lock(mutex_);
  if (generation != generation_) return;
  table& into = key ? known_ : unknown_;
  const std::size_t max = key ? settings_.known_max : settings_.unknown_max;
  if (into.size() >= max) {
    std::erase_if(into, [&](const auto& row) { return row.second.until <= at; });
    if (into.size() >= max) into.clear();
  }
  const auto until = at + (key ? settings_.known_for : settings_.unknown_for);
  if (key) unknown_.erase(hash);
  into.insert_or_assign(hash, entry{std::move(key), until});
}

void authenticator::invalidate(const key_hash& hash) {
  const std::lock_guard lock(mutex_);
  ++generation_;
  known_.erase(hash);
  unknown_.erase(hash);
}

std::uint64_t authenticator::generation() const {
  const std::lock_guard lock(mutex_);
  return generation_;
}

void authenticator::clear() {
  const std::lock_guard lock(mutex_);
  ++generation_;
  known_.clear();
  unknown_.clear();
}

}  // namespace dialplane
