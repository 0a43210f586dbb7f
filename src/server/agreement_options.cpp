#include "server/agreement_options.hpp"

#include "base/object_reader.hpp"

namespace dialplane {

namespace {

using settings = server_settings;
using text = std::string_view;

result<void> keep_time(std::chrono::milliseconds& into, text given, std::int64_t min,
                       std::int64_t max) {
  TRY_ASSIGN(const std::int64_t value, read_whole_number(given, min, max));
  into = std::chrono::milliseconds(value);
  return {};
}

template <finding_kind Kind, finding_policy reconcile_policies::*Policy>
result<void> keep_policy(settings& s, text given) {
  const auto chosen = value_named<finding_policy>(given);
  if (!chosen || !policy_fits(Kind, *chosen)) {
    return must_be(Kind == finding_kind::orphan ? "report, adopt or release" : "report or repair");
  }
  s.reconcile.policies.*Policy = *chosen;
  return {};
}

constexpr option_row agreement_rows[] = {
    {"data.generation_file", "FILE",
     "Remembers how far the database was, to notice that an older copy took its place; best on"
     " another disk (DATA-DIR/generation).",
     [](settings& s, text t) -> result<void> {
       if (t.empty() || t.size() > 4096) return must_be("a file");
       s.generation_file = t;
       return {};
     }},
    {"rental.imported", "", "Charge rental for imported numbers too (false).",
     [](settings& s, text t) -> result<void> {
       TRY_ASSIGN(s.rentals.charges_imported, read_switch(t));
       return {};
     }},
    {"rental.grace_ms", "MS", "Unpaid for so long, a number sends no more texts (7 days).",
     [](settings& s, text t) { return keep_time(s.rentals.grace, t, 0, 365 * day_ms); }},
    {"rental.retry_ms", "MS", "Between tries to charge what is unpaid (3600000).",
     [](settings& s, text t) { return keep_time(s.rentals.retry, t, 100, 7 * day_ms); }},
    {"rental.month_ms", "MS", "A month that is shorter, to try rentals; 0: of the calendar (0).",
     [](settings& s, text t) { return keep_time(s.rentals.month, t, 0, 365 * day_ms); }},
    {"reconcile.interval_ms", "MS",
     "Between comparisons with each real carrier account; 0: only when asked (24 hours).",
     [](settings& s, text t) { return keep_time(s.reconcile.interval, t, 0, 365 * day_ms); }},
    {"reconcile.sandbox", "", "Compare with the sandbox carrier by itself too (false).",
     [](settings& s, text t) -> result<void> {
       TRY_ASSIGN(s.reconcile.every_account, read_switch(t));
       return {};
     }},
    {"reconcile.apply", "", "Comparisons by itself also do what the policies say (false).",
     [](settings& s, text t) -> result<void> {
       TRY_ASSIGN(s.reconcile.acts, read_switch(t));
       return {};
     }},
    {"reconcile.orphan", "POLICY",
     "A number of ours that nobody has: report, adopt or release (adopt).",
     &keep_policy<finding_kind::orphan, &reconcile_policies::orphan>},
    {"reconcile.ghost", "POLICY",
     "A number that only our books have: report, or repair: it ends (report).",
     &keep_policy<finding_kind::ghost, &reconcile_policies::ghost>},
    {"reconcile.ported_away", "POLICY", "report, or repair: the number ends (report).",
     &keep_policy<finding_kind::ported_away, &reconcile_policies::ported_away>},
    {"reconcile.wrong_routing", "POLICY", "report, or repair: set it again (repair).",
     &keep_policy<finding_kind::wrong_routing, &reconcile_policies::wrong_routing>},
    {"reconcile.wrong_campaign", "POLICY", "report, or repair: attach it again (repair).",
     &keep_policy<finding_kind::wrong_campaign, &reconcile_policies::wrong_campaign>},
    {"texts.sweep_ms", "MS",
     "Between questions for received texts whose webhook was lost, where the carrier can be"
     " asked; 0: never (300000).",
     [](settings& s, text t) { return keep_time(s.text_sweep_interval, t, 0, day_ms); }},
};

}  // namespace

std::span<const option_row> agreement_option_rows() noexcept { return agreement_rows; }

}  // namespace dialplane
