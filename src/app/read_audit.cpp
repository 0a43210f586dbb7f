#include "app/read_audit.hpp"

#include <algorithm>
#include <utility>

namespace dialplane {

result<audit_page> read_audit(session& work, const actor& who, std::int64_t before_sequence,
                              std::size_t limit) {
  // One more than shown: it says whether there are more, and holds the previous hash of the last.
  TRY_ASSIGN(auto rows, work.audit().newest(who.organization, before_sequence, limit + 1));
  audit_page found;
  found.has_more = rows.size() > limit;
  found.lines.reserve(std::min(rows.size(), limit));
  for (std::size_t at = 0; at < rows.size() && at < limit; ++at) {
    audit_line line;
    if (at + 1 < rows.size()) line.previous = rows[at + 1].hash;
    line.entry = std::move(rows[at]);
    found.lines.push_back(std::move(line));
  }
  return found;
}

}  // namespace dialplane
