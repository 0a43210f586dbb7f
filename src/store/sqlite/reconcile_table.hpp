// reconcile_queries on SQLite.
#pragma once

#include "base/sqlite.hpp"
#include "store/reconcile_queries.hpp"

namespace dialplane::sqlite {

class reconcile_table final : public reconcile_queries {
 public:
  explicit reconcile_table(database& on) : db_(on) {}

  result<void> insert(const reconcile_run& row) override;
  result<void> update(const reconcile_run& row) override;
  result<std::optional<reconcile_run>> find(reconcile_id id) override;
  result<std::vector<reconcile_run>> open_runs() override;
  result<std::vector<reconcile_run>> last_runs() override;
  result<std::int64_t> forget_runs(std::string_view carrier, reconcile_id before,
                                   std::size_t limit) override;
  result<void> put_listed(reconcile_id run, const std::vector<number_there>& some) override;
  result<std::vector<number_there>> listed_after(reconcile_id run, std::string_view after,
                                                 std::size_t limit) override;
  result<bool> drop_listed(reconcile_id run, std::size_t limit) override;
  result<std::vector<number_here>> numbers_after(std::string_view carrier, std::string_view after,
                                                 std::size_t limit) override;
  result<std::optional<number_here>> number_at(std::string_view carrier,
                                               std::string_view e164) override;
  result<std::vector<carried_count>> carriers_of_numbers() override;
  result<std::optional<reconcile_finding>> find_finding(std::string_view carrier,
                                                        finding_kind kind,
                                                        std::string_view e164) override;
  result<void> put_finding(const reconcile_finding& row) override;
  result<bool> is_adopted(std::string_view mark) override;
  result<std::vector<reconcile_finding>> open_findings(std::optional<organization_id> owner,
                                                       std::size_t limit) override;
  result<std::vector<reconcile_finding>> unseen_findings(std::string_view carrier,
                                                         reconcile_id run,
                                                         std::size_t limit) override;
  result<std::vector<finding_count>> finding_counts() override;

 private:
  database& db_;
};

}  // namespace dialplane::sqlite
