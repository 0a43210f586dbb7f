#include "workflow/purchasing/number_choice.hpp"

#include <algorithm>
#include <set>
#include <tuple>

#include "domain/area_codes.hpp"
#include "workflow/purchasing/search_accounts.hpp"

namespace dialplane {

namespace {

constexpr std::size_t offers_wanted = 10;  // some may be about to be bought already
constexpr std::size_t offers_more = 250;  // when all of the first ones are promised to others
constexpr std::size_t exact_wanted = 30;   // its digits may stand in other numbers too: 5555…
constexpr std::size_t number_size = 12;    // +1 and ten digits
constexpr std::size_t code_at = 2;

std::string area_code_in(const std::string& e164) {
  return e164.size() == number_size ? e164.substr(code_at, 3) : "";
}

std::vector<number_search> searches_of(const number_wish& wish) {
  std::vector<number_search> all;
  const auto add = [&](std::vector<std::string> codes) {
    number_search one;
    one.type = wish.type;
    one.area_codes = std::move(codes);
    one.owner = wish.owner;
    all.push_back(std::move(one));
  };
  if (!wish.exact.empty()) {
    all.push_back(search_for_exact(wish.exact, wish.type));
    all.back().owner = wish.owner;
  } else if (wish.type == number_type::toll_free) {
    const auto codes = toll_free_codes_for_sale();
    add({codes.begin(), codes.end()});
  } else if (wish.area_code.empty()) {
    add({});  // one stage: any
  } else if (const auto plan = area_code_plan(wish.area_code, wish.policy)) {
    for (const area_code_stage& stage : *plan) add({stage.codes.begin(), stage.codes.end()});
  }
  return all;
}

// What is cheaper comes first; a price nobody tells is dearer than any told.
bool is_cheaper(const number_offer& one, const number_offer& other) {
  const auto rank = [](const number_offer& of) {
    return of.price ? std::tuple(0, of.price->monthly_micro_usd, of.price->upfront_micro_usd)
                    : std::tuple(1, std::int64_t{0}, std::int64_t{0});
  };
  return rank(one) < rank(other);
}

class choice_run : public std::enable_shared_from_this<choice_run> {
 public:
  choice_run(std::vector<carrier*> accounts, number_wish wish, const purchase_rules& rules,
             choice_hooks hooks, unique_function<void(number_choice)> done)
      : accounts_(std::move(accounts)),
        wish_(std::move(wish)),
        rules_(rules),
        hooks_(std::move(hooks)),
        done_(std::move(done)),
        searches_(searches_of(wish_)) {}

  void next_stage() {
    at_ = 0;
    if (stage_ >= searches_.size() || accounts_.empty()) return end();
    const bool compares = rules_.order == purchase_order::price && accounts_.size() > 1;
    return compares ? ask_all() : ask_next();
  }

 private:
  bool fits(carrier& from, const number_offer& offer) {
    const auto& codes = searches_[stage_].area_codes;
    // Some carriers silently ignore a filter.
    if (!wish_.exact.empty() && offer.e164 != wish_.exact) return false;
    if (!codes.empty() && std::ranges::find(codes, area_code_in(offer.e164)) == codes.end()) {
      return false;
    }
    return !hooks_.is_free || hooks_.is_free(from, offer.e164);
  }

  number_search wanted_of(const carrier& account) const {
    number_search wanted = searches_[stage_];
    const bool takes_first = account.abilities().search_is_local && !hooks_.find_promised;
    wanted.limit = takes_first ? 1 : asks_more_ ? offers_more : offers_wanted;
    if (!wish_.exact.empty()) wanted.limit = exact_wanted;
    return wanted;
  }

  void ask_next() {
    if (at_ >= accounts_.size()) {
      ++stage_;
      return next_stage();
    }
    carrier& account = *accounts_[at_];
    auto search = [self = shared_from_this(), &account] {
      account.search(self->wanted_of(account),
                     [self, &account](result<std::vector<number_offer>> offers) {
                       self->take(account, std::move(offers));
                     });
    };
    if (!hooks_.admit) return search();
    hooks_.admit(account, std::move(search));
  }

