#include "workflow/operations/provision_number.hpp"

#include "base/crash_point.hpp"
#include "base/log.hpp"
#include "domain/area_codes.hpp"
#include "workflow/operations/settle_provision.hpp"

namespace dialplane {

namespace {

constexpr std::chrono::milliseconds retry_most{2'000};
constexpr std::chrono::milliseconds look_up_most{5'000};
constexpr std::chrono::hours retry_age_max{24};
// Routing that will not be set keeps the number, shown as it is, after this many tries.
constexpr std::int64_t routing_tries_max = 10;

error no_stock(const provision_plan& plan) {
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

}  // namespace

void provision_number_run::advance() {
  result<provision_plan> plan = parse_provision_plan(row.request);
  if (!plan) return compensate(plan.error());
  plan_ = *std::move(plan);
  begun_ = resumed ? now() : row.created_at;
  switch (row.step) {
    case operation_step::accepted: return choose_number();
    case operation_step::intent_written:
      // A dead process may have sent the purchase up to the instant it died.
      return resumed ? outcome_became_unknown() : buy();
    case operation_step::outcome_unknown: return look_up();
    case operation_step::number_bought: return set_routing();
    default: return compensate(internal_fault("a provision at an impossible step"));
  }
}

std::shared_ptr<provision_number_run> provision_number_run::self() {
  return std::static_pointer_cast<provision_number_run>(shared_from_this());
}

// A run that takes over (after a restart, say) has the whole time again, within limits.
bool provision_number_run::may_retry() const {
  return now() - begun_ < env().rules.purchase_retry_for && now() - row.created_at < retry_age_max;
}

number_routing provision_number_run::routing() const {
  return {env().public_url + "/carriers/" + row.carrier + "/texts",
          env().public_url + "/carriers/" + row.carrier + "/calls"};
}

// ---- choosing ---------------------------------------------------------------------------------

std::vector<std::vector<std::string>> provision_number_run::stages() const {
  std::vector<std::vector<std::string>> all;
  if (plan_.type == number_type::toll_free) {
    const auto codes = toll_free_codes_for_sale();
    all.emplace_back(codes.begin(), codes.end());
    return all;
  }
  if (plan_.area_code.empty()) return {{}};  // one stage: any
  const auto plan = area_code_plan(plan_.area_code, plan_.policy);
  if (!plan) return {};
  for (const area_code_stage& stage : *plan) {
    all.emplace_back(stage.codes.begin(), stage.codes.end());
  }
  return all;
}

void provision_number_run::choose_number() { search_stage(0); }

void provision_number_run::search_stage(std::size_t stage) {
  const auto all = stages();
  if (stage >= all.size()) return compensate(no_stock(plan_));
  seller().search({plan_.type, all[stage], 1},
                  [self = self(), stage](result<std::vector<number_offer>> offers) {
                    self->take_offers(stage, std::move(offers));
                  });
}

void provision_number_run::take_offers(std::size_t stage,
                                       result<std::vector<number_offer>> offers) {
  crash_point("search_answered");
  if (offers) {
    if (offers->empty()) return search_stage(stage + 1);
    return write_intent(offers->front().e164);
  }
  if (offers.error().kind == error_class::refused) return compensate(offers.error());
  if (!may_retry()) return compensate(carrier_down(offers.error()));
  const auto delay = backoff(retry_most);
  ++row.attempts;
  retry_in(delay, [self = self(), stage] { self->search_stage(stage); });
}

void provision_number_run::write_intent(std::string e164) {
  row.e164 = std::move(e164);
  row.step = operation_step::intent_written;
  row.intent_at = now();
  row.attempts = 0;
  ++row.numbers_tried;
  save("intent_written", row.e164, [self = self()] {
    crash_point("intent_committed");
    self->buy();
  });
}

void provision_number_run::choose_another() {
  if (row.numbers_tried >= env().rules.numbers_tried_max) return compensate(no_stock(plan_));
  // The next intent replaces the number; this attempt is terminal.
  choose_number();
}

// ---- buying -----------------------------------------------------------------------------------

void provision_number_run::buy() {
  seller().buy({row.e164, row.mark, routing()},
               [self = self()](result<carrier_number> bought) {
                 self->take_purchase(std::move(bought));
               });
  crash_point("buy_sent");
}

void provision_number_run::take_purchase(result<carrier_number> bought) {
  crash_point("buy_answered");
  if (bought) {
    const bool ours = bought->e164 == row.e164 && bought->mark == row.mark;
    return ours ? take_bought(*bought) : outcome_became_unknown();
  }
  error why = std::move(bought).error();
  switch (why.kind) {
    case error_class::refused: return compensate(std::move(why));
    case error_class::not_done: return retry_purchase(std::move(why));
    case error_class::unknown: return outcome_became_unknown();
    case error_class::conflict:
      // Gone, and not to us: whatever was sent before is terminal before anything is sent again.
      return choose_another();
  }
}

void provision_number_run::retry_purchase(error why) {
  if (!may_retry()) return compensate(carrier_down(why));
  const auto delay = backoff(retry_most);
  ++row.attempts;
  retry_in(delay, [self = self()] { self->buy(); });
}

void provision_number_run::outcome_became_unknown() {
  row.step = operation_step::outcome_unknown;
  row.intent_at = now();  // the settling time counts from here
  row.attempts = 1;
  save("outcome_unknown", row.e164, [self = self()] { self->look_up(); });
}

// ---- finding out ------------------------------------------------------------------------------

void provision_number_run::look_up() {
  seller().look_up(row.e164, row.mark,
                   [self = self()](result<std::optional<carrier_number>> seen) {
                     self->take_look_up(std::move(seen));
                   });
}

void provision_number_run::after_look_up_delay() {
  const auto delay = backoff(look_up_most);
  ++row.attempts;
  retry_in(delay, [self = self()] { self->look_up(); });
}

void provision_number_run::take_look_up(result<std::optional<carrier_number>> seen) {
  if (!seen) return after_look_up_delay();
  const bool found = seen->has_value();
  if (found && (**seen).mark == row.mark) {
    row.e164 = (**seen).e164;
    return take_bought(**seen);
  }
  const bool settled =
      now() - row.intent_at.value_or(row.created_at) >= seller().abilities().settling_time;
  if (!settled) return after_look_up_delay();
  surely_absent(found);
}

void provision_number_run::surely_absent(bool sold_to_someone_else) {
  if (sold_to_someone_else) return choose_another();
  if (!may_retry()) {
    return compensate(not_done(error_code::carrier_unavailable,
                               "The carrier did not complete the purchase; nothing was bought.",
                               "absent after the settling time"));
  }
  row.step = operation_step::intent_written;
  row.intent_at = now();
  save("intent_written", row.e164, [self = self()] {
    crash_point("intent_committed");
    self->buy();
  });
}

// ---- finishing --------------------------------------------------------------------------------

void provision_number_run::take_bought(const carrier_number& bought) {
  if (bought.routing_set) return settle();
  row.step = operation_step::number_bought;
  row.attempts = 0;
  save("number_bought", row.e164, [self = self()] {
    crash_point("bought_committed");
    self->set_routing();
  });
}

void provision_number_run::set_routing() {
  seller().set_routing(row.e164, routing(), [self = self()](result<void> set) {
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
  finish([&environment = env(), plan = plan_](session& work, operation& ending) {
    auto settled = settle_provision(work, environment, ending, plan);
    crash_point("settle_before_commit");
    return settled;
  });
}

void provision_number_run::compensate(error why) {
  log_error(log_level::info, "purchase ended without a number", why,
            {{"operation", row.id.uuid()}});
  finish([&environment = env(), plan = plan_, why = std::move(why)](session& work,
                                                                   operation& ending) {
    return compensate_provision(work, environment, ending, plan, why);
  });
}

}  // namespace dialplane
