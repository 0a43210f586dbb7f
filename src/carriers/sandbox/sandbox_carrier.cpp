#include "carriers/sandbox/sandbox_carrier.hpp"

#include <algorithm>
#include <utility>

#include "base/check.hpp"
#include "carriers/sandbox/ledger_file.hpp"
#include "domain/area_codes.hpp"

namespace dialplane::sandbox {

namespace {

constexpr std::size_t max_mark = 64;

bool is_mark(std::string_view mark) {
  return !mark.empty() && mark.size() <= max_mark &&
         std::all_of(mark.begin(), mark.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '_' || c == '-';
         });
}

carrier_abilities make_abilities(const sandbox_options& options) {
  return {.name = "sandbox",
          .search_is_local = true,
          .shows_prices = true,
          .sets_routing_at_purchase = options.routing_at_purchase,
          .settling_time = options.settling_time,
          .release_grace = options.release_grace,
          .call_timeout = milliseconds(10'000),
          // An operator may shorten the review at any time.
          .campaign_poll_interval_max = milliseconds(1'000),
          .sends_media = true,
          .text_settling_time = options.settling_time};
}

error no_answer() {
  return outcome_unknown(error_code::carrier_outcome_unknown,
                         "The carrier did not say whether it was done.",
                         "sandbox: the answer was lost");
}

event_loop& calling_loop() {
  event_loop* loop = event_loop::current();
  CHECK(loop != nullptr);
  return *loop;
}

// The sandbox knows states by their area codes, and no towns. False: it has no such number.
bool narrow_to_place(number_search& wanted) {
  if (!wanted.locality.empty()) return false;
  if (wanted.region.empty()) return true;
  if (wanted.type == number_type::toll_free) return false;
  const auto codes = us_region_members(wanted.region);
  if (wanted.area_codes.empty()) {
    wanted.area_codes.assign(codes.begin(), codes.end());
  } else {
    std::erase_if(wanted.area_codes, [&](const std::string& code) {
      return std::find(codes.begin(), codes.end(), code) == codes.end();
    });
  }
  return !wanted.area_codes.empty();
}

}  // namespace

sandbox_carrier::sandbox_carrier(sandbox_options options, const clock& time,
                                 random_source& random)
    : options_(std::move(options)),
      clock_(time),
      random_(random),
      stock_(random),
      settling_(make_abilities(options_), faults_, time),
      review_ms_(options_.review.count()),
      code_lifetime_ms_(options_.code_lifetime.count()) {}

result<std::unique_ptr<sandbox_carrier>> sandbox_carrier::open(sandbox_options options,
                                                               const clock& time,
                                                               random_source& random) {
  std::unique_ptr<sandbox_carrier> made(new sandbox_carrier(std::move(options), time, random));
  TRY(made->open_file());
  return made;
}

result<void> sandbox_carrier::open_file() {
  leftovers found;
  TRY_ASSIGN(auto file, ledger_file::open(options_.file_path, options_.rest, stock_, clock_.now(),
                                          found));
  if (found.shows_at > timestamp{}) settling_.cover_leftovers(found.shows_at);
  TRY(brand_desk::prepare(*file));
  TRY(campaign_desk::prepare(*file));
  TRY_ASSIGN(const auto review, campaigns(*file).stored_review());
  if (review) review_ms_.store(review->count());
  TRY(text_desk(*file).prepare(random_));
  TRY_ASSIGN(webhook_secret_, text_desk(*file).webhook_secret());
  ledger_ = std::make_unique<ledger_thread>(std::move(file), clock_, options_.queue_limit);
  courier_ = std::make_unique<webhook_courier>(*ledger_, clock_, webhook_secret_);
  calls_ = std::make_unique<call_desk>(clock_, random_, webhook_secret_);
  return {};
}

const carrier_abilities& sandbox_carrier::abilities() const noexcept {
  return settling_.current();
}

milliseconds sandbox_carrier::gives_up_after(const fault_plan& plan) const {
  return std::min(plan.answer_delay + options_.answer_timeout, abilities().call_timeout);
}

template <typename T>
void sandbox_carrier::answer(const fault_plan& plan, result<T> outcome,
                             carrier_done<T> done) const {
  const milliseconds patience = abilities().call_timeout;
  if (plan.answer_delay >= patience) outcome = no_answer();
  auto call = [done = std::move(done), outcome = std::move(outcome)]() mutable {
    done(std::move(outcome));
  };
  const milliseconds delay = std::min(plan.answer_delay, patience);
  if (delay == milliseconds(0)) {
    calling_loop().post(std::move(call));
  } else {
    calling_loop().post_after(delay, std::move(call));
  }
}

template <typename T>
void sandbox_carrier::lose_answer(const fault_plan& plan, carrier_done<T> done) const {
  calling_loop().post_after(gives_up_after(plan), [done = std::move(done)]() mutable {
    done(no_answer());
  });
}

template <typename T>
carrier_done<T> sandbox_carrier::delayed(const fault_plan& plan, carrier_done<T> done) const {
  if (plan.answer_delay == milliseconds(0)) return done;
  return [this, plan, done = std::move(done)](result<T> outcome) mutable {
    answer(plan, std::move(outcome), std::move(done));
  };
}

template <typename T>
bool sandbox_carrier::ends_early(const fault_plan& plan, carrier_done<T>& done) const {
  if (plan.outcome == fault_outcome::refused) {
    const error no = refused(error_code::carrier_refused, "The carrier refused.");
    answer<T>(plan, no, std::move(done));
    return true;
  }
  if (plan.outcome == fault_outcome::rate_limited) {
    const error later = not_done(error_code::carrier_unavailable,
                                 "The carrier takes no more requests now.",
                                 "sandbox: rate limited");
    answer<T>(plan, later, std::move(done));
    return true;
  }
  if (plan.answer_is_lost()) {
    lose_answer<T>(plan, std::move(done));
    done = nullptr;
    return plan.outcome == fault_outcome::lost_before;
  }
  done = delayed<T>(plan, std::move(done));
  return false;
}

void sandbox_carrier::search(number_search wanted,
                             carrier_done<std::vector<number_offer>> done) {
  using offers = std::vector<number_offer>;
  const fault_plan plan = faults_.draw(fault_target::search, wanted.area_codes);
  // A search leaves nothing behind, so an answer lost on the way back is simply lost.
  if (ends_early<offers>(plan, done) || !done) return;
  offers found;
  const bool may_have = narrow_to_place(wanted);
  if (!plan.find_nothing && may_have) found = stock_.search(wanted, plan.empty_codes);
  if (plan.outcome == fault_outcome::gone) {
    for (const number_offer& offer : found) {
      const stock_key key = *stock_.find(offer.e164);
      ledger_->submit<void>([key](ledger_file& file) { return file.take_elsewhere(key); }, {});
    }
  }
  done(std::move(found));
}

std::optional<number_offer> sandbox_carrier::offer_at_once(const number_search& wanted) {
  if (faults_.any_on(fault_target::search)) return std::nullopt;
  auto found = stock_.search({wanted.type, wanted.area_codes, 1}, {});
  if (found.empty()) return std::nullopt;
  return std::move(found.front());
}

void sandbox_carrier::buy(number_purchase order, carrier_done<carrier_number> done) {
  const auto key = stock_.find(order.e164);
  if (!key || !is_mark(order.mark)) {
    const error no = refused(error_code::carrier_refused,
                             key ? "The carrier does not take this mark."
                                 : "The carrier has no such number.");
    return answer<carrier_number>({}, no, std::move(done));
  }
  const fault_plan plan = faults_.draw(fault_target::buy);
  if (ends_early<carrier_number>(plan, done)) return;
  if (plan.outcome == fault_outcome::gone) {
    const auto lose_it = [key = *key](ledger_file& file) -> result<carrier_number> {
      TRY(file.take_elsewhere(key));
      return number_is_gone();
    };
    return ledger_->submit<carrier_number>(lose_it, std::move(done));
  }
  if (!options_.routing_at_purchase) order.routing = {};
  sale_order sale{.key = *key,
                  .mark = std::move(order.mark),
                  .routing = std::move(order.routing),
                  .hidden_for = plan.hidden_for.value_or(milliseconds(0))};
  if (plan.outcome == fault_outcome::late) return buy_late(plan, std::move(sale));
  const bool is_order =
      plan.outcome == fault_outcome::pending || plan.outcome == fault_outcome::undelivered;
  if (is_order) return take_order(plan, std::move(sale), std::move(done));
  if (plan.hidden_for) settling_.cover(clock_.now() + *plan.hidden_for, *plan.hidden_for);
  ledger_->submit<carrier_number>(
      [sale = std::move(sale)](ledger_file& file) { return file.buy(sale); }, std::move(done));
}

void sandbox_carrier::buy_late(const fault_plan& plan, sale_order sale) {
  const timestamp due = clock_.now() + gives_up_after(plan) + plan.late_by;
  settling_.cover(due + sale.hidden_for, plan.late_by + sale.hidden_for);
  ledger_->submit<void>(
      [sale = std::move(sale), due](ledger_file& file) { return file.buy_later(sale, due); }, {});
}

void sandbox_carrier::take_order(const fault_plan& plan, sale_order sale,
                                 carrier_done<carrier_number> done) {
  const open_order order{.e164 = e164_of(sale.key),
                         .due = clock_.now() + plan.late_by,
                         .fails = plan.outcome == fault_outcome::undelivered};
  open_orders_.take(sale.mark, order);
  carrier_number taken =
      order_desk::number_of(order, sale.mark, order_standing::pending);
  if (order.fails) return answer<carrier_number>({}, std::move(taken), std::move(done));
  settling_.cover(order.due, plan.late_by);
  ledger_->submit<carrier_number>(
      [sale = std::move(sale), due = order.due,
       taken = std::move(taken)](ledger_file& file) -> result<carrier_number> {
        TRY(file.buy_later(sale, due));
        return taken;
      },
      std::move(done));
}

void sandbox_carrier::look_up(std::string e164, std::string mark,
                              carrier_done<std::optional<carrier_number>> done) {
  using found = std::optional<carrier_number>;
  const fault_plan plan = faults_.draw(fault_target::lookup);
  if (ends_early<found>(plan, done) || !done) return;
  const milliseconds blind_for = plan.hidden_for.value_or(milliseconds(0));
  if (plan.hidden_for) settling_.cover(clock_.now(), blind_for);
  const look_up_query query{stock_.find(e164), std::move(mark), blind_for};
  const bool names_nothing = e164.empty() && query.mark.empty();
  if (names_nothing || (!e164.empty() && !query.key)) {
    return answer<found>({}, found{}, std::move(done));
  }
  ledger_->submit<found>(
      [this, query](ledger_file& file) -> result<found> {
        TRY_ASSIGN(found in_books, file.look_up(query));
        if (in_books) return in_books;
        return open_orders_.find(query.mark, clock_.now());
      },
      std::move(done));
}

void sandbox_carrier::set_routing(std::string e164, number_routing routing,
                                  carrier_done<void> done) {
  const auto key = stock_.find(e164);
  if (!key) return answer<void>({}, not_our_number(), std::move(done));
  ledger_->submit<void>(
      [key = *key, routing = std::move(routing)](ledger_file& file) {
        return file.set_routing(key, routing);
      },
      std::move(done));
}

void sandbox_carrier::release(std::string e164, std::string mark, carrier_done<void> done) {
  const fault_plan plan = faults_.draw(fault_target::release);
  if (ends_early<void>(plan, done)) return;
  const auto key = stock_.find(e164);
  if (!key) {
    if (done) answer<void>({}, {}, std::move(done));
    return;
  }
  if (plan.outcome == fault_outcome::late) {
    const timestamp due = clock_.now() + gives_up_after(plan) + plan.late_by;
    return ledger_->submit<void>(
        [key = *key, mark = std::move(mark), due](ledger_file& file) {
          return file.release_later(key, mark, due);
        },
        {});
  }
  ledger_->submit<void>([key = *key, mark = std::move(mark)](
                            ledger_file& file) { return file.release(key, mark); },
                        std::move(done));
}

void sandbox_carrier::list_owned(std::optional<std::string> cursor, std::size_t limit,
                                 carrier_done<carrier_number_page> done) {
  ledger_->submit<carrier_number_page>(
      [cursor = std::move(cursor), limit](ledger_file& file) {
        return file.list_owned(cursor, limit);
      },
      std::move(done));
}

result<void> sandbox_carrier::order_fault(sandbox_fault fault) {
  TRY(faults_.order(std::move(fault), stock_));
  settling_.cover_waiting_faults();
  return {};
}

std::vector<sandbox_fault> sandbox_carrier::faults() const { return faults_.waiting(); }

void sandbox_carrier::clear_faults() { faults_.clear(); }

void sandbox_carrier::sold_page(std::optional<std::string> cursor, std::size_t limit,
                                carrier_done<sandbox_sold_page> done) {
  ledger_->submit<sandbox_sold_page>(
      [cursor = std::move(cursor), limit](ledger_file& file) {
        return file.list_sold(cursor, limit);
      },
      std::move(done));
}

sandbox_counts sandbox_carrier::counts() const {
  sandbox_counts counts = ledger_->counts();
  counts.inbound_dropped = inbound_dropped_.load();
  return counts;
}

bool sandbox_carrier::accepts_inbound(std::string_view e164) {
  const auto key = stock_.find(e164);
  if (key && stock_.is_routed(*key)) return true;
  ++inbound_dropped_;
  return false;
}

// What sandbox_texts.cpp uses.
template bool sandbox_carrier::ends_early(const fault_plan&, carrier_done<text_receipt>&) const;
template bool sandbox_carrier::ends_early(const fault_plan&,
                                          carrier_done<std::optional<text_receipt>>&) const;

}  // namespace dialplane::sandbox
