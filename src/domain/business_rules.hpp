// What the operator may set about business: prices, plans, caps, approval rules. Plain data, read
// at start and handed around by reference; the defaults are those of the founding documents.
#pragma once

#include <chrono>
#include <cstdint>

#include "domain/messaging_rules.hpp"
#include "domain/plans_and_prices.hpp"
#include "domain/purchase_rules.hpp"

namespace dialplane {

struct business_rules {
  price_list prices;
  slot_table slots;
  // Purchases per key and day: this times the plan's slots. 0 switches the cap off.
  std::int64_t purchase_cap_factor = 3;
  bool charge_cartesia_dialect = false;  // slots govern there; this charges the price list too
  std::chrono::milliseconds approval_expiry{72 * 3'600'000};
  bool approvals_bypass_default_user = false;  // agents on the default user are never gated
  bool agent_keys_may_resolve = false;         // never their own requests
  // How long a request waits for its operation before it answers "pending".
  std::chrono::milliseconds result_wait{25'000};
  // How long a purchase is tried when the carrier certainly did nothing.
  std::chrono::milliseconds purchase_retry_for{20'000};
  std::int64_t numbers_tried_max = 8;          // exact numbers, when each is gone by then
  std::chrono::hours keyed_replay_kept{48};    // Idempotency-Key memory of ended work
  std::chrono::minutes marked_replay_kept{10};
  std::chrono::hours events_kept{30 * 24};     // and the log of their deliveries
  messaging_rules messaging;
  purchase_rules purchases;
  // A text that the carrier took and then reports as failed: are its credits given back? Carriers
  // bill such texts.
  bool refund_failed_texts = false;
  // Numbers on one campaign; carriers ask for a pool registration beyond that.
  std::int64_t campaign_numbers_max = 49;
  std::int64_t brands_per_mobile_max = 3;  // sole proprietors with one mobile number
};

}  // namespace dialplane
