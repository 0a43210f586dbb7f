#include "workflow/reconcile/findings.hpp"

#include <algorithm>
#include <array>

#include "domain/ownership_mark.hpp"
#include "store/reconcile_queries.hpp"
#include "workflow/reconcile/adopt_orphan.hpp"
#include "workflow/operations/end_number.hpp"
#include "workflow/records.hpp"

namespace dialplane {

namespace {

// Whose feed a finding is told in: the number's owner, the mark's, else the oldest organization,
// which is the operator's own.
result<std::optional<organization_id>> teller_of(session& work, const reconcile_finding& row) {
  if (row.organization) {
    TRY_ASSIGN(const auto known, work.organizations().find(*row.organization));
    if (known) return std::optional(known->id);
  }
  TRY_ASSIGN(const auto first, work.organizations().first());
  if (!first) return std::optional<organization_id>();
  return std::optional(first->id);
}

boost::json::value text_or_null(const std::string& text) {
  return text.empty() ? boost::json::value() : boost::json::value(text);
}

result<void> tell(session& work, workflow_environment& env, const reconcile_finding& row) {
  TRY_ASSIGN(const auto owner, teller_of(work, row));
  if (!owner) return {};
  boost::json::value phone;
  if (row.number) phone = row.number->uuid();
  return append_event(work, env, *owner, std::nullopt, "reconcile.finding",
                      {{"carrier", row.carrier},
                       {"kind", name_of_value(row.kind)},
                       {"e164", row.e164},
                       {"phone_id", std::move(phone)},
                       {"state", name_of_value(row.state)},
                       {"detail", row.detail},
                       {"resolution", text_or_null(row.resolution)},
                       {"first_seen_at", to_rfc3339(row.first_seen_at)}});
}

result<void> close_finding(session& work, workflow_environment& env, reconcile_finding row,
                           std::string_view resolution) {
  row.state = finding_state::resolved;
  row.resolution = resolution;
  row.resolved_at = env.time.now();
  TRY(work.reconciles().put_finding(row));
  return tell(work, env, row);
}

std::optional<ownership_mark> own_mark(const second_look& look) {
  if (!look.there) return std::nullopt;
  auto mark = parse_ownership_mark(look.there->mark);
  if (mark && mark->installation != look.rules.installation) mark.reset();
  return mark;
}

// The purchase, import or release behind it has not ended: it will put things right by itself.
result<bool> is_under_way(session& work, const second_look& look) {
  const auto mark = own_mark(look);
  if (!mark) return false;
  TRY_ASSIGN(const auto behind, work.operations().find_any(mark->operation));
  return behind && behind->state == operation_state::open;
}

// The row of a suspicion that held: new, opened again, or seen once more.
result<reconcile_finding> note_finding(session& work, workflow_environment& env,
                                       const second_look& look, const suspicion& what,
                                       const std::optional<number_here>& here) {
  TRY_ASSIGN(auto known, work.reconciles().find_finding(look.run.carrier, what.kind, what.e164));
  const bool is_news = !known || known->state == finding_state::resolved;
  const timestamp now = env.time.now();
  reconcile_finding row;
  row.carrier = look.run.carrier;
  row.kind = what.kind;
  row.e164 = what.e164;
  row.first_seen_at = is_news ? now : known->first_seen_at;
  row.last_seen_at = now;
  row.last_run = look.run.id;
  row.detail = what.detail;
  if (const auto mark = own_mark(look)) {
    row.organization = mark->organization;
    row.mark = look.there->mark;
  }
  if (here) {
    row.organization = here->organization;
    row.number = here->id;
  }
  TRY(work.reconciles().put_finding(row));
  if (is_news) TRY(tell(work, env, row));
  return row;
}

class acting {
 public:
  acting(session& work, workflow_environment& env, const second_look& look,
         const std::optional<number_here>& here, judged_number& into)
      : work_(work), env_(env), look_(look), here_(here), into_(into) {}

  result<void> about(const reconcile_finding& row) {
    switch (policy_for(row.kind)) {
      case finding_policy::report: return {};
      case finding_policy::adopt: return adopt(row);
      case finding_policy::release: return order(row);
      case finding_policy::repair:
        return row.kind == finding_kind::wrong_routing || row.kind == finding_kind::wrong_campaign
                   ? order(row)
                   : end(row);
    }
    return {};
  }

