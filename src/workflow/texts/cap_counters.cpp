#include "workflow/texts/cap_counters.hpp"

#include "domain/messaging_rules.hpp"

namespace dialplane {

namespace {

constexpr std::int64_t day_ms = 86'400'000;
constexpr std::size_t foreign_prefix_length = 4;  // "+44" and a digit

template <typename Id>
std::string subject_of(const Id& id) {
  return {id.bytes.begin(), id.bytes.end()};
}

std::string prefix_of(const e164& to) {
  if (to.is_nanp()) return std::string(to.area_code());
  return std::string(to.text().substr(0, foreign_prefix_length));
}

}  // namespace

std::vector<counter_key> counters_of(const text_request& wanted, const send_caps& caps) {
  std::vector<counter_key> keys;
  const auto add = [&](cap_scope scope, std::string subject) {
    if (!caps.of(scope).all_off()) keys.push_back({scope, std::move(subject)});
  };
  add(cap_scope::organization, subject_of(wanted.sender.organization));
  // Our own confirmations are no agent's doing, but a number must not be talked into endless ones.
  const bool ours = wanted.origin == text_origin::confirmation;
  if (!ours) {
    add(cap_scope::user, subject_of(wanted.sender.user));
    if (wanted.agent) add(cap_scope::agent, subject_of(*wanted.agent));
    if (wanted.key && !wanted.by_operator) add(cap_scope::key, subject_of(*wanted.key));
  }
  add(cap_scope::number, subject_of(wanted.sender.id));
  if (!ours) add(cap_scope::prefix, prefix_of(wanted.recipient));
  return keys;
}

result<void> judge_caps(session& work, const workflow_environment& env,
                        const text_request& wanted, micro_credits price, bool new_recipient) {
  const send_caps& caps = env.rules.messaging.caps;
  const std::vector<counter_key> keys = counters_of(wanted, caps);
  TRY_ASSIGN(const auto counters, work.send_counters().find(wanted.sender.organization, keys));
  const timestamp now = env.time.now();
  const send_counter more = counted_text(now, price, new_recipient);
  for (std::size_t at = 0; at < keys.size(); ++at) {
    const auto reached = find_reached_cap(caps.of(keys[at].scope), counters[at], more);
    if (reached) return cap_refusal(keys[at].scope, *reached, now);
  }
  return {};
}

result<void> judge_spending(session& work, const workflow_environment& env,
                            const text_request& wanted, const std::optional<account_kit>& kit,
                            micro_credits price) {
  if (price.value == 0) return {};
  const timestamp now = env.time.now();
  const organization_id owner = wanted.sender.organization;
  if (const auto limit = kit ? kit->phone_monthly_credit_limit() : std::nullopt) {
    TRY_ASSIGN(const micro_credits spent,
               work.ledger().spent_by_user(owner, wanted.sender.user, month_of(now)));
    if (spent + price > *limit) {
      error refusal = refused(error_code::spend_cap_reached,
                              "AccountKit \"" + kit->name + "\" allows " + to_decimal(*limit) +
                                  " credits per month, of which " + to_decimal(spent) +
                                  " are used.");
      refusal.hint = "Wait for the next month, or raise the kit's monthly_credit_limit.";
      return refusal;
    }
  }
  if (!wanted.key) return {};
  TRY_ASSIGN(const auto key, work.organizations().find_key(owner, *wanted.key));
  if (!key || !key->spend_cap_per_day) return {};
  TRY_ASSIGN(const key_day_usage usage,
             work.organizations().usage_of_key(*wanted.key, now.unix_ms / day_ms));
  if (usage.spent + price > *key->spend_cap_per_day) {
    return refused(error_code::spend_cap_reached,
                   "This would exceed the key's spend cap of " +
                       to_decimal(*key->spend_cap_per_day) + " credits per day.");
  }
  return {};
}

result<void> count_towards_caps(session& work, const workflow_environment& env,
                                const text_request& wanted, micro_credits price,
                                bool new_recipient) {
  const timestamp now = env.time.now();
  const send_caps& caps = env.rules.messaging.caps;
  const std::vector<counter_key> keys = counters_of(wanted, caps);
  TRY(work.send_counters().add(wanted.sender.organization, keys,
                               counted_text(now, price, new_recipient)));
  if (!wanted.key || price.value == 0) return {};
  return work.organizations().add_usage_of_key(*wanted.key, now.unix_ms / day_ms,
                                               {.purchases = 0, .spent = price});
}

}  // namespace dialplane