  void take(carrier& account, result<std::vector<number_offer>> offers) {
    if (!offers) {
      fail(account, std::move(offers).error());
      return ask_next();  // at_ is the next one now
    }
    outcome_.any_answered = true;
    std::vector<std::string> named;
    for (const number_offer& each : *offers) named.push_back(each.e164);
    sift(std::move(named), [self = shared_from_this(), &account, some = *std::move(offers)](
                               const std::set<std::string>& promised) mutable {
      self->take_first(account, std::move(some), promised);
    });
  }

  void take_first(carrier& account, std::vector<number_offer> offers,
                  const std::set<std::string>& promised) {
    for (number_offer& each : offers) {
      if (!promised.contains(each.e164) && fits(account, each)) {
        return found(account, std::move(each));
      }
    }
    asks_more_ = asks_for_more(promised);
    if (!asks_more_) ++at_;
    ask_next();
  }

  // Once per search; there are at most so many promised ones that some are left then.
  bool asks_for_more(const std::set<std::string>& promised) const {
    return !asks_more_ && wish_.exact.empty() && !promised.empty();
  }

  void sift(std::vector<std::string> named, choice_hooks::told_numbers go) {
    if (!hooks_.find_promised || named.empty()) return go({});
    hooks_.find_promised(std::move(named), std::move(go));
  }

  void ask_all() {
    number_search wanted = searches_[stage_];
    wanted.limit = asks_more_ ? offers_more : offers_wanted;
    if (!wish_.exact.empty()) wanted.limit = exact_wanted;
    search_accounts(accounts_, wanted, rules_.search_limit,
                    [self = shared_from_this()](std::vector<account_offers> answers) {
                      self->take_all(std::move(answers));
                    });
  }

  void take_all(std::vector<account_offers> answers) {
    std::vector<std::string> named;
    for (const account_offers& each : answers) {
      if (!each.offers) continue;
      for (const number_offer& offer : *each.offers) named.push_back(offer.e164);
    }
    sift(std::move(named), [self = shared_from_this(), answers = std::move(answers)](
                               const std::set<std::string>& promised) mutable {
      self->take_best(std::move(answers), promised);
    });
  }

  void take_best(std::vector<account_offers> answers, const std::set<std::string>& promised) {
    carrier* best_from = nullptr;
    number_offer best;
    for (account_offers& each : answers) {
      if (!each.offers) {
        fail(*each.account, std::move(each.offers).error());
        continue;
      }
      outcome_.any_answered = true;
      for (number_offer& offer : *each.offers) {
        const bool better = best_from == nullptr || is_cheaper(offer, best);
        if (!better || promised.contains(offer.e164) || !fits(*each.account, offer)) continue;
        best_from = each.account;
        best = std::move(offer);
      }
    }
    if (best_from != nullptr) return found(*best_from, std::move(best));
    asks_more_ = asks_for_more(promised);
    if (asks_more_) return ask_all();
    ++stage_;
    next_stage();
  }

  void fail(carrier& account, error why) {
    outcome_.failures.push_back({account.abilities().name, std::move(why)});
    std::erase(accounts_, &account);
  }

  void found(carrier& from, number_offer offer) {
    outcome_.from = &from;
    outcome_.offer = std::move(offer);
    end();
  }

  void end() {
    auto done = std::move(done_);
    hooks_ = {};
    done(std::move(outcome_));
  }

  std::vector<carrier*> accounts_;  // those that have not failed
  const number_wish wish_;
  const purchase_rules& rules_;
  choice_hooks hooks_;
  unique_function<void(number_choice)> done_;
  const std::vector<number_search> searches_;
  std::size_t stage_ = 0;
  std::size_t at_ = 0;
  bool asks_more_ = false;
  number_choice outcome_;
};

}  // namespace

number_search search_for_exact(const std::string& e164, number_type type) {
  number_search wanted;
  wanted.type = type;
  wanted.area_codes.push_back(area_code_in(e164));
  if (e164.size() == number_size) wanted.contains = e164.substr(code_at + 3);
  return wanted;
}

void choose_number(std::vector<carrier*> accounts, number_wish wish, const purchase_rules& rules,
                   choice_hooks hooks, unique_function<void(number_choice)> done) {
  std::make_shared<choice_run>(std::move(accounts), std::move(wish), rules, std::move(hooks),
                               std::move(done))
      ->next_stage();
}

}  // namespace dialplane
