#include "workflow/registration/fees.hpp"

namespace dialplane {

namespace {

struct movement {
  ledger_kind kind;
  ledger_account from;
  ledger_account to;
};

constexpr movement holding{ledger_kind::hold, ledger_account::available, ledger_account::held};
constexpr movement capturing{ledger_kind::charge, ledger_account::held, ledger_account::spent};
constexpr movement returning{ledger_kind::refund, ledger_account::held,
                             ledger_account::available};

template <typename Filing>
result<void> move_fee(session& work, workflow_environment& env, const Filing& of,
                      const movement& how) {
  if (of.fee.amount.value == 0) return {};
  ledger_entry entry;
  entry.id = env.ids.make<ledger_entry_id>();
  entry.organization = of.organization;
  entry.user = of.user;
  entry.kind = how.kind;
  entry.from = how.from;
  entry.to = how.to;
  entry.amount = of.fee.amount;
  entry.action = fee_action(of);
  entry.reference = of.id.uuid();
  entry.created_at = env.time.now();
  TRY(work.ledger().post(std::move(entry)));
  return {};
}

template <typename Filing>
result<void> hold(session& work, workflow_environment& env, Filing& of, micro_credits amount) {
  if (of.fee.is_taken()) return {};
  of.fee = {amount, fee_state::held};
  return move_fee(work, env, of, holding);
}

template <typename Filing>
result<void> capture(session& work, workflow_environment& env, Filing& of) {
  if (of.fee.state != fee_state::held) return {};
  of.fee.state = fee_state::captured;
  return move_fee(work, env, of, capturing);
}

template <typename Filing>
result<void> give_back(session& work, workflow_environment& env, Filing& of) {
  if (of.fee.state != fee_state::held) return {};
  of.fee.state = fee_state::returned;
  return move_fee(work, env, of, returning);
}

}  // namespace

std::string_view fee_action(const brand&) noexcept { return "phone.brand_registration"; }

std::string_view fee_action(const campaign& of) noexcept {
  return of.kind == campaign_kind::ten_dlc ? "phone.campaign_registration"
                                           : "phone.toll_free_verification";
}

result<void> hold_fee(session& work, workflow_environment& env, brand& of, micro_credits amount) {
  return hold(work, env, of, amount);
}
result<void> hold_fee(session& work, workflow_environment& env, campaign& of,
                      micro_credits amount) {
  return hold(work, env, of, amount);
}
result<void> capture_fee(session& work, workflow_environment& env, brand& of) {
  return capture(work, env, of);
}
result<void> capture_fee(session& work, workflow_environment& env, campaign& of) {
  return capture(work, env, of);
}
result<void> return_fee(session& work, workflow_environment& env, brand& of) {
  return give_back(work, env, of);
}
result<void> return_fee(session& work, workflow_environment& env, campaign& of) {
  return give_back(work, env, of);
}

}  // namespace dialplane
