// What a carrier account holds against what our books say: the pure half of the comparison.
//
// Two streams of numbers, each in the order of their E.164 text, are merged; each number becomes at
// most a few suspicions, which are no findings yet: whoever reports one asks the carrier and the
// books again first (workflow/reconcile). Knows no carrier, no database and no clock of its own.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "domain/named_enum.hpp"
#include "domain/number.hpp"

namespace dialplane {

enum class finding_kind {
  orphan,          // our mark at the carrier, no live row of ours: paid for and used by nobody
  ghost,           // live in our books, not in the account
  ported_away,     // the carrier says that it moved to another carrier
  wrong_mark,      // ours, and the carrier keeps another mark with it
  wrong_routing,   // its texts or calls do not come to us
  wrong_campaign,  // sends under another campaign than our books say
  price_drift,     // costs more or less than when it was bought
};
NAMED_ENUM(finding_kind, {finding_kind::orphan, "orphan"}, {finding_kind::ghost, "ghost"},
           {finding_kind::ported_away, "ported_away"}, {finding_kind::wrong_mark, "wrong_mark"},
           {finding_kind::wrong_routing, "wrong_routing"},
           {finding_kind::wrong_campaign, "wrong_campaign"},
           {finding_kind::price_drift, "price_drift"});

// What is done about a finding when a comparison may act.
enum class finding_policy {
  report,   // nothing: told only
  adopt,    // orphan: a number of the organization its mark names, to be looked at, not charged
  repair,   // books or carrier are put right, whichever is known to be wrong
  release,  // orphan: given back to the carrier
};
NAMED_ENUM(finding_policy, {finding_policy::report, "report"}, {finding_policy::adopt, "adopt"},
           {finding_policy::repair, "repair"}, {finding_policy::release, "release"});

// Whether that may be done about that kind at all: releasing only where the mark is ours.
bool policy_fits(finding_kind kind, finding_policy policy) noexcept;

struct reconcile_policies {
  finding_policy orphan = finding_policy::adopt;
  finding_policy ghost = finding_policy::report;
  finding_policy ported_away = finding_policy::report;
  finding_policy wrong_routing = finding_policy::repair;
  finding_policy wrong_campaign = finding_policy::repair;

  finding_policy of(finding_kind kind) const noexcept;
};

// A number in our books, not released.
struct number_here {
  std::string e164;
  organization_id organization;
  number_id id;
  number_status status = number_status::active;
  std::string mark;
  bool imported = false;
  bool routing_set = false;
  std::string campaign_reference;  // the carrier's, of the campaign it is attached to; or empty
  std::optional<std::int64_t> monthly_micro_usd;  // what the carrier asked when it was bought
  timestamp updated_at;
};

// A number as the carrier lists it.
struct number_there {
  std::string e164;
  std::string mark;
  timestamp bought_at;
  bool is_owned = true;            // false: ordered, or ended
  std::string standing;            // the carrier's own word
  bool routing_set = false;
  std::string text_url;            // these: empty where the carrier does not tell
  std::string voice_url;
  std::string campaign_reference;
  std::optional<std::int64_t> monthly_micro_usd;
};

struct comparison_rules {
  std::string installation;        // of our marks
  std::string text_url;            // where the account's numbers should lead
  std::string voice_url;
  bool compares_urls = true;       // false: the account only says whether routing is set
  bool takes_calls = true;
};

struct suspicion {
  finding_kind kind = finding_kind::orphan;
  std::string e164;
  std::string detail;              // plain words: what is expected, what is there
  bool operator==(const suspicion&) const = default;
};

enum class ownership { ours, foreign };
// Foreign: without our installation's mark, and in no books of ours.
ownership ownership_of(const number_there& there, const comparison_rules& rules);

// One number, as one side or both have it. At least one side is there.
std::vector<suspicion> suspicions_of(const number_here* here, const number_there* there,
                                     const comparison_rules& rules);

// A piece of both streams, merged.
struct compared_window {
  std::vector<suspicion> suspicions;
  std::int64_t compared = 0;
  std::int64_t foreign = 0;
  std::string up_to;               // both sides are done to here, inclusive
  bool is_last = false;
};

// Each piece holds what follows the last window, in order; `_ended`: the stream has no more. A
// piece may be empty only where its stream has ended.
compared_window compare_window(std::span<const number_here> here, bool here_ended,
                               std::span<const number_there> there, bool there_ended,
                               const comparison_rules& rules);

// Too young to judge: the carrier may not list it yet, or what changed it may still be under way.
bool is_settling(const number_here* here, const number_there* there, timestamp now,
                 std::chrono::milliseconds settling_time) noexcept;

// For people: what the kind means and what to do about it.
std::string_view sentence_of(finding_kind kind) noexcept;

}  // namespace dialplane
