// What US carriers demand before a number may send texts: a brand (the company) and a campaign
// (what it sends), or, for toll-free numbers, a verification. Rules: A2P 10DLC, The Campaign
// Registry's terms.
#pragma once

#include <optional>
#include <string>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "domain/named_enum.hpp"

namespace dialplane {

enum class brand_status { pending, verified, failed };
NAMED_ENUM(brand_status, {brand_status::pending, "pending"}, {brand_status::verified, "verified"},
           {brand_status::failed, "failed"});

struct brand {
  brand_id id;
  organization_id organization;
  user_id user;
  legal_entity_id entity;
  brand_status status = brand_status::pending;
  timestamp created_at;
  timestamp updated_at;
};

enum class campaign_kind { ten_dlc, toll_free_verification };
NAMED_ENUM(campaign_kind, {campaign_kind::ten_dlc, "10dlc"},
           {campaign_kind::toll_free_verification, "toll_free_verification"});

enum class campaign_status { created, in_review, active, rejected };
NAMED_ENUM(campaign_status, {campaign_status::created, "created"},
           {campaign_status::in_review, "in_review"}, {campaign_status::active, "active"},
           {campaign_status::rejected, "rejected"});

struct campaign {
  campaign_id id;
  organization_id organization;
  user_id user;
  std::optional<brand_id> brand;     // 10DLC only
  std::optional<number_id> number;   // toll-free: the one number it is for
  campaign_kind kind = campaign_kind::ten_dlc;
  campaign_status status = campaign_status::created;
  std::string carrier;
  std::string carrier_reference;     // the carrier's id, empty until filed
  std::string use_case = "customer_care";
  std::optional<std::string> rejection_reason;
  std::optional<timestamp> submitted_at;
  std::optional<timestamp> approved_at;
  std::optional<timestamp> rejected_at;
  timestamp created_at;
  timestamp updated_at;
};

// "1-2 business days", "1-2 weeks", or nothing once decided.
std::optional<std::string> review_eta(const campaign& subject);

}  // namespace dialplane