 private:
  finding_policy policy_for(finding_kind kind) const {
    if (kind == finding_kind::orphan && look_.run.adopts) return finding_policy::adopt;
    if (!look_.run.may_act) return finding_policy::report;
    const finding_policy chosen = look_.policies.of(kind);
    return policy_fits(kind, chosen) ? chosen : finding_policy::report;
  }

  result<void> adopt(reconcile_finding row) {
    TRY_ASSIGN(const adoption done, adopt_orphan(work_, env_, look_.run.carrier, *look_.there));
    if (!done.number) {
      row.detail += " " + done.why_not;
      return work_.reconciles().put_finding(row);
    }
    row.number = done.number;
    ++into_.acted;
    return close_finding(work_, env_, std::move(row), "adopted");
  }

  // The carrier does not have it any more, so nothing is left but our row.
  result<void> end(const reconcile_finding& row) {
    TRY_ASSIGN(auto ending, work_.numbers().find(here_->organization, here_->id));
    if (!ending) return {};
    TRY(end_number(work_, env_, *ending, ""));
    ++into_.acted;
    return close_finding(work_, env_, row, "repaired");
  }

  result<void> order(const reconcile_finding& row) {
    carrier_order wanted;
    wanted.kind = row.kind;
    wanted.e164 = row.e164;
    wanted.mark = row.mark;
    if (here_) wanted.campaign_reference = here_->campaign_reference;
    into_.orders.push_back(std::move(wanted));
    return {};
  }

  session& work_;
  workflow_environment& env_;
  const second_look& look_;
  const std::optional<number_here>& here_;
  judged_number& into_;
};

}  // namespace

result<judged_number> judge_again(session& work, workflow_environment& env,
                                  const second_look& look) {
  judged_number judged;
  TRY_ASSIGN(const std::optional<number_here> here,
             work.reconciles().number_at(look.run.carrier, look.e164));
  if (!here && !look.there) return judged;
  const number_here* ours = here ? &*here : nullptr;
  const number_there* theirs = look.there ? &*look.there : nullptr;
  TRY_ASSIGN(const bool under_way, is_under_way(work, look));
  judged.is_too_young =
      !under_way && is_settling(ours, theirs, env.time.now(), look.settling_time);
  if (under_way || judged.is_too_young) {
    TRY(leave_open(work, look.run, look.e164));
    return judged;
  }
  if (ours == nullptr && ownership_of(*theirs, look.rules) == ownership::foreign) return judged;
  for (const suspicion& what : suspicions_of(ours, theirs, look.rules)) {
    TRY_ASSIGN(reconcile_finding row, note_finding(work, env, look, what, here));
    ++judged.found;
    TRY(acting(work, env, look, here, judged).about(row));
  }
  return judged;
}

result<void> leave_open(session& work, const reconcile_run& run, std::string_view e164) {
  for (const auto& [kind, name] : enum_names<finding_kind>::names) {
    TRY_ASSIGN(auto known, work.reconciles().find_finding(run.carrier, kind, e164));
    if (!known || known->state != finding_state::open) continue;
    known->last_run = run.id;
    TRY(work.reconciles().put_finding(*known));
  }
  return {};
}

result<void> resolve_finding(session& work, workflow_environment& env, std::string_view carrier,
                             finding_kind kind, std::string_view e164,
                             std::string_view resolution) {
  TRY_ASSIGN(auto known, work.reconciles().find_finding(carrier, kind, e164));
  if (!known || known->state != finding_state::open) return {};
  return close_finding(work, env, *std::move(known), resolution);
}

result<bool> resolve_unseen(session& work, workflow_environment& env, const reconcile_run& run,
                            std::size_t limit) {
  TRY_ASSIGN(auto unseen, work.reconciles().unseen_findings(run.carrier, run.id, limit));
  const bool is_all = unseen.size() < limit;
  for (reconcile_finding& row : unseen) {
    TRY(close_finding(work, env, std::move(row), "gone"));
  }
  return is_all;
}

}  // namespace dialplane
