// The audit log. Entries are appended in the transaction of the act and sealed into the
// organization's hash chain afterwards by one sealer, so that writers never queue for it.
#pragma once

#include <optional>
#include <vector>

#include "base/error.hpp"
#include "domain/audit.hpp"
#include "store/paging.hpp"

namespace dialplane {

class audit_queries {
 public:
  virtual ~audit_queries() = default;
  virtual result<void> append(const audit_entry& entry) = 0;
  // Gives up to `limit` committed, unsealed entries their sequence and hash. Returns how many.
  virtual result<std::size_t> seal_some(std::size_t limit) = 0;
  virtual result<audit_head> head(organization_id owner) = 0;
  // What is sealed, in sequence order, from the run that begins at `from_sequence` or after it. At
  // most `limit` runs of some entries each.
  virtual result<std::vector<sealed_run>> sealed_runs(organization_id owner,
                                                      std::int64_t from_sequence,
                                                      std::size_t limit) = 0;
  // Newest first by sequence; `before_sequence` 0 = from the end. An error where a run is not
  // whole: a list never looks shorter than it is.
  virtual result<std::vector<audit_entry>> newest(organization_id owner,
                                                  std::int64_t before_sequence,
                                                  std::size_t limit) = 0;
};

}  // namespace dialplane
