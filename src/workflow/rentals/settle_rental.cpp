#include "workflow/rentals/settle_rental.hpp"

#include <utility>

#include "base/crash_point.hpp"
#include "domain/credits_json.hpp"
#include "store/rental_queries.hpp"
#include "workflow/records.hpp"

namespace dialplane {

namespace {

class settling {
 public:
  settling(session& work, workflow_environment& env, const rental_rules& rules, rental row,
           number of)
      : work_(work),
        env_(env),
        rules_(rules),
        row_(std::move(row)),
        number_(std::move(of)),
        now_(env.time.now()) {}

  result<rental_outcome> run() {
    const auto price = monthly_rental(number_, rules_);
    if (!price) {
      row_.state = rental_state::exempt;
      row_.unpaid_since.reset();
      TRY(work_.rentals().put(row_));
      TRY(set_status());
      return rental_outcome::dropped;
    }
    if (price->value != 0) {
      const result<void> charged = charge(*price);
      if (!charged) {
        if (charged.error().code != error_code::insufficient_credits) return charged.error();
        return note_unpaid(*price);
      }
    }
    return note_paid(*price);
  }

 private:
  result<void> charge(micro_credits price) {
    ledger_entry entry;
    entry.id = env_.ids.make<ledger_entry_id>();
    entry.organization = number_.organization;
    entry.user = number_.user;
    entry.kind = ledger_kind::rental;
    entry.from = ledger_account::available;
    entry.to = ledger_account::spent;
    entry.amount = price;
    entry.action = "phone.rental";
    entry.reference = rental_reference(row_);
    entry.created_at = now_;
    TRY(work_.ledger().post(std::move(entry)));
    return {};
  }

  result<rental_outcome> note_paid(micro_credits price) {
    ++row_.months_settled;
    row_.next_at = month_start(row_.since, row_.months_settled, rules_);
    // What began while nothing could be paid is unpaid too: one month after the other.
    const bool is_even = row_.next_at > now_;
    const bool was_unpaid = row_.unpaid_since.has_value();
    if (is_even) {
      row_.state = rental_state::paid;
      row_.unpaid_since.reset();
    }
    TRY(work_.rentals().put(row_));
    TRY(set_status());
    if (is_even && was_unpaid) TRY(tell("phone.rental_paid", price, std::nullopt));
    crash_point("rental_before_commit");
    return rental_outcome::charged;
  }

  result<rental_outcome> note_unpaid(micro_credits price) {
    const bool is_news = !row_.unpaid_since;
    if (is_news) {
      row_.unpaid_since = now_;
      row_.state = rental_state::due;
    }
    const timestamp end_of_grace = *row_.unpaid_since + rules_.grace;
    const bool suspends = row_.state == rental_state::due && now_ >= end_of_grace;
    if (suspends) row_.state = rental_state::suspended;
    row_.next_at = now_ + rules_.retry;
    if (row_.state == rental_state::due && row_.next_at > end_of_grace) {
      row_.next_at = end_of_grace;
    }
    TRY(work_.rentals().put(row_));
    TRY(set_status());
    if (is_news) TRY(tell("phone.rental_due", price, end_of_grace));
    if (suspends) TRY(tell("phone.rental_suspended", price, std::nullopt));
    return suspends ? rental_outcome::suspended : rental_outcome::unpaid;
  }

  result<void> set_status() {
    const number_status wanted = status_by_rental(row_);
    if (number_.status == wanted) return {};
    number_.status = wanted;
    number_.updated_at = now_;
    return work_.numbers().update(number_);
  }

  result<void> tell(std::string_view type, micro_credits price,
                    std::optional<timestamp> suspended_after) {
    boost::json::value until;
    if (suspended_after) until = to_rfc3339(*suspended_after);
    TRY(append_event(work_, env_, number_.organization, number_.user, type,
                     {{"id", number_.id.uuid()},
                      {"e164", number_.e164},
                      {"status", name_of_value(number_.status)},
                      {"credits", credits_json(price)},
                      {"suspended_after", std::move(until)}}));
    return append_audit(work_, env_, number_.organization, type, number_.id.uuid(), "",
                        {{"e164", number_.e164}}, price);
  }

  session& work_;
  workflow_environment& env_;
  const rental_rules& rules_;
  rental row_;
  number number_;
  const timestamp now_;
};

}  // namespace

result<rental_outcome> settle_rental(session& work, workflow_environment& env,
                                     const rental_rules& rules, rental row) {
  TRY_ASSIGN(auto of, work.numbers().find(row.organization, row.number));
  if (!of || of->status == number_status::released) {
    TRY(work.rentals().remove(row.organization, row.number));
    return rental_outcome::dropped;
  }
  if (of->status != number_status::active && of->status != number_status::suspended) {
    // On its way out, and perhaps taken back: looked at again then.
    row.next_at = env.time.now() + rules.retry;
    TRY(work.rentals().put(row));
    return rental_outcome::waiting;
  }
  return settling(work, env, rules, std::move(row), *std::move(of)).run();
}

}  // namespace dialplane
