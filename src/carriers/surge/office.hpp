// What all parts of the adapter share: one Surge project, its link, and what was learned of it.
//
// Kept alive by the calls under way; the carrier owns it and closes its link. Memories are
// shortcuts only: every fact that matters is asked again.
#pragma once

#include <memory>
#include <string>

#include "base/random.hpp"
#include "carriers/carrier.hpp"
#include "carriers/carrier_http.hpp"
#include "carriers/surge/account_book.hpp"
#include "carriers/surge/api_link.hpp"
#include "carriers/surge/bounded_memory.hpp"
#include "domain/campaign.hpp"

namespace dialplane::surge {

struct number_place {
  std::string account;
  std::string number_id;
};

struct office {
  office(const carrier_tools& tools, const carrier_limits& limits, std::string base_url,
         secret_string key, carrier_abilities able, std::string default_account,
         std::string default_owner, bool follows_another)
      : abilities(std::move(able)),
        link(std::make_shared<api_link>(tools, limits, std::move(base_url), std::move(key))),
        api(*link),
        time(*tools.time),
        random(*tools.random),
        accounts(std::make_shared<account_book>(link, time, abilities.settling_time,
                                                std::move(default_account),
                                                std::move(default_owner), follows_another)) {}

  const carrier_abilities abilities;
  const std::shared_ptr<api_link> link;
  api_link& api;
  const clock& time;
  random_source& random;
  std::shared_ptr<account_book> accounts;

  bounded_memory<number_place> places{100'000};        // by E.164
  bounded_memory<std::string> accounts_of_marks{100'000};  // where a mark's purchase was sent
  bounded_memory<std::string> marks_to_put{1'000};  // by number id: bought, and not marked yet
  bounded_memory<timestamp> unsettled_purchases{10'000};  // marks whose purchase may have come
  bounded_memory<campaign_status> known_campaigns{10'000};  // by id
  bounded_memory<std::string> marks_of_campaigns{10'000};  // by id
  bounded_memory<timestamp> unsettled_filings{10'000};  // marks of filings that may yet be taken
};

using office_ptr = std::shared_ptr<office>;

}  // namespace dialplane::surge
