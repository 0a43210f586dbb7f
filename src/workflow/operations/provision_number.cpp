#include "workflow/operations/provision_number.hpp"

#include <algorithm>
#include <utility>

#include "base/crash_point.hpp"
#include "base/log.hpp"
#include "domain/ownership_mark.hpp"
#include "workflow/operations/settle_provision.hpp"
#include "workflow/purchasing/offered_cost.hpp"
#include "workflow/purchasing/quoted_numbers.hpp"
#include "workflow/purchasing/sellers_for.hpp"
#include "workflow/reconcile/restore_pause.hpp"
#include "workflow/registration/moving.hpp"

namespace dialplane {

namespace {

constexpr std::chrono::milliseconds purchase_retry_most{2'000};
constexpr std::chrono::milliseconds look_up_most{5'000};
constexpr std::chrono::hours retry_age_max{24};
// An order that the carrier works on is asked for often at first.
constexpr std::chrono::minutes asked_often_for{2};
constexpr std::chrono::milliseconds order_pause{30'000};
// Until an account that was taken away while it had this purchase is back.
constexpr std::chrono::milliseconds account_gone_pause{30'000};
constexpr std::chrono::milliseconds queue_full_pause{5'000};
// Routing that will not be set keeps the number, shown as it is, after this many tries.
constexpr std::int64_t routing_tries_max = 10;

error no_stock(const provision_plan& plan) {
  if (!plan.exact.empty()) {
    error gone = refused(error_code::number_unavailable, "This number is not for sale now.");
    gone.hint = "GET /v1/phone/available shows numbers that are.";
    return gone;
  }
  error failure = refused(error_code::number_unavailable,
                          plan.area_code.empty()
                              ? "The carrier has no such number for sale now."
                              : "No number is for sale for area code " + plan.area_code +
                                    " under the policy \"" + std::string(name_of(plan.policy)) +
                                    "\".");
  if (plan.policy != area_code_policy::any && !plan.area_code.empty()) {
    failure.hint = "Widen \"area_code_policy\" (exact, overlay, state, any) or ask another code.";
  }
  return failure;
}

error carrier_down(const error& why) {
  return not_done(error_code::carrier_unavailable,
                  "The carrier could not be reached; nothing was bought.", describe(why));
}

error never_completed() {
  return not_done(error_code::carrier_unavailable,
                  "The carrier did not complete the purchase; nothing was bought.",
                  "absent after the settling time");
}

bool is_dearer(const carrier_cost& now, const carrier_cost& quoted) {
  if (!now.monthly_micro_usd || !quoted.monthly_micro_usd) return false;
  return *now.monthly_micro_usd > *quoted.monthly_micro_usd ||
         now.upfront_micro_usd > quoted.upfront_micro_usd;
}

error carrier_price_rose() {
  error why = refused(error_code::price_changed,
                      "The carrier asks more for this number than when it was quoted.");
  why.hint = "Ask for a new quote.";
  return why;
}

}  // namespace

void provision_number_run::advance() {
  if (const auto known = std::exchange(row.plan_at_hand, nullptr)) {
    plan_ = *known;
  } else {
    result<provision_plan> plan = parse_provision_plan(row.request);
    if (!plan) return compensate(plan.error());
    plan_ = *std::move(plan);
  }
  begun_ = resumed ? now() : row.created_at;
  const bool may_be_bought = row.step != operation_step::number_bought;
  if (resumed && may_be_bought) return ask_after_restore();
  go_on();
}

void provision_number_run::go_on() {
  if (row.step == operation_step::accepted) return choose_number();
  if (account() == nullptr) {
    log_line(log_level::warn, "a purchase waits for a carrier account that is not open",
             {{"operation", row.id.uuid()}, {"carrier", row.carrier}});
    return retry_in(account_gone_pause, [self = self()] { self->advance(); });
  }
  switch (row.step) {
    case operation_step::intent_written:
      // A dead process may have sent the purchase up to the instant it died.
      return resumed ? outcome_became_unknown() : buy();
    case operation_step::order_pending:
    case operation_step::outcome_unknown: return look_up();
    case operation_step::number_bought: return set_routing();
    default: return compensate(internal_fault("a provision at an impossible step"));
  }
}

std::shared_ptr<provision_number_run> provision_number_run::self() {
  return std::static_pointer_cast<provision_number_run>(shared_from_this());
}

// Null: never open in this process.
carrier* provision_number_run::account() {
  carrier* found = env().carriers.find(row.carrier);
  if (found != nullptr) account_ = found;
  return account_;
}

// A run that takes over (after a restart, say) has the whole time again, within limits.
bool provision_number_run::may_retry() const {
  return now() - begun_ < env().rules.purchase_retry_for && now() - row.created_at < retry_age_max;
}

number_routing provision_number_run::routing() const {
  return {env().public_url + "/carriers/" + row.carrier + "/texts",
          env().public_url + "/carriers/" + row.carrier + "/calls"};
}

// Goes on when this purchase may be made at that account. Searches from memory need no turn: they
// cost the carrier nothing.
void provision_number_run::with_turn(carrier& at, event_loop::task go) {
  const std::string& name = at.abilities().name;
  if (at.abilities().search_is_local || turn_.is_at(name)) return go();
  turn_ = {};
  const bool taken = purchases().enter(
      name, row.organization,
      [self = self(), go = std::move(go)](purchase_queue::turn granted) mutable {
        self->turn_ = std::move(granted);
        if (!self->had_turn_) self->begun_ = self->now();  // waiting was not trying
        self->had_turn_ = true;
        go();
      });
  if (!taken) retry_in(queue_full_pause, [self = self()] { self->advance(); });
}

// ---- choosing ---------------------------------------------------------------------------------

std::vector<carrier*> provision_number_run::open_accounts() const {
  seller_wish wish;
  wish.type = plan_.type;
  wish.registers = plan_.with_campaign && plan_.type == number_type::local;
  wish.first = row.carrier;
  wish.only = plan_.only_at;
  std::vector<carrier*> accounts = sellers_for(env().carriers, wish);
  std::erase_if(accounts, [this](const carrier* one) {
    return std::ranges::any_of(failures_, [one](const account_failure& failed) {
      return failed.account == one->abilities().name;
    });
  });
  return accounts;
}

bool provision_number_run::has_other_account() const {
  return std::ranges::any_of(open_accounts(), [this](const carrier* one) {
    return one->abilities().name != row.carrier;
  });
}

void provision_number_run::choose_number() {
  std::vector<carrier*> accounts = open_accounts();
  const bool may_be_bound = plan_.with_campaign && has_other_account();
  if (!may_be_bound) return search_at(std::move(accounts));
  env().database.read<std::optional<std::string>>(
      [copy = row](session& work) { return bound_account(work, copy); },
      [self = self(), accounts = std::move(accounts)](
          result<std::optional<std::string>> bound) mutable {
        if (bound && *bound) {
          std::erase_if(accounts, [&](const carrier* one) {
            return one->abilities().name != **bound;
          });
        }
        self->search_at(std::move(accounts));
      });
}

void provision_number_run::search_at(std::vector<carrier*> accounts) {
  number_wish wish;
  wish.type = plan_.type;
  wish.area_code = plan_.area_code;
  wish.policy = plan_.policy;
  wish.exact = plan_.exact;
  wish.owner = owner_text(env().installation, row.user);
  choice_hooks hooks;
  hooks.admit = [self = self()](carrier& at, event_loop::task search) {
    self->with_turn(at, std::move(search));
  };
  hooks.is_free = [self = self()](carrier&, const std::string& e164) {
    return self->turn_.claim(e164);
  };
  // A quote hides its number from everyone else; who names a number exactly may have one for it.
  if (!plan_.quote) {
    hooks.find_promised = [self = self()](std::vector<std::string> numbers,
                                          choice_hooks::told_numbers tell) {
      std::optional<user_id> but_to;
      if (!self->plan_.exact.empty()) but_to = self->row.user;
      find_quoted(self->env(), std::move(numbers), but_to, std::move(tell));
    };
  }
  dialplane::choose_number(std::move(accounts), std::move(wish), env().rules.purchases,
                           std::move(hooks), [self = self()](number_choice choice) {
                             self->take_choice(std::move(choice));
                           });
}

void provision_number_run::take_choice(number_choice choice) {
  crash_point("search_answered");
  if (choice.from == nullptr) return nothing_found(std::move(choice));
  if (plan_.quote && is_dearer(offered_cost(choice.offer), plan_.quoted)) {
    return compensate(carrier_price_rose());
  }
  write_intent(*choice.from, std::move(choice.offer));
}

// No account has a fitting number, or the ones that may have failed.
void provision_number_run::nothing_found(number_choice choice) {
  // A number that is held for us may be hidden from searches.
  carrier* holder = plan_.reservation.empty() ? nullptr : env().carriers.find(plan_.only_at);
  if (holder != nullptr && choice.any_answered && row.numbers_tried == 0) {
    return write_intent(*holder, {.e164 = plan_.exact});
  }
  failures_.insert(failures_.end(), choice.failures.begin(), choice.failures.end());
  const auto passing = std::ranges::find_if(failures_, [](const account_failure& one) {
    return one.why.kind != error_class::refused;
  });
  if (passing == failures_.end()) {
    const bool all_refused = !failures_.empty() && !choice.any_answered;
    return compensate(all_refused ? failures_.front().why : no_stock(plan_));
  }
  if (!may_retry()) return compensate(carrier_down(passing->why));
  failures_.clear();
  const auto delay = backoff(purchase_retry_most);
  ++row.attempts;
  retry_in(delay, [self = self()] { self->choose_number(); });
}

void provision_number_run::write_intent(carrier& at, number_offer offer) {
  const bool moves = row.carrier != at.abilities().name;
  account_ = &at;
  row.carrier = at.abilities().name;
  row.e164 = std::move(offer.e164);
  row.step = operation_step::intent_written;
  row.intent_at = now();
  row.attempts = 0;
  ++row.numbers_tried;
  plan_.offered = offered_cost(offer);
  plan_.last_word.reset();
  if (moves) plan_.answer_lost = false;
  row.request = to_json(plan_);
  auto then = [self = self()] {
    crash_point("intent_committed");
    self->buy();
  };
  if (!moves) return save("intent_written", row.e164, std::move(then));
  save(
      "intent_written", row.e164,
      [at_time = now()](session& work, operation& saved) {
        return move_to_account(work, saved, at_time);
      },
      std::move(then));
}

void provision_number_run::choose_another() {
  // Whoever asked for one exact number gets it or nothing.
  if (!plan_.exact.empty()) return compensate(no_stock(plan_));
  if (row.numbers_tried >= env().rules.numbers_tried_max) return compensate(no_stock(plan_));
  // The next intent replaces the number; this attempt is terminal.
  choose_number();
}

// The attempt at this account is terminal and left nothing behind: the others may be asked.
void provision_number_run::fail_over(error why) {
  log_error(log_level::warn, "purchase goes on at another account", why,
            {{"operation", row.id.uuid()}, {"carrier", row.carrier}});
  failures_.push_back({row.carrier, std::move(why)});
  choose_number();
}

// ---- buying -----------------------------------------------------------------------------------

void provision_number_run::buy() {
  with_turn(*account(), [self = self()] {
    number_purchase order{self->row.e164, self->row.mark, self->routing()};
    order.owner = owner_text(self->env().installation, self->row.user);
    order.reservation = self->plan_.reservation;
    self->account()->buy(std::move(order), [self](result<carrier_number> bought) {
      self->take_purchase(std::move(bought));
    });
    crash_point("buy_sent");
  });
}

void provision_number_run::take_purchase(result<carrier_number> bought) {
  crash_point("buy_answered");
  if (bought) {
    const bool ours = bought->e164 == row.e164 && bought->mark == row.mark;
    return ours ? take_seen(*std::move(bought)) : outcome_became_unknown();
  }
  error why = std::move(bought).error();
  switch (why.kind) {
    case error_class::not_done: return retry_purchase(std::move(why));
    case error_class::unknown: return outcome_became_unknown();
    case error_class::refused:
    case error_class::conflict: break;
  }
  // The one that the number is gone to may be us: an attempt without an answer may have come
  // through after all. So it is looked for once more, for as long as a number may stay unseen.
  if (!plan_.answer_lost) return act_on(std::move(why));
  plan_.last_word = std::move(why);
  outcome_became_unknown();
}

// The attempt is terminal and left nothing behind: what its last answer asks for.
void provision_number_run::act_on(error why) {
  if (why.kind == error_class::conflict) return choose_another();
  return is_account_fault(why) ? fail_over(std::move(why)) : compensate(std::move(why));
}

void provision_number_run::retry_purchase(error why) {
  const bool tried_again = row.attempts > 0;
  if (tried_again && has_other_account()) return fail_over(std::move(why));
  if (!may_retry()) return compensate(carrier_down(why));
  const auto delay = backoff(purchase_retry_most);
  ++row.attempts;
  retry_in(delay, [self = self()] { self->buy(); });
}

void provision_number_run::outcome_became_unknown() {
  turn_ = {};
  row.step = operation_step::outcome_unknown;
  row.intent_at = now();  // the settling time counts from here
  row.attempts = 1;
  plan_.answer_lost = true;
  row.request = to_json(plan_);
  save("outcome_unknown", row.e164, [self = self()] { self->look_up(); });
}

// ---- finding out ------------------------------------------------------------------------------

void provision_number_run::order_became_pending() {
  turn_ = {};
  row.step = operation_step::order_pending;
  row.intent_at = now();
  row.attempts = 0;
  save("order_pending", row.e164, [self = self()] {
    crash_point("order_pending_committed");
    self->after_look_up_delay();
  });
}

void provision_number_run::look_up() {
  // What an answer proves, it proves for the moment of the question: on its way it grows old.
  account()->look_up(row.e164, row.mark,
                     [self = self(), asked_at = now()](result<std::optional<carrier_number>> seen) {
                       self->take_look_up(std::move(seen), asked_at);
                     });
}

void provision_number_run::after_look_up_delay() {
  const bool is_order = row.step == operation_step::order_pending;
  const bool is_old = now() - row.intent_at.value_or(row.created_at) >= asked_often_for;
  const auto delay = is_order && is_old ? order_pause : backoff(look_up_most);
  ++row.attempts;
  retry_in(delay, [self = self()] { self->look_up(); });
}

void provision_number_run::take_look_up(result<std::optional<carrier_number>> seen,
                                        timestamp asked_at) {
  crash_point("look_up_answered");
  if (!seen) return after_look_up_delay();
  const bool found = seen->has_value();
  if (found && (**seen).mark == row.mark) return take_seen(**std::move(seen));
  // An order that is not there any more is as unknown as a purchase without an answer.
  if (row.step == operation_step::order_pending) return outcome_became_unknown();
  const bool settled =
      asked_at - row.intent_at.value_or(row.created_at) >= account()->abilities().settling_time;
  if (!settled) return after_look_up_delay();
  surely_absent(found);
}

// The carrier has our purchase: how far is it?
void provision_number_run::take_seen(carrier_number seen) {
  switch (seen.standing) {
    case order_standing::owned:
      row.e164 = seen.e164;
      return take_bought(std::move(seen));
    case order_standing::pending:
      return row.step == operation_step::order_pending ? after_look_up_delay()
                                                       : order_became_pending();
    case order_standing::failed: return choose_another();
  }
}

void provision_number_run::surely_absent(bool sold_to_someone_else) {
  if (plan_.last_word) return act_on(*std::exchange(plan_.last_word, {}));
  if (sold_to_someone_else) return choose_another();
  if (has_other_account()) return fail_over(never_completed());
  if (!may_retry()) return compensate(never_completed());
  row.step = operation_step::intent_written;
  row.intent_at = now();
  save("intent_written", row.e164, [self = self()] {
    crash_point("intent_committed");
    self->buy();
  });
}

// ---- after a restore from backup --------------------------------------------------------------

// A copy from before a purchase knows nothing of it: what was accepted then may be bought by now,
// as any number at any account. Its mark tells.
void provision_number_run::ask_after_restore() {
  env().database.read<std::optional<timestamp>>(
      [](session& work) { return last_restore(work); },
      [self = self()](result<std::optional<timestamp>> restored) {
        if (!restored) return self->retry_in(look_up_most, [self] { self->advance(); });
        const bool concerns = *restored && self->row.created_at < **restored &&
                              self->plan_.asked_after_restore < **restored;
        if (!concerns) return self->go_on();
        self->ask_accounts(**restored, self->env().carriers.sellers());
      });
}

void provision_number_run::ask_accounts(timestamp restored, std::vector<carrier*> left) {
  if (left.empty()) {
    plan_.asked_after_restore = restored;
    row.request = to_json(plan_);
    return go_on();
  }
  carrier& next = *left.back();
  left.pop_back();
  next.look_up("", row.mark,
               [self = self(), restored, &next, asked_at = now(),
                left = std::move(left)](result<std::optional<carrier_number>> seen) mutable {
                 if (seen && *seen && (**seen).mark == self->row.mark) {
                   return self->take_over(next, **std::move(seen));
                 }
                 const bool absent =
                     seen && asked_at - restored >= next.abilities().settling_time;
                 if (absent) return self->ask_accounts(restored, std::move(left));
                 const auto delay = self->backoff(look_up_most);
                 ++self->row.attempts;
                 self->retry_in(delay, [self] { self->advance(); });
               });
}

// Bought before the restore: the books get it back.
void provision_number_run::take_over(carrier& at, carrier_number seen) {
  log_line(log_level::warn, "a purchase from before the restore was found",
           {{"operation", row.id.uuid()}, {"carrier", at.abilities().name}});
  const bool moves = row.carrier != at.abilities().name;
  account_ = &at;
  row.carrier = at.abilities().name;
  row.e164 = seen.e164;
  row.step = operation_step::outcome_unknown;
  row.intent_at = now();
  row.attempts = 1;
  save(
      "found_after_restore", row.e164,
      [moves, at_time = now()](session& work, operation& saved) -> result<void> {
        return moves ? move_to_account(work, saved, at_time) : result<void>();
      },
      [self = self(), seen = std::move(seen)]() mutable { self->take_seen(std::move(seen)); });
}

// ---- finishing --------------------------------------------------------------------------------

void provision_number_run::take_bought(carrier_number bought) {
  turn_ = {};
  bought_ = std::move(bought);
  if (bought_->routing_set) return settle();
  row.step = operation_step::number_bought;
  row.attempts = 0;
  save(
      "number_bought", row.e164,
      [plan = plan_, seen = *bought_, at = now()](session& work, operation& saved) {
        return note_purchase(work, saved, plan, seen, at);
      },
      [self = self()] {
        self->bought_.reset();
        crash_point("bought_committed");
        self->set_routing();
      });
}

void provision_number_run::set_routing() {
  account()->set_routing(row.e164, routing(), [self = self()](result<void> set) {
    crash_point("routing_set");
    if (set) return self->settle();
    log_error(log_level::warn, "routing not set", set.error(),
              {{"operation", self->row.id.uuid()}});
    if (set.error().kind == error_class::refused ||
        self->row.attempts >= routing_tries_max) {
      self->plan_.routing_failed = true;
      return self->settle();
    }
    const auto delay = self->backoff(look_up_most);
    ++self->row.attempts;
    self->retry_in(delay, [self] { self->set_routing(); });
  });
}

void provision_number_run::settle() {
  finish([&environment = env(), plan = plan_, seen = std::move(bought_)](session& work,
                                                                        operation& ending) {
    auto settled =
        settle_provision(work, environment, ending, plan, seen ? &*seen : nullptr);
    crash_point("settle_before_commit");
    return settled;
  });
}

void provision_number_run::compensate(error why) {
  turn_ = {};
  log_error(log_level::info, "purchase ended without a number", why,
            {{"operation", row.id.uuid()}});
  finish([&environment = env(), plan = plan_, why = std::move(why)](session& work,
                                                                   operation& ending) {
    return compensate_provision(work, environment, ending, plan, why);
  });
}

}  // namespace dialplane
