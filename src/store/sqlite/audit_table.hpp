// audit_queries on SQLite. An entry's place in the order of commit is its rowid; the sealer walks
// along it and writes what it adds into rows of its own, one for a run of neighbours of one
// organization: the entries need no index, and a seal costs far less than an entry.
#pragma once

#include "base/sqlite.hpp"
#include "store/audit_queries.hpp"

namespace dialplane::sqlite {

class audit_table final : public audit_queries {
 public:
  explicit audit_table(database& on) : db_(on) {}

  result<void> append(const audit_entry& entry) override;
  result<std::size_t> seal_some(std::size_t limit) override;
  result<audit_head> head(organization_id owner) override;
  result<std::vector<sealed_run>> sealed_runs(organization_id owner, std::int64_t from_sequence,
                                              std::size_t limit) override;
  result<std::vector<audit_entry>> newest(organization_id owner, std::int64_t before_sequence,
                                          std::size_t limit) override;

 private:
  database& db_;
};

}  // namespace dialplane::sqlite
