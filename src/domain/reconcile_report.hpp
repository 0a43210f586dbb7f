// The records of comparisons with carriers: one run over one account, and what it found.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "domain/named_enum.hpp"
#include "domain/reconcile.hpp"

namespace dialplane {

enum class reconcile_state {
  listing,    // the carrier's list is being read, page by page
  comparing,  // both sides are merged, in the order of numbers
  ended,
  failed,     // the account could not be read; `failure` says why
};
NAMED_ENUM(reconcile_state, {reconcile_state::listing, "listing"},
           {reconcile_state::comparing, "comparing"}, {reconcile_state::ended, "ended"},
           {reconcile_state::failed, "failed"});

struct reconcile_run {
  reconcile_id id;
  std::string carrier;               // name of the account
  reconcile_state state = reconcile_state::listing;
  bool may_act = false;              // policies are carried out, not only told
  bool adopts = false;               // after a restore: orphans go to their organizations
  std::string cursor;                // listing: of the next page; comparing: the last number done
  bool has_cursor = false;
  std::int64_t listed = 0;
  std::int64_t compared = 0;
  std::int64_t foreign = 0;
  std::int64_t checked_again = 0;    // suspicions that were looked at a second time
  std::int64_t unanswered = 0;       // of those, without an answer, or too young for one
  std::int64_t found = 0;
  std::int64_t acted = 0;
  std::string failure;
  timestamp started_at;
  timestamp updated_at;
  std::optional<timestamp> ended_at;

  bool is_open() const noexcept {
    return state == reconcile_state::listing || state == reconcile_state::comparing;
  }
};

enum class finding_state { open, resolved };
NAMED_ENUM(finding_state, {finding_state::open, "open"}, {finding_state::resolved, "resolved"});

// One per account, kind and number; opened again when it comes back.
struct reconcile_finding {
  std::string carrier;
  finding_kind kind = finding_kind::orphan;
  std::string e164;
  finding_state state = finding_state::open;
  std::optional<organization_id> organization;  // whose number it is, or whose mark
  std::optional<number_id> number;
  std::string mark;                  // orphan: the carrier's
  std::string detail;                // plain words
  std::string resolution;            // resolved: adopted, repaired, released, gone
  timestamp first_seen_at;
  timestamp last_seen_at;
  std::optional<timestamp> resolved_at;
  reconcile_id last_run;
};

}  // namespace dialplane
