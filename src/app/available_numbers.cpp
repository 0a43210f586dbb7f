#include "app/available_numbers.hpp"

#include <algorithm>
#include <map>

#include "app/phone_access.hpp"
#include "domain/ownership_mark.hpp"
#include "workflow/purchasing/quoted_numbers.hpp"
#include "workflow/purchasing/search_accounts.hpp"
#include "workflow/purchasing/sellers_for.hpp"
#include "workflow/registration/joining.hpp"

namespace dialplane {

namespace {

struct list_asker {
  user subject;
  std::map<std::string, micro_credits> prices;  // by account: it may need a registration there
};

// Some carriers silently ignore a filter; what does not fit is not shown.
bool fits(const number_search& wanted, const number_offer& offer) {
  constexpr std::size_t country_size = 2;  // "+1"
  if (offer.e164.size() != country_size + 10) return false;
  const std::string_view national = std::string_view(offer.e164).substr(country_size);
  if (national.find(wanted.contains) == std::string_view::npos) return false;
  const auto& codes = wanted.area_codes;
  const bool in_code = codes.empty() || std::ranges::find(codes, national.substr(0, 3)) !=
                                            codes.end();
  const bool has_features = (!wanted.features.texts || offer.features.texts) &&
                            (!wanted.features.media || offer.features.media) &&
                            (!wanted.features.calls || offer.features.calls);
  const bool in_region = wanted.region.empty() || offer.region.empty() ||
                         offer.region == wanted.region;
  return in_code && has_features && in_region;
}

available_numbers gather(std::vector<account_offers> answers, const number_search& wanted,
                         const list_asker& by) {
  available_numbers found;
  std::vector<std::vector<available_number>> by_account;
  for (account_offers& each : answers) {
    const std::string& name = each.account->abilities().name;
    if (!each.offers) {
      found.unavailable.push_back({name, each.offers.error().message});
      continue;
    }
    auto& rows = by_account.emplace_back();
    for (number_offer& offer : *each.offers) {
      if (fits(wanted, offer)) rows.push_back({name, std::move(offer), by.prices.at(name)});
    }
  }
  bool more = true;
  for (std::size_t at = 0; more && found.rows.size() < wanted.limit; ++at) {
    more = false;
    for (auto& rows : by_account) {
      if (at >= rows.size() || found.rows.size() >= wanted.limit) continue;
      found.rows.push_back(std::move(rows[at]));
      more = true;
    }
  }
  return found;
}

// Without the numbers that a living quote promises, whosever.
void hide_quoted(app_environment& env, std::vector<account_offers> answers,
                 unique_function<void(std::vector<account_offers>)> done) {
  std::vector<std::string> named;
  for (const account_offers& each : answers) {
    if (!each.offers) continue;
    for (const number_offer& offer : *each.offers) named.push_back(offer.e164);
  }
  find_quoted(env.work, std::move(named), std::nullopt,
              [answers = std::move(answers),
               done = std::move(done)](std::set<std::string> quoted) mutable {
                for (account_offers& each : answers) {
                  if (!each.offers) continue;
                  std::erase_if(*each.offers, [&](const number_offer& offer) {
                    return quoted.contains(offer.e164);
                  });
                }
                done(std::move(answers));
              });
}

}  // namespace

result<number_quote> price_for(session& work, const app_environment& env, organization_id owner,
                               const user& subject, number_type type, std::string_view account) {
  filings_due due{.brand = true, .campaign = true};
  TRY_ASSIGN(const auto entity, work.users().find_entity_of_user(owner, subject.id));
  if (entity) {
    TRY_ASSIGN(const registration_choice choice,
               choose_registration(work, subject.id, *entity, type, account));
    due = choice.due;
  }
  return quote_number(env.rules().prices, type, due);
}

result<void> check_account_name(const app_environment& env, const std::string& account) {
  if (account.empty()) return {};
  const auto sellers = env.work.carriers.sellers();
  const bool known = std::ranges::any_of(sellers, [&](const carrier* one) {
    return one->abilities().name == account;
  });
  if (known) return {};
  return bad_field("carrier", "No carrier account of this name sells numbers here.");
}

void find_available_numbers(app_environment& env, available_request request,
                            unique_function<void(result<available_numbers>)> done) {
  const result<void> named = check_account_name(env, request.account);
  if (!named) return done(named.error());
  seller_wish wish;
  wish.type = request.wanted.type;
  wish.features = request.wanted.features;
  wish.only = request.account;
  const std::vector<carrier*> accounts = sellers_for(env.work.carriers, wish);
  env.database().read<list_asker>(
      [&env, who = request.who, asked = request.user, type = wish.type,
       accounts](session& work) -> result<list_asker> {
        list_asker by;
        TRY_ASSIGN(phone_access access, find_phone_access(work, who, asked));
        by.subject = std::move(access.subject);
        for (const carrier* each : accounts) {
          const std::string& name = each->abilities().name;
          TRY_ASSIGN(const number_quote price,
                     price_for(work, env, who.organization, by.subject, type, name));
          by.prices.emplace(name, price.total);
        }
        return by;
      },
      [&env, accounts, wanted = std::move(request.wanted),
       done = std::move(done)](result<list_asker> by) mutable {
        if (!by) return done(std::move(by).error());
        wanted.owner = owner_text(env.work.installation, by->subject.id);
        search_accounts(accounts, wanted, env.rules().purchases.search_limit,
                        [&env, wanted, by = *std::move(by),
                         done = std::move(done)](std::vector<account_offers> answers) mutable {
                          hide_quoted(env, std::move(answers),
                                      [wanted, by = std::move(by), done = std::move(done)](
                                          std::vector<account_offers> left) mutable {
                                        done(gather(std::move(left), wanted, by));
                                      });
                        });
      });
}

}  // namespace dialplane
