// Reading a subject's numbers: lists, one number, and the agents and campaign that go with it. All
// run inside a unit and change nothing.
//
// A number is named with the user it must belong to, where one was asked for or the key is bound
// to one; another's number is resource_not_found.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/environment.hpp"
#include "domain/campaign.hpp"
#include "domain/number.hpp"
#include "domain/organization.hpp"
#include "domain/quote.hpp"
#include "domain/send_readiness.hpp"
#include "domain/user.hpp"
#include "store/session.hpp"

namespace dialplane {

struct phone_view {
  number row;
  std::vector<assignment> agents;
  std::optional<dialplane::campaign> campaign;
  std::optional<number_purchase_record> bought;  // of one number, for operators
  std::optional<send_readiness> readiness;  // of one number and of the status page, not of lists
};

// May it send texts now? The campaign is approved and the number attached to it.
bool can_send_texts(const number& row, const std::optional<campaign>& its_campaign) noexcept;

// Finds campaigns by id, each at most once per unit: the numbers of a user share few.
class campaign_lookup {
 public:
  campaign_lookup(session& work, organization_id owner) : work_(work), owner_(owner) {}
  result<std::optional<campaign>> find(std::optional<campaign_id> id);

 private:
  session& work_;
  organization_id owner_;
  std::vector<campaign> seen_;
};

// Released ones are found too. `asked`: the path's or header's user.
result<number> find_phone(session& work, const actor& who, std::optional<user_id> asked,
                          number_id id);
result<phone_view> get_phone(session& work, const app_environment& env, const actor& who,
                             std::optional<user_id> asked, number_id id);

struct phone_filter {
  std::optional<agent_id> agent;        // connected to it, for texts
  std::optional<number_status> status;  // nothing: all but released
};
// Of the subject, newest first.
result<page<phone_view>> list_phones(session& work, const actor& who, std::optional<user_id> asked,
                                     const phone_filter& only, const page_request& cut);

}  // namespace dialplane
