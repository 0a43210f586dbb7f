// Reading the audit log, newest first. Entries appear once they are sealed into the hash chain,
// some instants after the act. Runs inside a unit and changes nothing.
#pragma once

#include <cstdint>
#include <vector>

#include "domain/audit.hpp"
#include "domain/organization.hpp"
#include "store/session.hpp"

namespace dialplane {

struct audit_page {
  std::vector<audit_entry> entries;
  bool has_more = false;
};

// `before_sequence` 0: from the end.
result<audit_page> read_audit(session& work, const actor& who, std::int64_t before_sequence,
                              std::size_t limit);

}  // namespace dialplane
