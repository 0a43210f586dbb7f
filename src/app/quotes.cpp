#include "app/quotes.hpp"

#include "app/available_numbers.hpp"
#include "app/phone_access.hpp"
#include "app/subject.hpp"
#include "domain/ownership_mark.hpp"
#include "store/quote_queries.hpp"
#include "workflow/purchase_pause.hpp"
#include "workflow/purchasing/number_choice.hpp"
#include "workflow/purchasing/offered_cost.hpp"
#include "workflow/purchasing/quoted_numbers.hpp"
#include "workflow/purchasing/sellers_for.hpp"
#include "workflow/registration/moving.hpp"

namespace dialplane {

namespace {

constexpr std::int64_t open_quotes_max = 100;  // of one organization: each hides a number

using quote_done = unique_function<void(result<quote>)>;

// What is known of who asks.
struct quote_asker {
  user_id subject;
  std::string area_code;  // asked, or the kit's default
  std::string home;       // where the user is registered to text
  number_quote price;
};

// As the purchase will choose: a local number is bought where the company is registered, while that
// sells, unless another account is named (where it is registered anew).
std::vector<carrier*> sellers_of(const app_environment& env, const quote_request& request,
                                 const quote_asker& by) {
  seller_wish wish;
  wish.type = request.type;
  wish.only = request.account;
  wish.first = by.home;
  std::vector<carrier*> accounts = sellers_for(env.work.carriers, wish);
  const bool bound = request.type == number_type::local && !accounts.empty() &&
                     accounts.front()->abilities().name == by.home;
  if (bound) accounts.resize(1);
  return accounts;
}

result<quote_asker> read_asker(session& work, const app_environment& env,
                               const quote_request& request) {
  TRY_ASSIGN(const phone_access access, find_phone_access(work, request.who, request.user));
  TRY_ASSIGN(const auto pause, purchase_pause(work));
  if (pause) return refused(error_code::purchases_paused, "Purchases are paused: " + *pause);
  quote_asker by;
  by.subject = access.subject.id;
  by.area_code = request.area_code.value_or("");
  if (by.area_code.empty() && request.exact.empty() && request.type == number_type::local) {
    by.area_code = access.kit.phone_area_code().value_or("");
  }
  TRY_ASSIGN(const auto home,
             registration_home(work, request.who.organization, access.subject.id));
  by.home = home.value_or("");
  const auto accounts = sellers_of(env, request, by);
  const std::string first = accounts.empty() ? "" : accounts.front()->abilities().name;
  TRY_ASSIGN(by.price, price_for(work, env, request.who.organization, access.subject,
                                 request.type, first));
  return by;
}

quote new_quote(const app_environment& env, const quote_request& request, const quote_asker& by,
                const number_choice& choice) {
  quote made;
  made.id = env.ids().make<quote_id>();
  made.organization = request.who.organization;
  made.user = by.subject;
  made.key = request.who.key;
  made.e164 = choice.offer.e164;
  made.type = request.type;
  made.carrier = choice.from->abilities().name;
  made.locality = choice.offer.locality;
  made.region = choice.offer.region;
  made.texts = choice.offer.features.texts;
  made.media = choice.offer.features.media;
  made.calls = choice.offer.features.calls;
  made.price = by.price.total;
  made.monthly = monthly_price(env.rules().prices, request.type);
  made.cost = offered_cost(choice.offer);
  made.created_at = env.now();
  made.expires_at = made.created_at + env.rules().purchases.quote_good_for;
  return made;
}

error nothing_to_quote(const number_choice& choice, bool exact) {
  if (!choice.failures.empty() && !choice.any_answered) return choice.failures.front().why;
  return refused(error_code::number_unavailable,
                 exact ? "This number is not for sale now."
                       : "No such number is for sale now.");
}

error too_many_quotes() {
  return not_done(error_code::rate_limited,
                  "The organization has " + std::to_string(open_quotes_max) +
                      " open quotes; use them, or wait until some have ended.",
                  {});
}

void store_quote(app_environment& env, quote made, quote_done done) {
  env.database().write<quote>(
      [made = std::move(made)](session& work) -> result<quote> {
        TRY_ASSIGN(const std::int64_t open, work.quotes().count_open(
                                                made.organization, made.created_at,
                                                open_quotes_max));
        if (open >= open_quotes_max) return too_many_quotes();
        // Of two at the same moment one gets it.
        TRY_ASSIGN(const bool promised,
                   work.quotes().is_promised(made.e164, made.created_at, made.user));
        if (promised && made.reservation.empty()) return nothing_to_quote({}, true);
        TRY(work.quotes().insert(made));
        return made;
      },
      std::move(done));
}

// Held at the carrier, where it does that; a quote without a hold is a quote all the same.
void hold_and_store(app_environment& env, quote made, const number_choice& choice,
                    quote_done done) {
  const bool holds = choice.from->abilities().reserves && choice.offer.reservable;
  if (!holds) return store_quote(env, std::move(made), std::move(done));
  std::string mark =
      to_text({env.work.installation, made.organization, operation_id{made.id.bytes}});
  std::string e164 = made.e164;
  choice.from->reserve(
      std::move(e164), std::move(mark),
      [&env, made = std::move(made),
       done = std::move(done)](result<number_reservation> held) mutable {
        if (!held && held.error().kind == error_class::conflict) return done(held.error());
        if (held) {
          made.reservation = held->reference;
          made.expires_at = std::min(made.expires_at, held->expires_at);
        }
        store_quote(env, std::move(made), std::move(done));
      });
}

void choose_and_quote(app_environment& env, quote_request request, quote_asker by,
                      quote_done done) {
  number_wish wish;
  wish.type = request.type;
  wish.area_code = by.area_code;
  wish.policy = request.policy;
  wish.exact = request.exact;
  wish.owner = owner_text(env.work.installation, by.subject);
  choice_hooks hooks;
  std::optional<user_id> but_to;
  if (!request.exact.empty()) but_to = by.subject;  // quoted anew
  hooks.find_promised = [&env, but_to](std::vector<std::string> numbers,
                                       choice_hooks::told_numbers tell) {
    find_quoted(env.work, std::move(numbers), but_to, std::move(tell));
  };
  choose_number(sellers_of(env, request, by), std::move(wish), env.rules().purchases,
                std::move(hooks),
                [&env, request = std::move(request), by = std::move(by),
                 done = std::move(done)](number_choice choice) mutable {
                  if (choice.from == nullptr) {
                    return done(nothing_to_quote(choice, !request.exact.empty()));
                  }
                  quote made = new_quote(env, request, by, choice);
                  hold_and_store(env, std::move(made), choice, std::move(done));
                });
}

}  // namespace

void make_quote(app_environment& env, quote_request request, quote_done done) {
  const result<void> named = check_account_name(env, request.account);
  if (!named) return done(named.error());
  env.database().read<quote_asker>(
      [&env, request](session& work) { return read_asker(work, env, request); },
      [&env, request, done = std::move(done)](result<quote_asker> by) mutable {
        if (!by) return done(std::move(by).error());
        choose_and_quote(env, std::move(request), *std::move(by), std::move(done));
      });
}

result<quote> get_quote(session& work, const actor& who, std::optional<user_id> asked,
                        quote_id id) {
  if (asked) TRY(find_subject(work, who, asked));
  TRY_ASSIGN(auto found, work.quotes().find(who.organization, id));
  const std::optional<user_id> visible = visible_user(who, asked);
  const bool theirs = found && (!visible || *visible == found->user) &&
                      (found->key == who.key || who.is_operator());
  if (!theirs) return refused(error_code::resource_not_found, "There is no such quote.");
  return *std::move(found);
}

}  // namespace dialplane
