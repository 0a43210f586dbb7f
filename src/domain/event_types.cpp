#include "domain/event_types.hpp"

#include <algorithm>

namespace dialplane {

namespace {

constexpr std::string_view types[] = {
    "approval.requested",
    "approval.resolved",
    "brand.updated",
    "call.completed",
    "call.failed",
    "call.started",
    "campaign.updated",
    "carrier.account_changed",
    "contact.opted_in",
    "contact.opted_out",
    "contact.revocation_flagged",
    "phone.attachment_failed",
    "phone.capabilities_changed",
    "phone.imported",
    "phone.provisioned",
    "phone.released",
    "phone.rental_due",
    "phone.rental_paid",
    "phone.rental_suspended",
    "reconcile.finding",
    "sms.received",
    "sms.reply_refused",
    "sms.status",
    "webhook.disabled",
};

}  // namespace

std::span<const std::string_view> all_event_types() noexcept { return types; }

bool is_event_type(std::string_view text) noexcept {
  return std::ranges::find(types, text) != std::end(types);
}

}  // namespace dialplane
