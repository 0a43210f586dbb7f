// Ids: UUIDv7 (RFC 9562), one C++ type per kind of thing, so that they cannot be mixed up.
//
// The naive dialect shows an id as a UUID, the cartesia dialect as a prefix and 22 base62
// characters of the same 128 bits; both forms are accepted as input on both.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/random.hpp"

namespace dialplane {

using uuid_bytes = std::array<std::uint8_t, 16>;

std::string uuid_text(const uuid_bytes& bytes);            // 0198c2a4-…, 36 characters
std::string base62_text(const uuid_bytes& bytes);          // 22 characters, zero-padded
std::optional<uuid_bytes> parse_uuid_text(std::string_view text);    // hyphens at their places
std::optional<uuid_bytes> parse_base62_text(std::string_view text);  // exactly 22, below 2^128

// `Kind` is a tag that also names the cartesia prefix ("pn_", "agent_"), empty where it has none.
template <typename Kind>
struct typed_id {
  uuid_bytes bytes{};

  auto operator<=>(const typed_id&) const = default;
  std::string uuid() const { return uuid_text(bytes); }
  std::string prefixed() const { return std::string(Kind::prefix) + base62_text(bytes); }

  // Either form; nothing for anything else.
  static std::optional<typed_id> parse(std::string_view text) {
    std::optional<uuid_bytes> bytes;
    if (!Kind::prefix.empty() && text.starts_with(Kind::prefix)) {
      bytes = parse_base62_text(text.substr(Kind::prefix.size()));
    } else {
      bytes = parse_uuid_text(text);
    }
    if (!bytes) return std::nullopt;
    return typed_id{*bytes};
  }
};

struct organization_kind { static constexpr std::string_view prefix = "org_"; };
struct api_key_kind { static constexpr std::string_view prefix = "key_"; };
struct user_kind { static constexpr std::string_view prefix = ""; };
struct account_kit_kind { static constexpr std::string_view prefix = ""; };
struct legal_entity_kind { static constexpr std::string_view prefix = ""; };
struct agent_kind { static constexpr std::string_view prefix = "agent_"; };
struct number_kind { static constexpr std::string_view prefix = "pn_"; };
struct brand_kind { static constexpr std::string_view prefix = ""; };
struct campaign_kind_tag { static constexpr std::string_view prefix = ""; };
struct operation_kind_tag { static constexpr std::string_view prefix = "op_"; };
struct approval_kind { static constexpr std::string_view prefix = ""; };
struct ledger_entry_kind { static constexpr std::string_view prefix = ""; };
struct event_kind { static constexpr std::string_view prefix = ""; };
struct audit_kind { static constexpr std::string_view prefix = ""; };
struct job_kind { static constexpr std::string_view prefix = ""; };
struct message_kind { static constexpr std::string_view prefix = "msg_"; };
struct contact_kind { static constexpr std::string_view prefix = ""; };
struct webhook_endpoint_kind { static constexpr std::string_view prefix = "agent_webhook_"; };
struct delivery_kind { static constexpr std::string_view prefix = ""; };
struct inbox_entry_kind { static constexpr std::string_view prefix = ""; };
struct carrier_account_kind { static constexpr std::string_view prefix = "prov_"; };
struct quote_kind { static constexpr std::string_view prefix = "quote_"; };
struct call_kind { static constexpr std::string_view prefix = "ac_"; };
struct reconcile_kind { static constexpr std::string_view prefix = ""; };

using organization_id = typed_id<organization_kind>;
using api_key_id = typed_id<api_key_kind>;
using user_id = typed_id<user_kind>;
using account_kit_id = typed_id<account_kit_kind>;
using legal_entity_id = typed_id<legal_entity_kind>;
using agent_id = typed_id<agent_kind>;
using number_id = typed_id<number_kind>;
using brand_id = typed_id<brand_kind>;
using campaign_id = typed_id<campaign_kind_tag>;
using operation_id = typed_id<operation_kind_tag>;
using approval_id = typed_id<approval_kind>;
using ledger_entry_id = typed_id<ledger_entry_kind>;
using event_id = typed_id<event_kind>;
using audit_id = typed_id<audit_kind>;
using job_id = typed_id<job_kind>;
using message_id = typed_id<message_kind>;
using contact_id = typed_id<contact_kind>;
using webhook_endpoint_id = typed_id<webhook_endpoint_kind>;
using delivery_id = typed_id<delivery_kind>;
using inbox_entry_id = typed_id<inbox_entry_kind>;
using carrier_account_id = typed_id<carrier_account_kind>;
using quote_id = typed_id<quote_kind>;
using call_id = typed_id<call_kind>;
using reconcile_id = typed_id<reconcile_kind>;

// Makes UUIDv7 ids that rise strictly within this process. Safe from any thread.
class id_generator {
 public:
  id_generator(const clock& time, random_source& random) : time_(time), random_(random) {}
  uuid_bytes next();
  template <typename Id>
  Id make() {
    return Id{next()};
  }

 private:
  const clock& time_;
  random_source& random_;
  std::mutex mutex_;
  std::int64_t last_ms_ = 0;
  std::uint16_t counter_ = 0;
};

}  // namespace dialplane

template <typename Kind>
struct std::hash<dialplane::typed_id<Kind>> {
  std::size_t operator()(const dialplane::typed_id<Kind>& id) const noexcept {
    std::size_t value = 0;
    for (std::size_t i = 8; i < 16; ++i) value = value << 8 | id.bytes[i];
    return value;  // the last 62 bits are random
  }
};
