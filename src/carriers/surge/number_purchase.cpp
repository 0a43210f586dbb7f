#include "carriers/surge/number_purchase.hpp"

#include <algorithm>
#include <set>

#include "carriers/surge/number_finding.hpp"
#include "carriers/surge/number_search.hpp"
#include "carriers/surge/wire_reading.hpp"
#include "domain/area_codes.hpp"
#include "domain/e164.hpp"
#include "net/form_encoding.hpp"

namespace dialplane::surge {

namespace {

constexpr std::size_t turns_waiting_max = 1'024;

error gone() {
  return conflicting(error_code::number_unavailable, "The number is not for sale any more.");
}

// What a refusal means for the purchase of one number.
error purchase_failure(api_failure why, const std::string& account, office& at) {
  if (why.is("account_not_found") || why.is("account_archived")) {
    at.accounts->forget(account);
    why.what.kind = error_class::not_done;  // another account will do
    return why.what;
  }
  const bool about_the_number =
      why.is("phone_number_not_found") ||
      std::find(why.fields.begin(), why.fields.end(), "phone_number") != why.fields.end();
  if (why.status == 409 || (why.what.kind == error_class::refused && about_the_number)) {
    error taken = gone();
    taken.internal = why.what.internal;
    return taken;
  }
  return why.what;
}

void put_mark(office_ptr at, owned_number number, const std::string& mark,
              carrier_done<owned_number> done) {
  at->api.write("PATCH", "/phone_numbers/" + percent_encoded(number.id), {{"name", mark}},
                [at, number, mark, done = std::move(done)](api_result answer) mutable {
                  if (!answer) return done(std::move(answer).error().what);
                  at->marks_to_put.forget(number.id);
                  number.name = mark;
                  done(std::move(number));
                });
}

class purchase_run : public std::enable_shared_from_this<purchase_run> {
 public:
  purchase_run(office_ptr at, number_purchase order, carrier_done<carrier_number> done)
      : at_(std::move(at)), order_(std::move(order)), done_(std::move(done)) {}

  void start(std::shared_ptr<turns> area_purchases) {
    at_->accounts->find_or_make(
        order_.owner, order_.mark, [self = shared_from_this(), area_purchases](auto account) {
          if (!account) return self->done_(std::move(account).error());
          self->account_ = account->id;
          self->at_->accounts_of_marks.put(self->order_.mark, self->account_);
          if (!is_area_offer(self->order_.e164)) return self->buy_exact();
          self->wait_for_turn(*area_purchases);
        });
  }

 private:
  std::string path() const { return "/accounts/" + percent_encoded(account_) + "/phone_numbers"; }

  void buy_exact() {
    at_->api.write("POST", path(), {{"phone_number", order_.e164}, {"name", order_.mark}},
                   [self = shared_from_this()](api_result answer) {
                     if (!answer) return self->exact_failed(std::move(answer).error());
                     self->take(*answer);
                   });
  }

  void exact_failed(api_failure why) {
    error failure = purchase_failure(std::move(why), account_, *at_);
    if (failure.kind == error_class::unknown) {
      at_->unsettled_purchases.put(order_.mark, at_->time.now());
    }
    if (failure.kind != error_class::conflict) return done_(std::move(failure));
    look_whether_ours(std::move(failure));
  }

  // An earlier try of this very purchase may have come through.
  void look_whether_ours(error gone) {
    look_up_number(at_, order_.e164, order_.mark, [self = shared_from_this(),
                                                   asked_at = at_->time.now(),
                                                   gone = std::move(gone)](auto found) mutable {
      const auto sold_to_whom = [](std::string internal) {
        return outcome_unknown(error_code::carrier_outcome_unknown,
                               "The number is sold; whether to us is being looked up.",
                               std::move(internal));
      };
      if (!found) return self->done_(sold_to_whom(found.error().internal));
      if (*found && (*found)->mark == self->order_.mark &&
          (*found)->e164 == self->order_.e164) {
        (*found)->routing_set = !self->order_.routing.text_url.empty();
        return self->done_(**std::move(found));
      }
      const auto tried = self->at_->unsettled_purchases.find(self->order_.mark);
      const bool may_come =
          tried && asked_at - *tried < self->at_->abilities.settling_time;
      self->done_(may_come ? sold_to_whom("not in the list yet") : std::move(gone));
    });
  }

  void fail(api_failure why) {
    done_(purchase_failure(std::move(why), account_, *at_));
  }

  void take(const boost::json::object& answer) {
    auto number = read_number(answer, account_);
    if (!number) return done_(strange_answer(number.error().message, call_effect::writes));
    if (!is_area_offer(order_.e164) && number->e164 != order_.e164) {
      return done_(strange_answer("another number than was bought", call_effect::writes));
    }
    take_bought(*std::move(number));
  }

  void take_bought(owned_number number) {
    at_->places.put(number.e164, {number.account, number.id});
    if (number.mark() == order_.mark) return tell(number);
    // An older API does not take a name with the purchase.
    at_->marks_to_put.put(number.id, order_.mark);
    put_mark(at_, number, order_.mark, [self = shared_from_this()](auto marked) {
      if (marked) return self->tell(*marked);
      self->done_(strange_answer("bought, and not marked", call_effect::writes));
    });
  }

  void tell(const owned_number& number) {
    carrier_number bought = to_port(number, at_->time.now());
    bought.routing_set = !order_.routing.text_url.empty();
    done_(std::move(bought));
  }

  // ---- by area code ---------------------------------------------------------------------------

