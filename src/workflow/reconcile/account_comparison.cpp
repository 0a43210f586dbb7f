#include "workflow/reconcile/account_comparison.hpp"

#include <algorithm>
#include <utility>

#include "base/crash_point.hpp"
#include "base/log.hpp"
#include "store/reconcile_queries.hpp"
#include "workflow/number_routing_of.hpp"

namespace dialplane {

namespace {

constexpr std::size_t dropped_at_once = 5'000;
constexpr std::size_t resolved_at_once = 200;

// What one read of both sides gives.
struct both_pieces {
  std::vector<number_here> here;
  std::vector<number_there> there;
};

std::string why_not_listed(const error& why) {
  if (why.code == error_code::carrier_credentials_rejected) {
    return "The carrier does not accept the account's credentials: rotate them, then compare"
           " again.";
  }
  return why.message.empty() ? "The carrier did not give its list." : why.message;
}

}  // namespace

account_comparison::account_comparison(workflow_environment& env, event_loop& loop,
                                       carrier& account, reconcile_run row,
                                       reconcile_policies policies, pace chosen, ended done)
    : env_(env),
      loop_(loop),
      account_(account),
      row_(std::move(row)),
      policies_(policies),
      pace_(chosen),
      done_(std::move(done)),
      resumed_(row_.has_cursor) {
  const carrier_abilities& able = account_.abilities();
  const number_routing routing = number_routing_of(env_, row_.carrier);
  rules_.installation = env_.installation;
  rules_.text_url = routing.text_url;
  rules_.voice_url = routing.voice_url;
  // The built-in carrier reaches us without an address, which changes with each start of a trial.
  rules_.compares_urls = able.is_real;
  rules_.takes_calls = able.takes_calls;
}

void account_comparison::start() {
  if (row_.state == reconcile_state::listing) return list_page();
  compare();
}

void account_comparison::save(event_loop::task then) {
  row_.updated_at = env_.time.now();
  env_.database.write<void>(
      [row = row_](session& work) { return work.reconciles().update(row); },
      [self = shared_from_this(), then = std::move(then)](result<void> saved) mutable {
        if (!saved) {
          log_error(log_level::error, "comparison not stored", saved.error());
          return self->done_(self->row_);  // it goes on when it is looked for again
        }
        if (self->stopped_) return self->done_(self->row_);
        then();
      });
}

// ---- the carrier's list -----------------------------------------------------------------------

void account_comparison::list_page() {
  if (stopped_) return done_(row_);
  std::optional<std::string> cursor;
  if (row_.has_cursor) cursor = row_.cursor;
  account_.list_owned(std::move(cursor), pace_.page,
                      [self = shared_from_this()](result<carrier_number_page> page) {
                        self->take_page(std::move(page));
                      });
}

number_there account_comparison::known_of(const carrier_number& one) const {
  number_there known;
  known.e164 = one.e164;
  known.mark = one.mark;
  known.bought_at = one.bought_at;
  known.is_owned = one.standing == order_standing::owned;
  known.standing = one.standing_detail;
  known.routing_set = one.routing_set;
  known.text_url = one.routing.text_url;
  known.voice_url = one.routing.voice_url;
  known.campaign_reference = one.campaign_reference;
  if (one.price && !one.price->is_estimate) {
    known.monthly_micro_usd = one.price->monthly_micro_usd;
  }
  return known;
}

void account_comparison::take_page(result<carrier_number_page> page) {
  if (stopped_) return done_(row_);
  if (!page) return retry_listing(page.error());
  crash_point("reconcile_page_answered");
  failures_ = 0;
  resumed_ = false;
  std::vector<number_there> some;
  for (const carrier_number& one : page->numbers) {
    if (!one.e164.empty()) some.push_back(known_of(one));
  }
  row_.listed += static_cast<std::int64_t>(some.size());
  row_.has_cursor = page->next_cursor.has_value();
  row_.cursor = page->next_cursor.value_or("");
  if (!row_.has_cursor) row_.state = reconcile_state::comparing;
  row_.updated_at = env_.time.now();
  env_.database.write<void>(
      [row = row_, some = std::move(some)](session& work) -> result<void> {
        TRY(work.reconciles().put_listed(row.id, some));
        return work.reconciles().update(row);
      },
      [self = shared_from_this()](result<void> kept) {
        if (!kept) {
          log_error(log_level::error, "a carrier's list was not stored", kept.error());
          return self->done_(self->row_);
        }
        crash_point("reconcile_page_committed");
        if (self->stopped_) return self->done_(self->row_);
        if (self->row_.state == reconcile_state::comparing) return self->compare();
        self->list_page();
      });
}

void account_comparison::retry_listing(const error& why) {
  log_error(log_level::warn, "a carrier's list was not read", why, {{"carrier", row_.carrier}});
  const bool is_refusal = why.kind == error_class::refused;
  if (is_refusal && resumed_) {
    // A cursor of an earlier process may have grown too old: from the first page again.
    resumed_ = false;
    row_.has_cursor = false;
    row_.cursor.clear();
    row_.listed = 0;
    return save([self = shared_from_this()] { self->list_page(); });
  }
  if (is_refusal || ++failures_ >= pace_.tries) return fail(why_not_listed(why));
  loop_.post_after(pace_.retry * failures_, [self = shared_from_this()] { self->list_page(); });
}

// ---- both sides, merged -----------------------------------------------------------------------

void account_comparison::compare() {
  if (stopped_) return done_(row_);
  env_.database.read<both_pieces>(
      [run = row_.id, carrier = row_.carrier, after = row_.cursor,
       limit = pace_.window](session& work) -> result<both_pieces> {
        both_pieces pieces;
        TRY_ASSIGN(pieces.here, work.reconciles().numbers_after(carrier, after, limit));
        TRY_ASSIGN(pieces.there, work.reconciles().listed_after(run, after, limit));
        return pieces;
      },
      [self = shared_from_this()](result<both_pieces> pieces) {
        if (!pieces) {
          log_error(log_level::error, "numbers not compared", pieces.error());
          return self->done_(self->row_);
        }
        const std::size_t limit = self->pace_.window;
        self->window_ = compare_window(pieces->here, pieces->here.size() < limit, pieces->there,
                                       pieces->there.size() < limit, self->rules_);
        self->look_again(std::exchange(self->window_.suspicions, {}));
      });
}

void account_comparison::look_again(std::vector<suspicion> some) {
  to_look_at_.clear();
  for (suspicion& one : some) {
    // Several suspicions about one number lie side by side: it is looked at once.
    if (to_look_at_.empty() || to_look_at_.back() != one.e164) {
      to_look_at_.push_back(std::move(one.e164));
    }
  }
  looked_at_ = 0;
  looking_ = 0;
  if (to_look_at_.empty()) return end_window();
  const std::size_t first = std::min(pace_.looks_at_once, to_look_at_.size());
  looking_ = first;
  for (std::size_t i = 0; i < first; ++i) look_at_next();
}

void account_comparison::look_at_next() {
  const std::string e164 = to_look_at_[looked_at_++];
  account_.look_up(e164, "",
                   [self = shared_from_this(), e164](result<std::optional<carrier_number>> seen) {
                     self->take_look(e164, std::move(seen));
                   });
}

void account_comparison::take_look(const std::string& e164,
                                   result<std::optional<carrier_number>> seen) {
  if (stopped_) return done_(row_);
  ++row_.checked_again;
  if (!seen) {
    log_error(log_level::warn, "a number was not looked at again", seen.error(),
              {{"carrier", row_.carrier}});
    return note_unanswered(e164);
  }
  std::optional<number_there> there;
  if (*seen) there = known_of(**seen);
  env_.database.write<judged_number>(
      [this, e164, there = std::move(there), row = row_](session& work) {
        const second_look look{row,    e164,      there,
                               rules_, policies_, account_.abilities().settling_time};
        return judge_again(work, env_, look);
      },
      [self = shared_from_this()](result<judged_number> judged) {
        self->take_judged(std::move(judged));
      });
}

void account_comparison::note_unanswered(const std::string& e164) {
  ++row_.unanswered;
  env_.database.write<void>(
      [e164, row = row_](session& work) { return leave_open(work, row, e164); },
      [self = shared_from_this()](result<void>) { self->one_looked_at(); });
}

void account_comparison::take_judged(result<judged_number> judged) {
  if (stopped_) return done_(row_);
  if (!judged) {
    log_error(log_level::error, "a finding was not stored", judged.error());
    return one_looked_at();
  }
  crash_point("reconcile_finding_committed");
  row_.found += judged->found;
  row_.acted += judged->acted;
  row_.unanswered += judged->is_too_young ? 1 : 0;
  looking_ += judged->orders.size();
  for (const carrier_order& order : judged->orders) give_order(order);
  one_looked_at();
}

void account_comparison::one_looked_at() {
  if (!stopped_ && looked_at_ < to_look_at_.size()) return look_at_next();
  if (--looking_ == 0) end_window();
}

// ---- putting right ----------------------------------------------------------------------------

void account_comparison::give_order(const carrier_order& order) {
  auto done = [self = shared_from_this(), order](result<void> ended) {
    self->order_done(order, std::move(ended));
  };
  switch (order.kind) {
    case finding_kind::wrong_routing:
      return account_.set_routing(order.e164, number_routing_of(env_, row_.carrier),
                                  std::move(done));
    case finding_kind::wrong_campaign:
      return account_.attach_number(order.campaign_reference, order.e164, std::move(done));
    case finding_kind::orphan:
      return account_.release(order.e164, order.mark, std::move(done));
    default: return done({});
  }
}

void account_comparison::order_done(const carrier_order& order, result<void> done) {
  if (stopped_) return done_(row_);
  if (!done) {
    log_error(log_level::warn, "a difference was not put right", done.error(),
              {{"carrier", row_.carrier}, {"kind", name_of_value(order.kind)}});
    return one_looked_at();
  }
  ++row_.acted;
  const bool released = order.kind == finding_kind::orphan;
  env_.database.write<void>(
      [this, order, carrier = row_.carrier, released](session& work) {
        return resolve_finding(work, env_, carrier, order.kind, order.e164,
                               released ? "released" : "repaired");
      },
      [self = shared_from_this()](result<void> resolved) {
        if (!resolved) log_error(log_level::error, "finding not resolved", resolved.error());
        self->one_looked_at();
      });
}

// ---- the end ----------------------------------------------------------------------------------

void account_comparison::end_window() {
  if (stopped_) return done_(row_);
  row_.compared += window_.compared;
  row_.foreign += window_.foreign;
  if (!window_.up_to.empty()) row_.cursor = window_.up_to;
  const bool is_last = window_.is_last;
  save([self = shared_from_this(), is_last] {
    crash_point("reconcile_window_committed");
    if (is_last) return self->finish();
    self->compare();
  });
}

void account_comparison::finish() {
  env_.database.write<bool>(
      [this, row = row_](session& work) {
        return resolve_unseen(work, env_, row, resolved_at_once);
      },
      [self = shared_from_this()](result<bool> all) {
        if (!all) log_error(log_level::error, "findings not resolved", all.error());
        if (self->stopped_) return self->done_(self->row_);
        if (all && !*all) return self->finish();
        self->drop_listed();
      });
}

void account_comparison::drop_listed() {
  env_.database.write<bool>(
      [run = row_.id](session& work) {
        return work.reconciles().drop_listed(run, dropped_at_once);
      },
      [self = shared_from_this()](result<bool> all) {
        if (!all) log_error(log_level::error, "a carrier's list was not dropped", all.error());
        if (self->stopped_) return self->done_(self->row_);
        if (all && !*all) return self->drop_listed();
        if (self->row_.failure.empty()) self->row_.state = reconcile_state::ended;
        self->row_.ended_at = self->env_.time.now();
        self->row_.cursor.clear();
        self->row_.has_cursor = false;
        self->save([self] { self->done_(self->row_); });
      });
}

void account_comparison::fail(std::string sentence) {
  row_.state = reconcile_state::failed;
  row_.failure = std::move(sentence);
  drop_listed();
}

}  // namespace dialplane
