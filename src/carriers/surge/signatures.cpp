#include "carriers/surge/signatures.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>
#include <vector>

#include "base/crypto.hpp"
#include "carriers/standard_webhooks.hpp"

namespace dialplane::surge {

namespace {

constexpr std::int64_t tolerance_ms = 300'000;
constexpr std::size_t header_bytes_max = 1'024;
constexpr std::size_t signatures_max = 8;

error not_surges(std::string_view why) {
  error refusal = refused(error_code::unauthorized, "The signature of this webhook is not valid.");
  refusal.internal = why;
  return refusal;
}

struct old_signature {
  std::string_view seconds;
  std::vector<std::string_view> signatures;
};

// Nothing: not in its form. Keys that are not known are passed over.
std::optional<old_signature> parse_old(std::string_view header) {
  old_signature parsed;
  if (header.size() > header_bytes_max) return std::nullopt;
  while (!header.empty()) {
    const std::size_t end = std::min(header.find(','), header.size());
    std::string_view part = header.substr(0, end);
    header.remove_prefix(std::min(end + 1, header.size()));
    while (part.starts_with(' ')) part.remove_prefix(1);
    const std::size_t equals = part.find('=');
    if (equals == part.npos) return std::nullopt;
    const std::string_view key = part.substr(0, equals);
    const std::string_view value = part.substr(equals + 1);
    if (key == "t") {
      if (!parsed.seconds.empty()) return std::nullopt;
      parsed.seconds = value;
    } else if (key == "v1" && parsed.signatures.size() < signatures_max) {
      parsed.signatures.push_back(value);
    }
  }
  if (parsed.seconds.empty() || parsed.signatures.empty()) return std::nullopt;
  return parsed;
}

bool is_recent(std::string_view seconds, timestamp now) {
  std::int64_t at = 0;
  const auto [stop, code] = std::from_chars(seconds.data(), seconds.data() + seconds.size(), at);
  if (code != std::errc{} || stop != seconds.data() + seconds.size()) return false;
  if (at < 0 || at > 100'000'000'000) return false;
  const std::int64_t apart_ms = now.unix_ms - at * 1'000;
  return apart_ms <= tolerance_ms && apart_ms >= -tolerance_ms;
}

result<verified_webhook> verify_old(const carrier_webhook& received, std::string_view secret,
                                    timestamp now) {
  const std::string* header = only_header(received, "surge-signature");
  if (header == nullptr) return not_surges("no signature, or two headers of one");
  const auto parsed = parse_old(*header);
  if (!parsed) return not_surges("surge-signature is not in its form");
  if (!is_recent(parsed->seconds, now)) return not_surges("surge-signature is not of this time");
  std::string signed_text(parsed->seconds);
  signed_text.append(".").append(received.body);
  const std::string right = hex(hmac_sha256(secret, signed_text));
  bool fits = false;
  for (const std::string_view each : parsed->signatures) {
    fits = constant_time_equal(each, right) || fits;
  }
  if (!fits) return not_surges("no signature fits");
  return verified_webhook{"sha256:" + hex(sha256(received.body))};
}

}  // namespace

result<verified_webhook> verify_signature(const carrier_webhook& received,
                                          std::string_view secret, timestamp now) {
  const bool is_new = std::any_of(received.headers.begin(), received.headers.end(),
                                  [](const auto& header) {
                                    return header.first.starts_with("webhook-");
                                  });
  if (!is_new) return verify_old(received, secret, now);
  TRY_ASSIGN(std::string id, verify_standard_webhook(received, secret, now));
  return verified_webhook{std::move(id)};
}

}  // namespace dialplane::surge
