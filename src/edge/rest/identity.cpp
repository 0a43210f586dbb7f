#include "edge/rest/identity.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <charconv>
#include <cmath>
#include <vector>

#include "base/crypto.hpp"

namespace dialplane {

namespace {

namespace json = boost::json;

constexpr std::size_t idempotency_key_max = 255;
constexpr std::int64_t retry_count_max = 100;
constexpr double whole_max = 9'007'199'254'740'992.0;  // 2^53: above it doubles skip integers

void append_canonical(std::string& out, const json::value& value);

void append_canonical_number(std::string& out, double number) {
  if (std::floor(number) == number && std::abs(number) <= whole_max) {
    out += std::to_string(static_cast<std::int64_t>(number));
    return;
  }
  char digits[32];
  const auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
  out.append(digits, end);
}

void append_canonical_object(std::string& out, const json::object& members) {
  std::vector<const json::key_value_pair*> sorted;
  sorted.reserve(members.size());
  for (const json::key_value_pair& member : members) sorted.push_back(&member);
  std::sort(sorted.begin(), sorted.end(),
            [](const auto* a, const auto* b) { return a->key() < b->key(); });
  out += '{';
  bool first = true;
  for (const json::key_value_pair* member : sorted) {
    if (!std::exchange(first, false)) out += ',';
    out += json::serialize(json::string_view(member->key()));
    out += ':';
    append_canonical(out, member->value());
  }
  out += '}';
}

// Depth is bounded by the JSON gate.
void append_canonical(std::string& out, const json::value& value) {
  if (const json::object* members = value.if_object()) {
    append_canonical_object(out, *members);
  } else if (const json::array* items = value.if_array()) {
    out += '[';
    bool first = true;
    for (const json::value& item : *items) {
      if (!std::exchange(first, false)) out += ',';
      append_canonical(out, item);
    }
    out += ']';
  } else if (value.is_double()) {
    append_canonical_number(out, value.get_double());
  } else {
    out += json::serialize(value);
  }
}

// A text of parts that cannot run into each other.
class hash_input {
 public:
  hash_input& add(std::string_view part) {
    text_.append(std::to_string(part.size())).append(":").append(part);
    return *this;
  }
  template <std::size_t N>
  hash_input& add(const std::array<std::uint8_t, N>& bytes) {
    return add(text_of(bytes));
  }
  request_hash hash() const {
    const sha256_digest whole = sha256(text_);
    request_hash first{};
    std::copy_n(whole.begin(), first.size(), first.begin());
    return first;
  }

 private:
  std::string text_;
};

std::string body_text(const http_request& request, const json::object* body) {
  if (body != nullptr) {
    std::string text;
    append_canonical_object(text, *body);
    return text;
  }
  return request.body.empty() ? std::string("{}") : request.body;
}

}  // namespace

std::string canonical_json(const json::value& value) {
  std::string out;
  append_canonical(out, value);
  return out;
}

result<std::optional<std::string_view>> idempotency_key_of(const http_request& request) {
  const std::string* value = request.header("idempotency-key");
  if (value == nullptr) return std::optional<std::string_view>();
  const bool printable = std::all_of(value->begin(), value->end(),
                                     [](char c) { return c >= ' ' && c <= '~'; });
  if (request.count_of("idempotency-key") > 1 || value->empty() ||
      value->size() > idempotency_key_max || !printable) {
    return bad_field("Idempotency-Key",
                     "Idempotency-Key must be given once, with 1 to 255 printable ASCII "
                     "characters.");
  }
  return std::optional<std::string_view>(*value);
}

std::optional<std::int64_t> retry_count_of(const http_request& request) noexcept {
  const std::string* value = request.header("x-stainless-retry-count");
  if (value == nullptr || value->empty() || value->size() > 3) return std::nullopt;
  std::int64_t count = 0;
  const char* end = value->data() + value->size();
  const auto [stopped, failure] = std::from_chars(value->data(), end, count);
  if (failure != std::errc{} || stopped != end) return std::nullopt;
  if (count < 0 || count > retry_count_max) return std::nullopt;
  return count;
}

request_identity identify(const http_request& request, const actor& who,
                          std::optional<user_id> user, const json::object* body,
                          std::string_view request_id) {
  request_identity identity;
  identity.request_id = request_id;
  const std::string text = body_text(request, body);
  identity.body = hash_input().add(text).hash();
  const uuid_bytes subject = user ? user->bytes : who.user ? who.user->bytes : uuid_bytes{};
  const auto key = idempotency_key_of(request);
  if (key && *key) {
    identity.key = hash_input()
                       .add("key")
                       .add(who.organization.bytes)
                       .add(subject)
                       .add(request.method)
                       .add(request.path)
                       .add(**key)
                       .hash();
  }
  hash_input equal;
  equal.add(who.key.bytes).add(subject).add(request.method).add(request.path).add(text);
  identity.equal_request = equal.hash();
  if (const auto count = retry_count_of(request)) {
    identity.retry_count = *count;
    identity.fingerprint = equal.add("marked").hash();
  }
  return identity;
}

request_hash tracked_fingerprint(const http_request& request, const request_identity& identity) {
  return hash_input().add(identity.equal_request).add(request.query).add("tracked").hash();
}

}  // namespace dialplane