  void wait_for_turn(turns& area_purchases) {
    area_purchases.take(account_, [self = shared_from_this()](auto turn) {
      if (!turn) {
        return self->done_(not_done(error_code::overloaded, "The carrier is busy. Try again.",
                                    "too many purchases wait for one account"));
      }
      self->turn_ = std::move(turn);
      self->list("", 1, false);
    });
  }

  void list(const std::string& cursor, std::size_t page, bool after) {
    read_number_page(at_, account_, cursor, [self = shared_from_this(), cursor, page,
                                             after](auto rows) {
      if (!rows) return self->list_failed(std::move(rows).error(), after);
      for (owned_number& each : rows->numbers) {
        const bool is_new = self->before_.find(each.id) == self->before_.end();
        if (each.mark() == self->order_.mark) self->found_ = std::move(each);
        else if (!after) self->before_.insert(each.id);
        else if (is_new && !is_mark_shape(each.mark())) self->found_ = std::move(each);
      }
      const bool goes_on = !rows->next_cursor.empty() && rows->next_cursor != cursor &&
                           page < account_pages_max && !self->found_;
      if (goes_on) return self->list(rows->next_cursor, page + 1, after);
      self->listed(after);
    });
  }

  void list_failed(error why, bool after) {
    if (after) return end_unknown("sent, and the list could not be read");
    turn_.reset();
    done_(std::move(why));
  }

  void listed(bool after) {
    if (found_) {
      turn_.reset();
      return take_bought(*std::move(found_));
    }
    if (!after) return buy_by_area();
    end_unknown("sent, and not in the list yet");
  }

  void buy_by_area() {
    boost::json::object body{{"name", order_.mark}};
    const std::string_view code = std::string_view(order_.e164).substr(2);
    body["type"] = is_toll_free(code) ? "toll_free" : "local";
    if (!code.empty()) body["area_code"] = code;
    at_->api.write("POST", path(), std::move(body),
                   [self = shared_from_this()](api_result answer) {
                     if (answer) {
                       self->turn_.reset();
                       return self->take(*answer);
                     }
                     const bool lost = answer.error().what.kind == error_class::unknown;
                     if (lost) return self->list("", 1, true);
                     self->turn_.reset();
                     self->fail(std::move(answer).error());
                   });
  }

  // It may still be done: the turn lasts as long as that is possible.
  void end_unknown(std::string_view why) {
    event_loop::current()->post_after(at_->abilities.settling_time,
                                      [turn = std::move(turn_)]() mutable { turn.reset(); });
    done_(strange_answer(why, call_effect::writes));
  }

  office_ptr at_;
  const number_purchase order_;
  carrier_done<carrier_number> done_;
  std::string account_;
  std::shared_ptr<turns::turn> turn_;
  std::set<std::string> before_;  // ids
  std::optional<owned_number> found_;
};

}  // namespace

turns::turn::turn(std::shared_ptr<turns> of, std::string name)
    : of_(std::move(of)), name_(std::move(name)) {}

turns::turn::~turn() { of_->end(name_); }

void turns::take(const std::string& name, begin go) {
  {
    std::unique_lock lock(mutex_);
    const auto [at, is_free] = waiting_.try_emplace(name);
    if (!is_free) {
      if (at->second.size() < turns_waiting_max) {
        at->second.push_back({event_loop::current(), std::move(go)});
        return;
      }
      lock.unlock();
      return go(nullptr);
    }
  }
  go(std::make_shared<turn>(shared_from_this(), name));
}

void turns::end(const std::string& name) {
  waiter next;
  {
    const std::lock_guard lock(mutex_);
    const auto at = waiting_.find(name);
    if (at == waiting_.end()) return;
    if (at->second.empty()) {
      waiting_.erase(at);
      return;
    }
    next = std::move(at->second.front());
    at->second.pop_front();
  }
  next.loop->post([go = std::move(next.go),
                   mine = std::make_shared<turn>(shared_from_this(), name)]() mutable {
    go(std::move(mine));
  });
}

void look_up_number(office_ptr at, std::string e164, std::string mark,
                    carrier_done<std::optional<carrier_number>> done) {
  find_number(at, e164, mark, [at, mark, done = std::move(done)](auto found) mutable {
    if (!found) return done(std::move(found).error());
    if (!*found) return done(std::optional<carrier_number>());
    auto tell = [at, done = std::move(done)](result<owned_number> number) mutable {
      if (!number) return done(std::move(number).error());
      done(std::optional<carrier_number>(to_port(*number, at->time.now())));
    };
    owned_number number = **std::move(found);
    const bool lacks_mark = !mark.empty() && at->marks_to_put.find(number.id) == mark;
    if (!lacks_mark || number.mark() == mark) return tell(std::move(number));
    put_mark(at, std::move(number), mark, std::move(tell));
  });
}

void buy_number(office_ptr at, std::shared_ptr<turns> area_purchases, number_purchase order,
                carrier_done<carrier_number> done) {
  if (!is_mark_shape(order.mark)) {
    return done(bad_field("mark", "mark must be 1 to 64 of the characters A-Z a-z 0-9 _ -."));
  }
  if (!is_area_offer(order.e164)) {
    const auto number = e164::parse(order.e164);
    if (!number) return done(number.error());
    if (!number->is_nanp()) {
      return done(bad_field("number", "Surge sells US and Canadian numbers only."));
    }
  }
  std::make_shared<purchase_run>(std::move(at), std::move(order), std::move(done))
      ->start(std::move(area_purchases));
}

}  // namespace dialplane::surge
