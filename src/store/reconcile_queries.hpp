// Rows of comparisons with carriers: how far one is, and what differed.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "domain/reconcile_report.hpp"

namespace dialplane {

// Open findings of one account and kind.
struct finding_count {
  std::string carrier;
  finding_kind kind = finding_kind::orphan;
  std::int64_t open = 0;
};

// An account that numbers name, with how many live ones.
struct carried_count {
  std::string carrier;
  std::int64_t numbers = 0;
};

class reconcile_queries {
 public:
  virtual ~reconcile_queries() = default;

  // conflict: that account is being compared already.
  virtual result<void> insert(const reconcile_run& row) = 0;
  virtual result<void> update(const reconcile_run& row) = 0;
  virtual result<std::optional<reconcile_run>> find(reconcile_id id) = 0;
  // Listing or comparing, oldest first, at most 1,000.
  virtual result<std::vector<reconcile_run>> open_runs() = 0;
  // The newest of each account, at most 1,000.
  virtual result<std::vector<reconcile_run>> last_runs() = 0;
  // Runs of that account before that one go, oldest first.
  virtual result<std::int64_t> forget_runs(std::string_view carrier, reconcile_id before,
                                           std::size_t limit) = 0;

  // What the carrier listed in a run. A number told twice counts once, as it was told last.
  virtual result<void> put_listed(reconcile_id run, const std::vector<number_there>& some) = 0;
  // In the order of E.164, behind `after`.
  virtual result<std::vector<number_there>> listed_after(reconcile_id run, std::string_view after,
                                                         std::size_t limit) = 0;
  // True: nothing is left.
  virtual result<bool> drop_listed(reconcile_id run, std::size_t limit) = 0;

  // Our side: numbers with an e164 at that account, not pending, not released; by E.164.
  virtual result<std::vector<number_here>> numbers_after(std::string_view carrier,
                                                         std::string_view after,
                                                         std::size_t limit) = 0;
  virtual result<std::optional<number_here>> number_at(std::string_view carrier,
                                                       std::string_view e164) = 0;
  // Every account that live numbers name, at most 1,000.
  virtual result<std::vector<carried_count>> carriers_of_numbers() = 0;

  virtual result<std::optional<reconcile_finding>> find_finding(std::string_view carrier,
                                                                finding_kind kind,
                                                                std::string_view e164) = 0;
  virtual result<void> put_finding(const reconcile_finding& row) = 0;  // replaces
  // Was that mark's number given to its organization before?
  virtual result<bool> is_adopted(std::string_view mark) = 0;
  // Open ones by account, kind and number; `owner`: only that organization's.
  virtual result<std::vector<reconcile_finding>> open_findings(
      std::optional<organization_id> owner, std::size_t limit) = 0;
  // Open ones of an account that this run did not see.
  virtual result<std::vector<reconcile_finding>> unseen_findings(std::string_view carrier,
                                                                 reconcile_id run,
                                                                 std::size_t limit) = 0;
  virtual result<std::vector<finding_count>> finding_counts() = 0;
};

}  // namespace dialplane
