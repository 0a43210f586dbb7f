#include "domain/reconcile.hpp"

#include <algorithm>

#include "base/check.hpp"
#include "base/money.hpp"
#include "domain/ownership_mark.hpp"

namespace dialplane {

namespace {

constexpr std::chrono::milliseconds clock_slack{1'000};

std::string quoted(std::string_view text) { return "\"" + std::string(text) + "\""; }

std::string dollars(std::int64_t micro_usd) { return to_decimal(micro_credits{micro_usd}); }

// Carriers say it in words of their own: "ported_out", "port-out-complete".
bool tells_of_porting(std::string_view standing) {
  std::string lower(standing);
  std::ranges::transform(lower, lower.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return lower.starts_with("port") && lower.find("out") != std::string::npos;
}

class both_sides {
 public:
  both_sides(const number_here& here, const number_there& there, const comparison_rules& rules)
      : here_(here), there_(there), rules_(rules) {}

  std::vector<suspicion> judge() {
    // On its way out: what it looks like at the carrier does not matter any more.
    if (here_.status == number_status::releasing) return {};
    judge_mark();
    judge_routing();
    judge_campaign();
    judge_price();
    return std::move(found_);
  }

 private:
  void add(finding_kind kind, std::string detail) {
    found_.push_back({kind, here_.e164, std::move(detail)});
  }

  void judge_mark() {
    if (here_.imported || there_.mark.empty() || there_.mark == here_.mark) return;
    add(finding_kind::wrong_mark,
        "Expected " + quoted(here_.mark) + ", the carrier keeps " + quoted(there_.mark) + ".");
  }

  void judge_routing() {
    if (!here_.routing_set) return;  // our books say so already
    const bool tells_texts = rules_.compares_urls && !there_.text_url.empty();
    const bool tells_calls =
        rules_.compares_urls && rules_.takes_calls && !there_.voice_url.empty();
    if (tells_texts && there_.text_url != rules_.text_url) {
      return add(finding_kind::wrong_routing, "Texts go to " + quoted(there_.text_url) +
                                                  " instead of " + quoted(rules_.text_url) + ".");
    }
    if (tells_calls && there_.voice_url != rules_.voice_url) {
      return add(finding_kind::wrong_routing, "Calls go to " + quoted(there_.voice_url) +
                                                  " instead of " + quoted(rules_.voice_url) + ".");
    }
    if (!tells_texts && !tells_calls && !there_.routing_set) {
      add(finding_kind::wrong_routing, "The carrier has no routing for it.");
    }
  }

  void judge_campaign() {
    if (there_.campaign_reference.empty() || here_.campaign_reference.empty() ||
        there_.campaign_reference == here_.campaign_reference) {
      return;
    }
    add(finding_kind::wrong_campaign, "Expected campaign " + quoted(here_.campaign_reference) +
                                          ", the carrier has " +
                                          quoted(there_.campaign_reference) + ".");
  }

  void judge_price() {
    if (!here_.monthly_micro_usd || !there_.monthly_micro_usd ||
        *here_.monthly_micro_usd == *there_.monthly_micro_usd) {
      return;
    }
    add(finding_kind::price_drift, "Bought at " + dollars(*here_.monthly_micro_usd) +
                                       " USD a month, now " + dollars(*there_.monthly_micro_usd) +
                                       ".");
  }

  const number_here& here_;
  const number_there& there_;
  const comparison_rules& rules_;
  std::vector<suspicion> found_;
};

bool is_live(const number_here& here) {
  return here.status == number_status::active || here.status == number_status::suspended;
}

}  // namespace

bool policy_fits(finding_kind kind, finding_policy policy) noexcept {
  if (policy == finding_policy::report) return true;
  switch (kind) {
    case finding_kind::orphan:
      return policy == finding_policy::adopt || policy == finding_policy::release;
    case finding_kind::ghost:
    case finding_kind::ported_away:
    case finding_kind::wrong_routing:
    case finding_kind::wrong_campaign: return policy == finding_policy::repair;
    case finding_kind::wrong_mark:
    case finding_kind::price_drift: return false;
  }
  return false;
}

finding_policy reconcile_policies::of(finding_kind kind) const noexcept {
  switch (kind) {
    case finding_kind::orphan: return orphan;
    case finding_kind::ghost: return ghost;
    case finding_kind::ported_away: return ported_away;
    case finding_kind::wrong_routing: return wrong_routing;
    case finding_kind::wrong_campaign: return wrong_campaign;
    case finding_kind::wrong_mark:
    case finding_kind::price_drift: return finding_policy::report;
  }
  return finding_policy::report;
}

ownership ownership_of(const number_there& there, const comparison_rules& rules) {
  const std::optional<ownership_mark> mark = parse_ownership_mark(there.mark);
  return mark && mark->installation == rules.installation ? ownership::ours : ownership::foreign;
}

std::vector<suspicion> suspicions_of(const number_here* here, const number_there* there,
                                     const comparison_rules& rules) {
  DIALPLANE_CHECK(here != nullptr || there != nullptr);
  if (here != nullptr && there != nullptr && there->is_owned) {
    return both_sides(*here, *there, rules).judge();
  }
  if (here != nullptr) {
    if (!is_live(*here)) return {};
    if (there != nullptr && tells_of_porting(there->standing)) {
      return {{finding_kind::ported_away, here->e164,
               "The carrier says " + quoted(there->standing) + "."}};
    }
    return {{finding_kind::ghost, here->e164,
             there == nullptr ? "The account does not have it."
                              : "The carrier says " + quoted(there->standing) + "."}};
  }
  if (!there->is_owned || ownership_of(*there, rules) == ownership::foreign) return {};
  return {{finding_kind::orphan, there->e164, "Bought with the mark " + quoted(there->mark) + "."}};
}

compared_window compare_window(std::span<const number_here> here, bool here_ended,
                               std::span<const number_there> there, bool there_ended,
                               const comparison_rules& rules) {
  DIALPLANE_CHECK((here_ended || !here.empty()) && (there_ended || !there.empty()));
  compared_window window;
  std::size_t at_here = 0;
  std::size_t at_there = 0;
  while (true) {
    const bool more_here = at_here < here.size();
    const bool more_there = at_there < there.size();
    // A stream that may go on behind its piece: nothing beyond the piece can be judged yet.
    if ((!more_here && !here_ended) || (!more_there && !there_ended)) return window;
    if (!more_here && !more_there) {
      window.is_last = true;
      return window;
    }
    const bool take_here = more_here && (!more_there || here[at_here].e164 <= there[at_there].e164);
    const bool take_there =
        more_there && (!more_here || there[at_there].e164 <= here[at_here].e164);
    const number_here* ours = take_here ? &here[at_here++] : nullptr;
    const number_there* theirs = take_there ? &there[at_there++] : nullptr;
    window.up_to = ours != nullptr ? ours->e164 : theirs->e164;
    ++window.compared;
    if (ours == nullptr && ownership_of(*theirs, rules) == ownership::foreign) {
      ++window.foreign;
      continue;
    }
    for (suspicion& one : suspicions_of(ours, theirs, rules)) {
      window.suspicions.push_back(std::move(one));
    }
  }
}

bool is_settling(const number_here* here, const number_there* there, timestamp now,
                 std::chrono::milliseconds settling_time) noexcept {
  const auto is_young = [&](timestamp at) {
    return now - at < settling_time + clock_slack && at <= now + clock_slack;
  };
  return (here != nullptr && is_young(here->updated_at)) ||
         (there != nullptr && is_young(there->bought_at));
}

std::string_view sentence_of(finding_kind kind) noexcept {
  switch (kind) {
    case finding_kind::orphan:
      return "The account pays for this number of ours and nobody has it: adopt or release it.";
    case finding_kind::ghost:
      return "Our books have this number and the account does not: ask the carrier, then let it"
             " end here.";
    case finding_kind::ported_away:
      return "This number moved to another carrier: let it end here.";
    case finding_kind::wrong_mark:
      return "The carrier keeps another mark with this number: put ours back in its console.";
    case finding_kind::wrong_routing:
      return "Texts or calls to this number do not reach us: set its routing again.";
    case finding_kind::wrong_campaign:
      return "The number sends under another campaign than our books say: attach it again.";
    case finding_kind::price_drift:
      return "The carrier asks another price than when the number was bought.";
  }
  return "";
}

}  // namespace dialplane
