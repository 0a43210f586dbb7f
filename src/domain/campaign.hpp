// What US carriers demand before a number may send texts: a brand (the company) and a campaign
// (what it sends), or, for toll-free numbers, a verification. Rules: A2P 10DLC, The Campaign
// Registry's terms. docs/operations.md draws the states.
#pragma once

#include <boost/json/object.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/money.hpp"
#include "domain/named_enum.hpp"

namespace dialplane {

// As carriers report it and clients see it.
enum class brand_status { pending, verified, failed };
NAMED_ENUM(brand_status, {brand_status::pending, "pending"}, {brand_status::verified, "verified"},
           {brand_status::failed, "failed"});

// draft -> submitted (-> pending_otp) -> verified | failed; failed -> resubmitted -> ...
enum class brand_stage { draft, submitted, pending_otp, verified, failed, resubmitted };
NAMED_ENUM(brand_stage, {brand_stage::draft, "draft"}, {brand_stage::submitted, "submitted"},
           {brand_stage::pending_otp, "pending_otp"}, {brand_stage::verified, "verified"},
           {brand_stage::failed, "failed"}, {brand_stage::resubmitted, "resubmitted"});

brand_status status_of(brand_stage stage) noexcept;

// A company with an EIN, or a person without one, who confirms by a texted code.
enum class registration_tier { standard, sole_proprietor };
NAMED_ENUM(registration_tier, {registration_tier::standard, "standard"},
           {registration_tier::sole_proprietor, "sole_proprietor"});

// Where a filing's fee is. due: to be held with the next purchase or resubmission; returned means
// the same after nothing was filed.
enum class fee_state { due, held, captured, returned };
NAMED_ENUM(fee_state, {fee_state::due, "due"}, {fee_state::held, "held"},
           {fee_state::captured, "captured"}, {fee_state::returned, "returned"});

// A registry's fee is not refundable: captured when the filing was accepted, returned when nothing
// was filed.
struct filing_fee {
  micro_credits amount;
  fee_state state = fee_state::due;

  bool is_taken() const noexcept {
    return state == fee_state::held || state == fee_state::captured;
  }
  bool operator==(const filing_fee&) const = default;
};

// One per legal entity.
struct brand {
  brand_id id;
  organization_id organization;
  user_id user;
  legal_entity_id entity;
  registration_tier tier = registration_tier::standard;
  brand_stage stage = brand_stage::draft;
  std::string carrier;
  std::string carrier_reference;             // the carrier's id, empty until filed
  std::int64_t submissions = 0;              // how often it was handed to the carrier
  std::optional<std::string> failure_reason;
  std::string findings = "[]";               // JSON: what is to be corrected, see findings.hpp
  std::optional<std::string> mobile_number;  // of a sole proprietor: gets the code
  std::optional<timestamp> code_expires_at;
  std::optional<operation_id> operation;     // the one that files it, if any does
  filing_fee fee;
  timestamp stage_since;
  timestamp created_at;
  timestamp updated_at;
};

enum class campaign_kind { ten_dlc, toll_free_verification };
NAMED_ENUM(campaign_kind, {campaign_kind::ten_dlc, "10dlc"},
           {campaign_kind::toll_free_verification, "toll_free_verification"});

// suspended: by a carrier after approval; may end. expired: ended for good, by us or by itself.
enum class campaign_status { created, in_review, active, rejected, suspended, expired };
NAMED_ENUM(campaign_status, {campaign_status::created, "created"},
           {campaign_status::in_review, "in_review"}, {campaign_status::active, "active"},
           {campaign_status::rejected, "rejected"}, {campaign_status::suspended, "suspended"},
           {campaign_status::expired, "expired"});

// status_detail of a campaign that our own check stopped: no carrier has seen it.
inline constexpr std::string_view not_filed_detail = "not_filed";

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
  std::string status_detail;         // the carrier's own word, or not_filed; may be empty
  std::string findings = "[]";       // JSON: what is to be corrected, see findings.hpp
  std::int64_t submissions = 0;      // how often it was handed to the carrier
  std::optional<operation_id> operation;  // the one that files or ends it, if any does
  filing_fee fee;
  timestamp status_since;
  timestamp created_at;
  timestamp updated_at;

  bool is_not_filed() const noexcept { return status_detail == not_filed_detail; }
};

// Whether a number may use it: pending is asked for, attached may send, failed is tried again.
enum class attachment_status { pending, attached, failed };

// "1-2 business days", "1-2 weeks", or nothing once decided.
std::optional<std::string> review_eta(const campaign& subject);

// The four words of the naive dialect, and expired: a suspended campaign is shown as rejected,
// with its own word in status_detail.
std::string_view wire_status(campaign_status status) noexcept;

// A sole proprietor's brand that its owner has still to confirm by the code.
bool awaits_owner(const std::optional<brand>& company) noexcept;

// The first of the record's messaging.use_cases, which a campaign cannot change later.
std::string use_case_of(const boost::json::object& entity_record);

}  // namespace dialplane
