// The audit log. Entries are appended in the transaction of the act and sealed into the
// organization's hash chain afterwards by one sealer, so that writers never queue for it.
#pragma once

#include <optional>
#include <vector>

#include "base/error.hpp"
#include "domain/audit.hpp"
#include "store/paging.hpp"

namespace dialplane {

struct audit_head {
  std::int64_t sequence = 0;
  audit_hash hash{};
};

class audit_queries {
 public:
  virtual ~audit_queries() = default;
  virtual result<void> append(const audit_entry& entry) = 0;
  // Gives up to `limit` committed, unsealed entries their sequence and hash. Returns how many.
  virtual result<std::size_t> seal_some(std::size_t limit) = 0;
  virtual result<audit_head> head(organization_id owner) = 0;
  // Sealed entries in sequence order, from `from_sequence`.
  virtual result<std::vector<audit_entry>> sealed_entries(organization_id owner,
                                                          std::int64_t from_sequence,
                                                          std::size_t limit) = 0;
  // Newest first by sequence; `before_sequence` 0 = from the end.
  virtual result<std::vector<audit_entry>> newest(organization_id owner,
                                                  std::int64_t before_sequence,
                                                  std::size_t limit) = 0;
};

}  // namespace dialplane
