#include "app/read_audit.hpp"

#include <utility>

namespace dialplane {

result<audit_page> read_audit(session& work, const actor& who, std::int64_t before_sequence,
                              std::size_t limit) {
  audit_page found;
  // One more than is shown tells whether there are more.
  TRY_ASSIGN(found.entries, work.audit().newest(who.organization, before_sequence, limit + 1));
  found.has_more = found.entries.size() > limit;
  if (found.has_more) found.entries.resize(limit);
  return found;
}

}  // namespace dialplane
